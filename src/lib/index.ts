/** Leaves that know nothing of Plinth. */
export { backoff, pauseBefore } from './backoff.ts'
export { callSite, thrownAt } from './call-site.ts'
export { canonicalJson } from './canonical-json.ts'
export { capitalise, idOfPath, kebabCase, sentenceCase, snakeCase, uncapitalise } from './casing.ts'
export { canonicalDate, canonicalDatetime, canonicalTime, datetimeOf, momentText } from './datetime.ts'
export { canonicalDecimal, compareDecimals, decimalToScaled, scaledToDecimal } from './decimal.ts'
export { deepFreeze } from './deep-freeze.ts'
export { dependenciesFirst } from './dependencies-first.ts'
export { entriesOf } from './entries.ts'
export { escapeHtml } from './escape-html.ts'
export { foldCase, upperCase } from './fold-case.ts'
export { hasColour } from './has-colour.ts'
export { inTurn } from './in-turn.ts'
export { isFunction } from './is-function.ts'
export { isObject, jsonObject } from './json-object.ts'
export { nameOfStep, pointerStep } from './json-pointer.ts'
export { filledText, type OptionForm, truth } from './option-form.ts'
export { hasMergeMarks } from './merge-marks.ts'
export { nearest, perhaps } from './nearest.ts'
export {
  mysqlAddresses,
  postgresAddresses,
  readServerAddress,
  type ServerAddress,
  type TlsChoice,
} from './server-address.ts'
export { own } from './own.ts'
export { plural } from './plural.ts'
export { singular } from './singular.ts'
export { shortName } from './short-name.ts'
export { slugOf } from './slug.ts'
export { removeTemporaryFolder, temporaryFolder } from './temporary-folder.ts'
export { codePointLength, compareCodePoints } from './unicode.ts'
export { canonicalUuid, uuidGenerator } from './uuid.ts'
export { piecesOf, type TextPieces, wholeText } from './text-pieces.ts'
export { writeWhole } from './write-whole.ts'
export { runSteps, settle, type Steps, whenSettled } from './steps.ts'
export { meant } from './words-of-others.ts'
