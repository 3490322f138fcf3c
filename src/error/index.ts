/** The catalogue of coded errors. */
export { abortReason } from './aborted.ts'
export { catalog, type CatalogEntry, type ErrorCode } from './catalog.ts'
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
