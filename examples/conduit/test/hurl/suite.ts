// What a suite in the Hurl format says, as plain data: requests in order, each with what its response must be.

export type Scalar = string | number | boolean | null

/** One file. */
export type Suite = { readonly file: string; readonly entries: readonly Entry[] }

/** A request and what is expected of its response. Text may hold `{{variable}}`. */
export type Entry = {
  readonly line: number
  readonly method: string
  readonly url: string
  readonly headers: readonly Header[]
  /** JSON text. */
  readonly body: string | undefined
  readonly status: number
  /** Headers that the response must have. */
  readonly responseHeaders: readonly (Header & { readonly line: number })[]
  readonly captures: readonly Capture[]
  readonly asserts: readonly Assert[]
}

export type Header = { readonly name: string; readonly value: string }

/** Where in a response a value is looked for. */
export type Query =
  | { readonly kind: 'jsonpath'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'status' }

export type Capture = { readonly line: number; readonly variable: string; readonly query: Query }

export type Assert = {
  readonly line: number
  readonly text: string
  readonly query: Query
  /** Whether the number of values is tested, instead of the value. */
  readonly count: boolean
  readonly not: boolean
  readonly predicate: Predicate
}

export const tests = [
  'exists',
  'isBoolean',
  'isCollection',
  'isEmpty',
  'isFloat',
  'isInteger',
  'isIsoDate',
  'isList',
  'isNumber',
  'isObject',
  'isString',
] as const
export const comparisons = ['==', '!=', '>', '>=', '<', '<=', 'contains', 'startsWith', 'endsWith', 'matches'] as const

export type Predicate =
  | { readonly kind: 'test'; readonly name: (typeof tests)[number] }
  | { readonly kind: 'comparison'; readonly name: (typeof comparisons)[number]; readonly expected: Expected }

export type Expected =
  | { readonly kind: 'text'; readonly template: string }
  | { readonly kind: 'scalar'; readonly value: number | boolean | null }
  | { readonly kind: 'variable'; readonly name: string }
