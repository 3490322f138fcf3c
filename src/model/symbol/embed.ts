/** Puts a finished expression (a computed field's) in the place of a symbol. */
import type { Expression } from '../expression.ts'
import { mapExpression, type RowMapping } from './map-nodes.ts'
import { attachRow } from './reads.ts'
import type { Session } from './session.ts'

/** `scope[n]` is the token of the expression's row n; rows that it binds itself get fresh tokens. */
export function embedExpression(
  expression: Expression,
  session: Session,
  token: number,
  path: readonly string[],
): Expression {
  const mapping: RowMapping<readonly number[]> = {
    place: (reference, scope) => ({
      row: scope[reference.row] ?? token,
      path: reference.row === 0 ? [...path, ...reference.path] : reference.path,
    }),
    bind: (_node, scope) => [...scope, session.bindRow()],
    made: (_from, to, inside) => {
      const bound = inside?.at(-1)
      if (bound !== undefined) attachRow(to, bound)
    },
  }
  return mapExpression(expression, [token], mapping)
}
