/** Turns what symbols built into plain frozen data: rows get their numbers, and the symbols that it is made of are collected. */
import { refusal } from '../../error/index.ts'
import { deepFreeze } from '../../lib/index.ts'
import type { Expression, Predicate } from '../expression.ts'
import { mapExpression, mapPredicate, type RowMapping } from './map-nodes.ts'
import { readsOf, rowBoundBy, type SymbolRead } from './reads.ts'
import { rootToken, type Session } from './session.ts'

/** The tokens of the rows around a node; a row's number is its index. */
type Scope = readonly number[]

const rootScope: Scope = [rootToken]

function numbering(used: Set<SymbolRead>): RowMapping<Scope> {
  return {
    place(reference, scope) {
      const row = scope.indexOf(reference.row)
      if (row !== -1) return { row, path: reference.path }
      throw refusal('boot.symbol-misused', {
        symbol: readsOf(reference).at(-1)?.symbol ?? 'A row',
        reason: 'it is used outside the function that its row was given to',
        place: readsOf(reference).at(-1)?.place ?? 'an unknown place',
      })
    },
    bind: (node, scope) => [...scope, rowBoundBy(node) ?? -1],
    made(from) {
      for (const read of readsOf(from)) used.add(read)
    },
  }
}

export function finishPredicate(predicate: Predicate, used: Set<SymbolRead> = new Set()): Predicate {
  return deepFreeze(mapPredicate(predicate, rootScope, numbering(used)))
}

export function finishExpression(expression: Expression, used: Set<SymbolRead> = new Set()): Expression {
  return deepFreeze(mapExpression(expression, rootScope, numbering(used)))
}

/** The symbols that were read and then not used: what `&&`, `||`, `?:`, `!`, `===` and `if` leave behind. */
export const unusedReads = (session: Session, used: ReadonlySet<SymbolRead>): readonly SymbolRead[] =>
  session.reads.filter(read => !used.has(read))
