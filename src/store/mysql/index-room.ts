/** Whether the keys and indexes of a model have room: the server makes none whose columns may hold more bytes together. */
import { refusal } from '../../error/index.ts'
import type { FieldNode } from '../../model/index.ts'
import type { IndexShape, TableShape } from '../sql/index.ts'
import { columnType, indexBytes, indexed, indexedBytes } from './table.ts'
import type { Variety } from './variety.ts'

/** What the expression of a hash counts as, by which what is long is alone in a unique index. */
const hashBytes = 128

/** A folded text is kept as one of so many bytes, whatever its own length. */
const foldedBytes = 255 * 4

/** Refuses a model that the server would refuse with its own words. What was there before its model has what it has. */
export function requireRoom(shape: TableShape, variety: Variety): void {
  const { model, key, indexes } = shape
  if (model.adopted) return
  const bytesOf = (field: FieldNode): number => typeBytes(columnType(shape, field, variety))
  const unheld = key.find(field => /^(?:long)?(?:blob|text)\b/u.test(columnType(shape, field, variety)))
  if (unheld !== undefined) {
    const reason = `${unheld.name} is of the kind ${unheld.type.kind}, which no key of this database can hold`
    throw refusal('boot.store-unable', { store: 'mysql', model: model.name, reason })
  }
  refuse(
    shape,
    'key',
    key,
    key.reduce((sum, field) => sum + bytesOf(field), 0),
  )
  for (const index of indexes) {
    // A unique index of MariaDB that is too long becomes one of hashes by itself.
    if (index.unique && !variety.indexesExpressions) continue
    const bytes = index.columns.reduce((sum, part) => {
      const { long } = indexed(shape, part, variety)
      const own = part.ignoreCase && !long ? foldedBytes : bytesOf(part.field)
      return sum + own + (long && index.unique ? hashBytes : 0)
    }, liveBytes(index))
    refuse(
      shape,
      index.unique ? 'unique' : 'index',
      index.columns.map(({ field }) => field),
      bytes,
    )
  }
}

const liveBytes = ({ liveOnly }: IndexShape): number => (liveOnly === null ? 0 : 1)

function refuse({ model }: TableShape, what: string, fields: readonly FieldNode[], bytes: number): void {
  if (bytes <= indexBytes) return
  const names = fields.map(({ name }) => name).join(', ')
  const [needed, most] = [bytes, indexBytes].map(number => number.toLocaleString('en-US'))
  const reason = `its ${what} (${names}) needs up to ${needed} bytes, four for each character, and has room for ${most}; a smaller max of its texts makes room`
  throw refusal('boot.store-unable', { store: 'mysql', model: model.name, reason })
}

/** Of decimal digits that are left over when nine at a time are taken into four bytes. */
const digitBytes = [0, 1, 1, 2, 2, 3, 3, 4, 4]

/** The most bytes of a column in an index (dev.mysql.com/doc/refman/9.7/en/storage-requirements.html). */
function typeBytes(type: string): number {
  const [word = '', first = '0', second = '0'] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/u.exec(type)?.slice(1) ?? []
  switch (word) {
    case 'char':
    case 'varchar':
      return Number(first) * (type.includes(' ascii ') ? 1 : 4)
    case 'decimal': {
      const digits = (count: number): number => Math.floor(count / 9) * 4 + (digitBytes[count % 9] ?? 0)
      return digits(Number(first) - Number(second)) + digits(Number(second))
    }
    case 'tinyint':
      return 1
    case 'date':
      return 3
    case 'time':
      return 5
    case 'datetime':
      return 7
    case 'longtext':
    case 'longblob':
      return indexedBytes
    default:
      return 8
  }
}
