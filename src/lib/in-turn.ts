/** Gives the next so many of a list at each call: for what was gathered of many, looked up at once, and belongs to each of them again. */
export function inTurn<T>(list: readonly T[]): (count: number) => readonly T[] {
  let next = 0
  return count => list.slice(next, (next += count))
}
