/** A condition and a selection in the grammar of query strings, for whoever asks for rows and not for a page: `plinth export`. */
import { defaultRelationDepth } from '../contract/index.ts'
import type { FilterRequest, NestedRequest, Selection } from '../../query/index.ts'
import { type ConditionScope, maskQuery, parseQuery, SlotNumbering } from './grammar/index.ts'

export interface RowsQuery {
  readonly where: FilterRequest | null
  /** Null: nothing was said about it. */
  readonly select: Selection | null
  /** Slot n of both is the n-th. Their form is `text`. */
  readonly values: readonly unknown[]
}

/** `where` is a query string such as `state=published&views[gte]=10`, `select` a list such as `id,title,author(name)`. */
export function parseRowsQuery(
  scope: Omit<ConditionScope, 'relationDepth'>,
  where: string,
  select: string | null,
): RowsQuery {
  const search = [where, ...(select === null ? [] : [`select=${encodeURIComponent(select)}`])].filter(
    part => part !== '',
  )
  const masked = maskQuery(search.join('&'))
  const shape = { words: select === null ? [] : (['select'] as const), filters: true, counts: null }
  const parsed = parseQuery({ ...scope, relationDepth: defaultRelationDepth }, masked.skeleton, shape)
  const numbering = new SlotNumbering()
  const condition = numbering.where(parsed.conditions)
  const selection = parsed.select === null ? null : wholeLists(numbering.selection(parsed.select))
  return { where: condition, select: selection, values: numbering.order.map(place => masked.values[place]) }
}

/** Whoever asks for rows gets all rows of a relation, too, unless a limit is spelled; pages have twenty of each. */
function wholeLists({ defaults, outputs }: Selection): Selection {
  const whole = (nested: NestedRequest): NestedRequest => ({
    ...nested,
    select: wholeLists(nested.select),
    ...(nested.limit === null ? { unlimited: true } : {}),
  })
  return {
    defaults,
    outputs: outputs.map(output => (output.kind === 'include' ? { ...output, nested: whole(output.nested) } : output)),
  }
}
