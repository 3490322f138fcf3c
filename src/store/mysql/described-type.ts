/** Which kind of field a column of MariaDB or MySQL can be, by its type as the information schema prints it. */
import type { FieldType } from '../../model/index.ts'
import { enumType, isEnum, longestText, textType, typeOfKind, wordsBetweenQuotes } from '../sql/index.ts'

export interface KindOfColumn {
  readonly type: FieldType
  /** What is lost or odd. */
  readonly note: string | null
}

const plain = (type: FieldType): KindOfColumn => ({ type, note: null })

/** `json`: the column has the check that makes JSON of a long text. */
export function kindOfType(printed: string, json: boolean): KindOfColumn {
  const [, base = printed, size, scale] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/u.exec(printed) ?? []
  const most = size === undefined ? null : Number(size)
  const unsigned = printed.includes('unsigned')
  switch (base) {
    case 'tinyint':
      return plain(typeOfKind(most === 1 && !unsigned ? 'boolean' : 'integer'))
    case 'bit':
      return most === 1 ? plain(typeOfKind('boolean')) : plain(typeOfKind('integer'))
    case 'smallint':
    case 'mediumint':
    case 'int':
      return plain(typeOfKind('integer'))
    case 'year':
      // 1 is taken for 2001.
      return plain(typeOfKind('integer', { min: 1901, max: 2155 }))
    case 'bigint':
      return plain(unsigned ? typeOfKind('decimal', { precision: 20, scale: 0 }) : typeOfKind('bigint'))
    case 'decimal':
      return decimalOf(printed, most ?? 10, Number(scale ?? 0))
    case 'float':
    case 'double':
      return plain(typeOfKind('float'))
    case 'char':
    case 'varchar':
      return plain(textType(most))
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return plain(json ? typeOfKind('json') : textType(null))
    case 'json':
      return plain(typeOfKind('json'))
    case 'enum': {
      const words = wordsBetweenQuotes(printed)
      return plain(isEnum(words) ? enumType(words) : textType(null))
    }
    case 'date':
    case 'time':
      return plain(typeOfKind(base))
    case 'datetime':
    case 'timestamp':
      return plain(typeOfKind('datetime'))
    case 'binary':
    case 'varbinary':
      return plain(typeOfKind('bytes', { max: Math.max(1, most ?? longestText) }))
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return plain(typeOfKind('bytes', { max: longestText }))
    case 'uuid':
      return plain(typeOfKind('id'))
    case 'set':
      return { type: textType(null), note: 'it is a set, and is read and written as its words with commas' }
    default:
      return { type: textType(null), note: `it is of the type ${base}, and is read and written as text` }
  }
}

function decimalOf(printed: string, precision: number, scale: number): KindOfColumn {
  if (precision <= 38) return plain(typeOfKind('decimal', { precision, scale }))
  return {
    type: typeOfKind('decimal', { precision: 38, scale: Math.min(scale, 38) }),
    note: `it is ${printed}, of which 38 digits can be written`,
  }
}
