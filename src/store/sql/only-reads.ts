/** Which queries by hand change nothing, so that it does not matter whether the server came to their end. */
import type { CompiledQuery } from 'kysely'

const reads = /^\s*(select|with|values|table|show|explain)\b/i
const changes = /\b(insert|update|delete|merge|into|analyze)\b/i

/** For certain, unless a function that it calls changes something. */
export const onlyReads = ({ sql }: CompiledQuery): boolean => reads.test(sql) && !changes.test(sql)
