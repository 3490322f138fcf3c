/** The catalogue of coded errors. */
export { abortReason } from './abort-reason.ts'
export { catalog, type ErrorCode } from './catalog.ts'
export type { CatalogEntry } from './catalog/catalog-entry.ts'
export { fail, type Failure, type FailOptions } from './fail.ts'
export {
  asPlinthError,
  detail,
  type ErrorDetail,
  type ErrorOptions,
  type ErrorParameters,
  fillText,
  PlinthError,
  refusal,
} from './plinth-error.ts'
export { type OtherWords, wordsOfOthers } from './words-of-others.ts'
