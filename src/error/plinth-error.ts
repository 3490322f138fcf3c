/** The one error class: a code of the catalogue, its parameters, and what caused it. */
import { type Catalog, type ErrorCode, catalog } from './catalog.ts'
import type { CatalogEntry } from './catalog/catalog-entry.ts'

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never

type Texts<Code extends ErrorCode> =
  | Catalog[Code]['message']
  | (Catalog[Code] extends { hint: infer Hint } ? Hint : never)

/** The parameters that the message and the hint of a code need. */
export type ErrorParameters<Code extends ErrorCode> = { readonly [Name in Placeholders<Texts<Code>>]: string | number }

/** One mistake among several, with a JSON Pointer (RFC 6901) to where it is. */
export interface ErrorDetail {
  readonly code: ErrorCode
  /** JSON Pointer into the body, or the name of the query parameter after a `?`, as in `?limit`. */
  readonly pointer: string
  readonly message: string
  readonly hint?: string
}

export interface ErrorOptions {
  /** Where the mistake is; see {@link ErrorDetail.pointer}. */
  readonly pointer?: string
  /** Several mistakes at once. */
  readonly errors?: readonly ErrorDetail[]
  /** What was thrown below. It is kept for the log and never leaves the process. */
  readonly cause?: unknown
  /** Response headers that belong to the refusal, such as `Allow` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Fills the `{name}` places of a text of the catalogue. */
export function fillText(text: string, parameters: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(parameters[name] ?? place))
}

/**
 * A hint. A sentence that offers the nearest word is left out where there is none, one that lists all that is `{possible}` where there is one; undefined when
 * nothing is left of it.
 */
function fillHint(hint: string, parameters: Readonly<Record<string, string | number>>): string | undefined {
  const told = hint
    .split(/(?<=[.?]) /)
    .filter(sentence => !sentence.includes(parameters['nearest'] === '' ? '{nearest}' : '{possible}'))
    .join(' ')
  return fillText(told, parameters) || undefined
}

/**
 * Every error that Plinth throws, and every one that `fail` makes. A surface answers with it: status, code, texts and pointers; what caused it
 * goes to the log alone.
 *
 * @example
 * try {
 *   await db.Member.create({ email })
 * } catch (error) {
 *   if (error instanceof PlinthError && error.code === 'writes.unique') return 'taken'
 *   throw error
 * }
 */
export class PlinthError extends Error {
  readonly code: ErrorCode
  /** The HTTP status that it answers with. */
  readonly status: number
  /** What to do about it, where that is known. */
  readonly hint: string | undefined
  /** What the texts are about, by name: `{ model: 'Member', fields: 'email' }`. */
  readonly parameters: Readonly<Record<string, string | number>>
  /** Where the mistake is; see {@link ErrorDetail.pointer}. */
  readonly pointer: string | undefined
  /** Each mistake, where there are several; else empty. */
  readonly errors: readonly ErrorDetail[]
  /** Response headers that belong to the refusal. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, parameters: Readonly<Record<string, string | number>>, options: ErrorOptions = {}) {
    const entry: CatalogEntry = catalog[code]
    super(fillText(entry.message, parameters), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PlinthError'
    this.code = code
    this.status = entry.status
    this.hint = entry.hint === undefined ? undefined : fillHint(entry.hint, parameters)
    this.parameters = parameters
    this.pointer = options.pointer
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
  }
}

/**
 * Makes the error of a code; the compiler asks for the parameters that its texts name.
 *
 * @example
 * throw refusal('request.unknown-field', { model: 'Article', name: 'titel', nearest: 'title' }, { pointer: '/titel' })
 */
export function refusal<Code extends ErrorCode>(
  code: Code,
  parameters: ErrorParameters<Code>,
  options?: ErrorOptions,
): PlinthError {
  return new PlinthError(code, parameters, options)
}

/** Makes one row of `errors[]`. It is no error itself: a body may hold many thousand mistakes, and each stack costs. */
export function detail<Code extends ErrorCode>(
  code: Code,
  parameters: ErrorParameters<Code>,
  pointer: string,
): ErrorDetail {
  const entry: CatalogEntry = catalog[code]
  const message = fillText(entry.message, parameters)
  const hint = entry.hint === undefined ? undefined : fillHint(entry.hint, parameters)
  return hint === undefined ? { code, pointer, message } : { code, pointer, message, hint }
}

/** Wraps whatever was thrown: a coded error stays as it is, anything else becomes `server.unexpected` with its cause. */
export function asPlinthError(thrown: unknown): PlinthError {
  return thrown instanceof PlinthError ? thrown : refusal('server.unexpected', {}, { cause: thrown })
}
