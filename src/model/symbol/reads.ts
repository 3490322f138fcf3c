/** Which symbols were read while a rule or expression was built, and which of them a result is made of (semantics 7). */
import { isFollowing } from './trial.ts'

/** One time that the user's code took a symbol, such as `row.state`, and where; an empty place when it was given and not taken. */
export interface SymbolRead {
  readonly symbol: string
  readonly place: string
}

const readsOfNode = new WeakMap<object, readonly SymbolRead[]>()

/** Notes that `node` stands for these reads. */
export function attachReads<Node extends object>(node: Node, reads: readonly SymbolRead[]): Node {
  if (!isFollowing()) readsOfNode.set(node, reads)
  return node
}

export const readsOf = (node: object): readonly SymbolRead[] => readsOfNode.get(node) ?? []

const boundRow = new WeakMap<object, number>()

/** Notes which row token a `some` or an aggregate binds; see `session.ts`. */
export function attachRow<Node extends object>(node: Node, token: number): Node {
  boundRow.set(node, token)
  return node
}

export const rowBoundBy = (node: object): number | undefined => boundRow.get(node)
