/**
 * The second run of a rule function, in which every condition is null. JavaScript's `||`, `&&`, `??`, `?:`, `!` and `if` then take the
 * other way than in the first run, where every condition is an object and so counts as true: what such an operator decided about
 * shows in the symbols that are read.
 */
import type { SymbolRead } from './reads.ts'
import type { Session } from './session.ts'

let probing = false

export const isProbing = (): boolean => probing

function withProbing<Result>(value: boolean, run: () => Result): Result {
  const before = probing
  probing = value
  try {
    return run()
  } finally {
    probing = before
  }
}

/** For what is declared inside of a function that is being probed: it gets its conditions. */
export const withoutProbing = <Result>(run: () => Result): Result => withProbing(false, run)

/**
 * The symbols that only one of both runs read. `first` is the session of the first run, `second` a fresh one that `build` is given symbols
 * of. A function that throws without conditions is left alone: what it does with them is no secret of an operator's.
 */
export function readsOfOneRun(first: Session, second: Session, build: () => unknown): readonly SymbolRead[] {
  try {
    withProbing(true, build)
  } catch {
    return []
  }
  return [...missingFrom(second.reads, first.reads), ...missingFrom(first.reads, second.reads)]
}

function missingFrom(known: readonly SymbolRead[], reads: readonly SymbolRead[]): SymbolRead[] {
  const counts = new Map<string, number>()
  for (const read of known) counts.set(keyOf(read), (counts.get(keyOf(read)) ?? 0) + 1)
  return reads.filter(read => {
    const left = counts.get(keyOf(read)) ?? 0
    counts.set(keyOf(read), left - 1)
    return left <= 0
  })
}

const keyOf = ({ symbol, place }: SymbolRead): string => `${symbol} ${place}`
