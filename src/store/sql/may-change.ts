/** Whether a query by hand may change rows: whoever has to know asks here, and when in doubt it may. */
import type { CompiledQuery } from 'kysely'
import { harmlessWords } from './harmless-words.ts'

/**
 * Whitespace and comments. MySQL carries out what stands in some of them, and where one holds the beginning of another, databases do not agree
 * where it ends.
 */
const beforeAll = /^(?:\s|--[^\r\n]*\r?\n|\/\*(?![!M])(?:(?!\*\/|\/\*)[\s\S])*\*\/)*/u
const reading = /^[(\s]*(?:select|with|values|table)\b/iu
const telling = /^show\b/iu
/** With its options, up to the statement, which it may carry out: what changes there changes here. */
const explaining =
  /^explain\b(?:\s*\([^()]*\)|\s+(?:query\s+plan|analy[sz]e|verbose|extended|partitions|format\s*=\s*\w+)\b)*\s*/iu

/** Wherever they stand: in a common table expression, or in a text or a name, where they do nothing. */
const changing = /\b(?:insert|update|delete|merge|into)\b/iu
const locking = /\bfor\s+(?:no\s+key\s+)?update\b/giu
const another = /;(?![\s;]*$)/u

/** Between a function and its bracket it hides the function; MySQL carries out some. */
const comment = /--|#|\/\*/u
/** What stands before a bracket, or the end of it: no word of the list is as long. */
const called = /(?<=([^\s()[\]+*/<>=|,:;!%^&~-]{1,64})\s*)\(/gu

const mayCallRoutine = (sql: string): boolean =>
  comment.test(sql) || [...sql.matchAll(called)].some(([, name = '']) => !harmlessWords.has(name.toLowerCase()))

function reads(sql: string): boolean {
  const explained = explaining.exec(sql)
  return explained === null ? reading.test(sql) || telling.test(sql) : reading.test(sql.slice(explained[0].length))
}

/**
 * By its words. `routines`: the database has functions of the application's, which may change rows. Nothing tells here what a view, an operator,
 * a cast or a policy of rows calls.
 */
export function mayChange({ sql }: Pick<CompiledQuery, 'sql'>, { routines }: { readonly routines: boolean }): boolean {
  const text = sql.replace(beforeAll, '')
  if (!reads(text) || changing.test(text.replaceAll(locking, '')) || another.test(text)) return true
  return routines && mayCallRoutine(text)
}
