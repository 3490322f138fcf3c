/** How many rows of a result were asked for, where a command fetches one more to see whether there is one. */
import type { Value } from '../../model/index.ts'
import type { Parameter } from '../../query/index.ts'

export interface CommandLimit {
  readonly parameter: number
  /** How many rows more than asked for are fetched. */
  readonly peek: number
}

/** `limit`: the place of its parameter; null: nothing limits the rows. */
export function commandLimit(limit: number | null, parameters: readonly Parameter[]): CommandLimit | null {
  if (limit === null) return null
  const parameter = parameters[limit]
  return { parameter: limit, peek: parameter?.source === 'limit' ? parameter.peek : 0 }
}

/** Null: all rows there are. */
export const rowsAskedFor = (limit: CommandLimit | null, values: readonly Value[]): number | null =>
  limit === null ? null : Number(values[limit.parameter]) - limit.peek
