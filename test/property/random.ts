/** Randomness from a seed: the same seed makes the same world on every machine. */

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** Up to `count` different ones, in the order in which they stand. */
  some<T>(from: readonly T[], count: number): readonly T[]
}

/** Mulberry32, by Tommy Ettinger (public domain). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const random: Random = {
    below: below => Math.floor(next() * below),
    chance: probability => next() < probability,
    pick: from => {
      const picked = from[random.below(from.length)]
      if (picked === undefined) throw new Error('There is nothing to pick from.')
      return picked
    },
    some: (from, count) => {
      const left = [...from.keys()]
      while (left.length > count) left.splice(random.below(left.length), 1)
      return left.map(index => from[index]).filter(one => one !== undefined)
    },
  }
  return random
}
