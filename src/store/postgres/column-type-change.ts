/** What becomes of values when a column of PostgreSQL gets another type: of two texts the fields do not tell which has more room. */
import { type PhysicalColumn, typeChange, type TypeChange } from '../sql/index.ts'
import { bareType, collationIn } from './native-form.ts'

export function columnTypeChange(from: PhysicalColumn, to: PhysicalColumn): TypeChange {
  const change = typeChange(from.field.type, to.field.type)
  const [old, fresh] = [roomOf(from), roomOf(to)]
  if (change !== 'same' || old === null || fresh === null || from.type === to.type) return change
  if (fresh < old) return 'narrows'
  // Neither rows nor indexes are looked at, as long as they are compared as before.
  return collationIn(from.type) === collationIn(to.type) ? 'widens' : change
}

export const areTexts = (from: PhysicalColumn, to: PhysicalColumn): boolean =>
  roomOf(from) !== null && roomOf(to) !== null

const wholes = ['smallint', 'integer', 'bigint']

/** Whole numbers get more room: all rows are written anew, and both versions of an application can work with them then. */
export function isMoreRoom(from: PhysicalColumn, to: PhysicalColumn): boolean {
  const [old, fresh] = [wholes.indexOf(bareType(from.type)), wholes.indexOf(bareType(to.type))]
  return old !== -1 && fresh > old
}

/** How many characters a text may have; null: it is none, or is padded. */
function roomOf({ type }: PhysicalColumn): number | null {
  const text = /^(?:text|(?:character varying|varchar)(?:\((\d+)\))?)$/u.exec(bareType(type))
  return text === null ? null : Number(text[1] ?? Infinity)
}
