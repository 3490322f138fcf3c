/** The registry of field kinds. */
import { arrayKind } from './array.ts'
import { bigintKind } from './bigint.ts'
import { booleanKind } from './boolean.ts'
import { bytesKind } from './bytes.ts'
import { dateKind } from './date.ts'
import { datetimeKind } from './datetime.ts'
import { decimalKind } from './decimal.ts'
import { emailKind } from './email.ts'
import { enumKind } from './enum.ts'
import { floatKind } from './float.ts'
import { idKind } from './id.ts'
import { integerKind } from './integer.ts'
import { ipKind } from './ip.ts'
import { jsonKind } from './json.ts'
import { slugKind } from './slug.ts'
import { textKind } from './text.ts'
import { timeKind } from './time.ts'
import { urlKind } from './url.ts'
import type { FieldKind } from '../kind.ts'
import type { FieldType, Value } from '../value.ts'

const registered = new Map<string, FieldKind>()

/** Every kind by its name. */
export const kinds: ReadonlyMap<string, FieldKind> = registered

/** Adds a kind. Two kinds of one name cannot be told apart in a printed graph, so the second is refused. */
export function registerKind(kind: FieldKind): void {
  const known = registered.get(kind.name)
  if (known !== undefined && known !== kind) throw new TypeError(`There are two field kinds named "${kind.name}".`)
  registered.set(kind.name, kind)
}

/** The kind of a type. Only a graph that was read from a file can name a kind that nobody registered. */
export function kindOf(type: FieldType): FieldKind {
  const kind = registered.get(type.kind)
  if (kind === undefined) throw new TypeError(`The field kind "${type.kind}" is not registered.`)
  return kind
}

/** The JavaScript form of a canonical value: a `Date`, a `bigint`, a `Uint8Array`, or the value itself. */
export function nativeValue(value: Value, type: FieldType): unknown {
  const { toNative } = kindOf(type)
  return value === null || toNative === undefined ? value : toNative(value, type)
}

for (const kind of [
  idKind,
  textKind,
  slugKind,
  emailKind,
  urlKind,
  integerKind,
  bigintKind,
  decimalKind,
  floatKind,
  booleanKind,
  dateKind,
  timeKind,
  datetimeKind,
  enumKind,
  jsonKind,
  bytesKind,
  ipKind,
  arrayKind(kindOf),
]) {
  registerKind(kind)
}
