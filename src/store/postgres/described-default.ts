/** The expression of a column's default, as PostgreSQL prints it, in the words of a model. */
import type { FieldType } from '../../model/index.ts'
import type { DescribedDefault } from '../contract/index.ts'
import { literalDefault } from '../sql/index.ts'

const castPart = String.raw`(?:::[\w\s."()[\],]+)?`
const textForm = new RegExp(`^'((?:[^']|'')*)'${castPart}$`, 'u')
const numberForm = new RegExp(String.raw`^\(?(-?\d[\d.]*)\)?${castPart}$`, 'u')

export function defaultOf(expression: string | null, type: FieldType): DescribedDefault | null {
  if (expression === null || /^NULL(?:::|$)/iu.test(expression)) return null
  if (/^nextval\(/iu.test(expression)) return { from: 'sequence' }
  if (/^(?:public\.)?(?:gen_random_uuid|uuid_generate_v4|uuidv7|uuidv4)\(\)$/iu.test(expression))
    return { from: 'uuid' }
  if (type.kind === 'datetime' && isNow(expression)) return { from: 'now' }
  const text = textForm.exec(expression)?.[1]?.replaceAll("''", "'")
  const constant = text ?? numberForm.exec(expression)?.[1] ?? /^(?:true|false)$/u.exec(expression)?.[0]
  const literal = constant === undefined ? null : literalDefault(type, constant)
  return literal ?? { from: 'database' }
}

const isNow = (expression: string): boolean =>
  /^\(?(?:now\(\)|CURRENT_TIMESTAMP|LOCALTIMESTAMP|transaction_timestamp\(\)|'now'::text)(?:\(\d\))?\)?(?:::timestamp.*)?$/iu.test(
    expression,
  )
