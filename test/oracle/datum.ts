/** Values as the oracle thinks of them: decoded by their type, so that comparing needs no types. */
import type { FieldType, Value } from '../../src/model/index.ts'

export type Datum =
  | null
  | { readonly is: 'text'; readonly value: string }
  /** `digits` of `10^-places`. */
  | { readonly is: 'exact'; readonly digits: bigint; readonly places: number }
  | { readonly is: 'float'; readonly value: number }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'bytes'; readonly value: string }
  | { readonly is: 'address'; readonly value: bigint; readonly text: string }
  | { readonly is: 'list'; readonly value: readonly Datum[] }
  | { readonly is: 'json'; readonly value: Value }

export const text = (value: string): Datum => ({ is: 'text', value })
export const truth = (value: boolean): Datum => ({ is: 'boolean', value })
export const whole = (value: number | bigint): Datum => ({ is: 'exact', digits: BigInt(value), places: 0 })

/** What a stored or sent value means. */
export function decode(value: Value, type: FieldType): Datum {
  if (value === null) return null
  switch (type.kind) {
    case 'integer':
      return whole(Number(value))
    case 'bigint':
      return whole(BigInt(plain(value)))
    case 'decimal':
      return decimal(plain(value))
    case 'float':
      return { is: 'float', value: Number(value) }
    case 'boolean':
      return truth(value === true)
    case 'json':
      return { is: 'json', value }
    case 'bytes':
      return { is: 'bytes', value: Buffer.from(plain(value), 'base64').toString('latin1') }
    case 'ip':
      return { is: 'address', value: addressNumber(plain(value)), text: plain(value) }
    case 'array':
      return decodeList(value, type.element ?? type)
    default:
      return text(plain(value))
  }
}

function plain(value: Value): string {
  if (typeof value === 'string') return value
  throw new Error(`The oracle expected a text, not ${JSON.stringify(value)}.`)
}

export const decodeList = (value: Value, element: FieldType): Datum => ({
  is: 'list',
  value: Array.isArray(value) ? value.map((one: Value) => decode(one, element)) : [],
})

/** How an answer of a type writes a datum. */
export function encode(datum: Datum, type: FieldType): Value {
  if (datum === null) return null
  switch (datum.is) {
    case 'exact':
      if (type.kind === 'integer') return Number(atPlaces(datum, 0))
      if (type.kind === 'float') return Number(spell(datum.digits, datum.places))
      return spell(atPlaces(datum, placesOf(type)), placesOf(type))
    case 'bytes':
      return Buffer.from(datum.value, 'latin1').toString('base64')
    case 'address':
      return datum.text
    case 'list':
      return datum.value.map(one => encode(one, type.element ?? type))
    default:
      return datum.value
  }
}

const placesOf = (type: FieldType): number => (type.kind === 'decimal' ? Number(type.options['scale'] ?? 0) : 0)

function decimal(written: string): Datum {
  const [before = '0', after = ''] = written.split('.')
  return { is: 'exact', digits: BigInt(before + after), places: after.length }
}

type Exact = Extract<Datum, { is: 'exact' }>

/** Half away from zero where digits are lost. */
function atPlaces(number: Exact, places: number): bigint {
  if (places >= number.places) return number.digits * 10n ** BigInt(places - number.places)
  const divisor = 10n ** BigInt(number.places - places)
  const size = number.digits < 0n ? -number.digits : number.digits
  const rounded = (size + divisor / 2n) / divisor
  return number.digits < 0n ? -rounded : rounded
}

function spell(digits: bigint, places: number): string {
  const size = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0')
  const sign = digits < 0n ? '-' : ''
  return places === 0 ? sign + size : `${sign}${size.slice(0, -places)}.${size.slice(-places)}`
}

/** Negative, zero or positive; neither side is null. */
export function order(left: Datum, right: Datum): number {
  if (left === null || right === null) throw new Error('The oracle compares nulls nowhere but in sorting.')
  if (left.is === 'exact' && right.is === 'exact') {
    const places = Math.max(left.places, right.places)
    return sign(atPlaces(left, places) - atPlaces(right, places))
  }
  if (isNumber(left) && isNumber(right)) return sign(numberOf(left) - numberOf(right))
  if (left.is === 'text' && right.is === 'text') return byCodePoints(left.value, right.value)
  if (left.is === 'boolean' && right.is === 'boolean') return Number(left.value) - Number(right.value)
  if (left.is === 'bytes' && right.is === 'bytes') return byCodePoints(left.value, right.value)
  if (left.is === 'address' && right.is === 'address') return sign(left.value - right.value)
  throw new Error(`The oracle cannot compare ${left.is} with ${right.is}.`)
}

const isNumber = (datum: Exclude<Datum, null>): boolean => datum.is === 'exact' || datum.is === 'float'

export function numberOf(datum: Exclude<Datum, null>): number {
  if (datum.is === 'float') return datum.value
  if (datum.is === 'exact') return Number(spell(datum.digits, datum.places))
  throw new Error(`The oracle takes ${datum.is} for a number.`)
}

const sign = (difference: bigint | number): number => (difference < 0 ? -1 : difference > 0 ? 1 : 0)

function byCodePoints(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)]
  for (const [index, character] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Nulls last, whatever the direction. */
export function sortOrder(left: Datum, right: Datum, direction: 'ascending' | 'descending'): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
  return direction === 'ascending' ? order(left, right) : -order(left, right)
}

/** Simple case folding, one code point at a time; `İ` is the one letter whose lower case is two code points, and folds to `i`. */
export const folded = (value: string): string =>
  Array.from(value, character => (character === 'İ' ? 'i' : character.toLowerCase())).join('')

/** An IPv4 address counts as the IPv6 address that it is mapped to. */
function addressNumber(written: string): bigint {
  if (!written.includes(':')) return (0xffffn << 32n) + dotted(written)
  const groups = (part: string): bigint[] =>
    part === ''
      ? []
      : part.split(':').flatMap(group => (group.includes('.') ? halves(dotted(group)) : [BigInt(`0x${group}`)]))
  const [head = '', tail] = written.split('::')
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = tail === undefined ? left : [...left, ...Array<bigint>(8 - left.length - right.length).fill(0n), ...right]
  return all.reduce((number, group) => (number << 16n) + group, 0n)
}

const dotted = (written: string): bigint =>
  written.split('.').reduce((number, part) => (number << 8n) + BigInt(part), 0n)
const halves = (number: bigint): bigint[] => [number >> 16n, number & 0xffffn]
