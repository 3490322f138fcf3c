/** Which type of PostgreSQL keeps which field (semantics 35). Fixed: a change would migrate every user. */
import { decimalPrecision, decimalScale, type FieldType } from '../../model/index.ts'
import { storageOf } from '../sql/index.ts'

/** The type as PostgreSQL prints it (`format_type`), without its collation. */
export function columnTypeOf(type: FieldType): string {
  switch (storageOf(type)) {
    case 'text':
      return 'text'
    case 'uuid':
      return 'uuid'
    // Both kinds of whole numbers: what JavaScript holds exactly needs more than 32 bits.
    case 'integer':
    case 'bigint':
      return 'bigint'
    case 'decimal':
      return `numeric(${decimalPrecision(type)},${decimalScale(type)})`
    case 'float':
      return 'double precision'
    case 'boolean':
      return 'boolean'
    case 'date':
      return 'date'
    case 'time':
      return 'time(3) without time zone'
    case 'datetime':
      return 'timestamp(3) with time zone'
    case 'json':
      return 'jsonb'
    case 'bytes':
      return 'bytea'
    case 'array':
      return `${columnTypeOf(type.element ?? { kind: 'text', options: {} })}[]`
  }
}
