/**
 * How columns are read and written that a file had before their fields. SQLite keeps whatever it is given in whatever column, so a value
 * is made to be what its field says before JSON is made of it: a text in a column of numbers must not end up in JSON without quotes.
 */
import type { FieldNode } from '../../model/index.ts'
import { asItIs, type NativeForm, scaleOf, storageOf } from '../sql/index.ts'

const moment = "'%Y-%m-%dT%H:%M:%fZ'"

interface Form {
  readonly read: (column: string) => string
  readonly write: (value: string) => string
}

const written = (format: string): Form => ({
  read: column => `strftime(${moment}, ${column})`,
  write: value => `strftime('${format}', ${value})`,
})

/** How a moment may be written, as `form` names it. What SQLite's own functions write comes first. */
export const momentForms: ReadonlyMap<string, Form> = new Map([
  ['YYYY-MM-DD HH:MM:SS', written('%Y-%m-%d %H:%M:%S')],
  ['YYYY-MM-DD HH:MM:SS.SSS', written('%Y-%m-%d %H:%M:%f')],
  ['YYYY-MM-DDTHH:MM:SS', written('%Y-%m-%dT%H:%M:%S')],
  ['YYYY-MM-DDTHH:MM:SSZ', written('%Y-%m-%dT%H:%M:%SZ')],
  ['YYYY-MM-DDTHH:MM:SS.SSS', written('%Y-%m-%dT%H:%M:%f')],
  [
    'unix seconds',
    { read: column => `strftime(${moment}, ${column}, 'unixepoch')`, write: value => `unixepoch(${value})` },
  ],
  [
    'unix milliseconds',
    {
      read: column => `strftime(${moment}, ${column} / 1000.0, 'unixepoch')`,
      write: value => `cast(round(unixepoch(${value}, 'subsec') * 1000) as integer)`,
    },
  ],
])

/** The form of a decimal that is a number of SQLite, and not a whole number of its smallest unit. */
export const numberForm = 'number'
/** The form of a time of day without fractions. */
export const timeForm = 'HH:MM:SS'

export function nativeForm(field: FieldNode): NativeForm | null {
  const native = field.native?.['sqlite']
  if (native === undefined) return null
  const { form } = native
  switch (storageOf(field.type)) {
    case 'datetime': {
      const { read, write } = momentForms.get(form ?? '') ?? { read: written('').read, write: asItIs }
      return { read, write, comparable: true }
    }
    case 'time':
      return {
        read: column => `strftime('%H:%M:%f', ${column})`,
        write: form === timeForm ? value => `strftime('%H:%M:%S', ${value})` : asItIs,
        comparable: true,
      }
    case 'date':
      return { read: column => `date(${column})`, write: asItIs, comparable: true }
    case 'decimal': {
      if (form !== numberForm) return cast('integer', true)
      const unit = 10 ** scaleOf(field.type)
      return {
        read: column => `cast(round(${column} * ${unit}) as integer)`,
        write: value => `(${value} / ${unit}.0)`,
        // A number with more digits than the field has is not the number that anybody sees.
        comparable: false,
      }
    }
    case 'integer':
    case 'bigint':
      return cast('integer', true)
    case 'float':
      // JSON has no word for infinity.
      return {
        read: column => `nullif(nullif(cast(${column} as real), 9e999), -9e999)`,
        write: asItIs,
        comparable: true,
      }
    case 'boolean':
      return { read: column => `(${column} <> 0)`, write: asItIs, comparable: false }
    case 'bytes':
      return cast('blob', true)
    case 'json':
    case 'array':
      return {
        read: column => `iif(json_valid(${column}), ${column}, json_quote(cast(${column} as text)))`,
        write: asItIs,
        comparable: false,
      }
    default:
      return cast('text', true)
  }
}

const cast = (type: string, comparable: boolean): NativeForm => ({
  read: column => `cast(${column} as ${type})`,
  write: asItIs,
  comparable,
})
