/** What the surfaces that answer over HTTP have in common with the server that carries them, and with the reference that describes them. */
export { admission, type AdmittedOperation, admitsAnonymous } from './admission.ts'
export type { AnswerDescription, DeclaredRoute, ParameterDescription, RouteDescription } from './declared-route.ts'
export { EncodedText, encodeText, routeEncoder } from './encoded-text.ts'
export { bytesHash, noneMatchHolds, tagOf } from './entity-tag.ts'
export type {
  Answer,
  Eventually,
  Exchange,
  IncomingRequest,
  Method,
  PlainAnswer,
  PresentError,
  Route,
} from './exchange.ts'
export {
  defaultPrefix,
  defaultRelationDepth,
  fieldWords,
  upsertFields,
  isClosed,
  type ModelOperation,
  type ModelRoute,
  type QueryShape,
  type QueryWord,
  relationWords,
} from './model-route.ts'
export { once } from './once.ts'
export { pageLinks } from './page-links.ts'
export { malformed, queryText } from './query-text.ts'
export { encodedAnswer, readAnswer } from './read-answer.ts'
export { refuseConditions, versionAsked } from './write-conditions.ts'
