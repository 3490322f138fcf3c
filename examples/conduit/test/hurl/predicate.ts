// Tests a value against a predicate and says what is wrong, by the rules of Hurl: a value that is missing meets no predicate
// and so every `not`; one of the wrong type for a predicate fails with `not` as well as without.
import { isObject } from './json-path.ts'
import type { Predicate, Scalar } from './suite.ts'

type TestName = Extract<Predicate, { kind: 'test' }>['name']
type ComparisonName = Extract<Predicate, { kind: 'comparison' }>['name']

/** A predicate whose variables are filled in. */
export type ReadyPredicate =
  | { readonly kind: 'test'; readonly name: TestName }
  | { readonly kind: 'comparison'; readonly name: ComparisonName; readonly expected: Scalar }

/** Nothing when the predicate holds, else a sentence. `undefined` is a value that is not there. */
export function failureOf(actual: unknown, not: boolean, predicate: ReadyPredicate): string | undefined {
  const wanted = `${not ? 'not ' : ''}${predicate.name}${predicate.kind === 'test' ? '' : ` ${JSON.stringify(predicate.expected)}`}`
  const found = actual === undefined ? 'nothing' : JSON.stringify(actual)
  const holds = actual === undefined ? false : resultOf(actual, predicate)
  return holds === undefined || holds === not ? `${wanted} is expected, found ${found}` : undefined
}

function resultOf(actual: unknown, predicate: ReadyPredicate): boolean | undefined {
  return predicate.kind === 'test'
    ? testResult(actual, predicate.name)
    : comparisonResult(actual, predicate.name, predicate.expected)
}

function testResult(actual: unknown, name: TestName): boolean | undefined {
  switch (name) {
    case 'exists':
      return true
    case 'isBoolean':
      return typeof actual === 'boolean'
    case 'isCollection':
      return Array.isArray(actual) || isObject(actual)
    case 'isEmpty':
      return sizeOf(actual) === undefined ? undefined : sizeOf(actual) === 0
    case 'isFloat':
      return typeof actual === 'number' && !Number.isInteger(actual)
    case 'isInteger':
      return Number.isInteger(actual)
    case 'isIsoDate':
      return typeof actual === 'string' ? isIsoDate(actual) : undefined
    case 'isList':
      return Array.isArray(actual)
    case 'isNumber':
      return typeof actual === 'number'
    case 'isObject':
      return isObject(actual)
    case 'isString':
      return typeof actual === 'string'
  }
}

function comparisonResult(actual: unknown, name: ComparisonName, expected: Scalar): boolean | undefined {
  switch (name) {
    case '==':
      return actual === expected
    case '!=':
      return actual !== expected
    case '>':
      return ordered(actual, expected, (a, b) => a > b)
    case '>=':
      return ordered(actual, expected, (a, b) => a >= b)
    case '<':
      return ordered(actual, expected, (a, b) => a < b)
    case '<=':
      return ordered(actual, expected, (a, b) => a <= b)
    case 'contains':
      return Array.isArray(actual) ? actual.includes(expected) : onText(actual, expected, (a, b) => a.includes(b))
    case 'startsWith':
      return onText(actual, expected, (a, b) => a.startsWith(b))
    case 'endsWith':
      return onText(actual, expected, (a, b) => a.endsWith(b))
    case 'matches':
      return onText(actual, expected, (a, b) => new RegExp(b, 'u').test(a))
  }
}

/** How many values a list or an object holds, or how long a text is. */
export function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : undefined
}

function ordered(
  actual: unknown,
  expected: Scalar,
  holds: (a: number | string, b: number | string) => boolean,
): boolean | undefined {
  if (typeof actual === 'number' && typeof expected === 'number') return holds(actual, expected)
  return typeof actual === 'string' && typeof expected === 'string' ? holds(actual, expected) : undefined
}

function onText(actual: unknown, expected: Scalar, holds: (a: string, b: string) => boolean): boolean | undefined {
  return typeof actual === 'string' && typeof expected === 'string' ? holds(actual, expected) : undefined
}

function isIsoDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/u.test(text) && !Number.isNaN(Date.parse(text))
  )
}
