/** The grammar of query strings: text → masked values and a skeleton → parsed query. docs/rest.md has it as ABNF. */
export { SlotNumbering } from './canonical-request.ts'
export { type MaskedQuery, maskQuery } from './mask-query.ts'
export type { ConditionScope } from './parse-condition.ts'
export { type ParsedQuery, parseQuery } from './parse-query.ts'
