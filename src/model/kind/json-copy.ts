/** Copies a JSON value and finds what JSON cannot hold or a database refuses. */
import { pointerStep } from '../../lib/index.ts'
import type { Parsed } from '../kind.ts'
import type { Value } from '../value.ts'
import { mistake, parsed, refused, textMistake, wrongType } from './support.ts'

/** Deeper values are refused: databases and recursive readers have limits of their own. */
const jsonDepthLimit = 64

export function copyJson(input: unknown, pointer: string, depth = 1): Parsed {
  if (input === null || typeof input === 'boolean') return parsed(input)
  if (typeof input === 'number') {
    return Number.isFinite(input) ? parsed(input === 0 ? 0 : input) : wrongType('a finite number', pointer)
  }
  if (typeof input === 'string') {
    const wrong = textMistake(input, pointer)
    return wrong === undefined ? parsed(input) : mistake(wrong)
  }
  if (depth > jsonDepthLimit) return refused('values.too-deep', { limit: jsonDepthLimit }, pointer)
  if (Array.isArray(input)) return copyList(input, pointer, depth)
  return typeof input === 'object' && isPlain(input)
    ? copyObject(input, pointer, depth)
    : wrongType('a JSON value', pointer)
}

function copyList(input: readonly unknown[], pointer: string, depth: number): Parsed {
  const list: Value[] = []
  for (const [index, item] of input.entries()) {
    const inner = copyJson(item, `${pointer}/${index}`, depth + 1)
    if (!inner.ok) return inner
    list.push(inner.value)
  }
  return parsed(list)
}

function copyObject(input: object, pointer: string, depth: number): Parsed {
  const object: Record<string, Value> = {}
  for (const [key, item] of Object.entries(input)) {
    if (item === undefined) continue
    const place = `${pointer}/${pointerStep(key)}`
    const wrong = textMistake(key, place)
    if (wrong !== undefined) return mistake(wrong)
    // Assigning to it would set the prototype, and whoever copies the value later would do so too.
    if (key === '__proto__')
      return refused('values.wrong-type', { expected: 'a JSON value without the key "__proto__"' }, place)
    const inner = copyJson(item, place, depth + 1)
    if (!inner.ok) return inner
    object[key] = inner.value
  }
  return parsed(object)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
