/** What becomes of values when a field gets another type: judged by what is stored, not by what the field is called. */
import { decimalPrecision, type FieldType } from '../../../model/index.ts'
import { scaleOf, storageOf } from '../number.ts'

/**
 * All values are kept as they are, they are kept where they fit, they are converted, or there is no way.
 */
export type TypeChange = 'same' | 'widens' | 'narrows' | 'converts' | 'impossible'

/** Storage classes whose canonical text is what the database itself writes when it makes a text of the value. */
const printable = new Set(['integer', 'bigint', 'uuid', 'date'])
const whole = new Set(['integer', 'bigint'])

export function typeChange(from: FieldType, to: FieldType): TypeChange {
  const [old, fresh] = [storageOf(from), storageOf(to)]
  if (old === 'decimal' && fresh === 'decimal') return decimalChange(from, to)
  if (old === fresh) return old === 'array' ? elementChange(from, to) : 'same'
  if (whole.has(old) && whole.has(fresh)) return 'same'
  if (whole.has(old) && (fresh === 'decimal' || fresh === 'float')) return 'converts'
  if (printable.has(old) && fresh === 'text') return 'converts'
  return 'impossible'
}

function decimalChange(from: FieldType, to: FieldType): TypeChange {
  const [scale, wanted] = [scaleOf(from), scaleOf(to)]
  const [room, wantedRoom] = [decimalPrecision(from) - scale, decimalPrecision(to) - wanted]
  if (wanted < scale) return 'impossible'
  if (wanted > scale) return wantedRoom < room ? 'impossible' : 'converts'
  return wantedRoom === room ? 'same' : wantedRoom > room ? 'widens' : 'narrows'
}

const elementChange = ({ element: from }: FieldType, { element: to }: FieldType): TypeChange =>
  from !== undefined && to !== undefined && typeChange(from, to) === 'same' ? 'same' : 'impossible'
