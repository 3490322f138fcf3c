/** Where the texts that begin with a prefix end, in the order of code points: the bound of a range that an index serves. */
import { foldCase } from '../../lib/index.ts'

/**
 * Behind all texts that begin with `prefix` in lower case, whichever of its letters the database knows to have one: of letters that came late to
 * Unicode it may not know it.
 */
export const foldedPrefixEnd = (prefix: string): string | null =>
  prefixEnd(Array.from(prefix, letter => [letter, foldCase(letter)].toSorted(byPoint).at(-1)).join(''))

const byPoint = (one: string, other: string): number => (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)

/** The first text behind all texts that begin with `prefix`, in the order of code points; null when there is none. */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, character => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last === 0x10ffff) continue
    // U+D800 to U+DFFF are no characters: the one after U+D7FF is U+E000.
    points.push(last === 0xd7ff ? 0xe000 : last + 1)
    return String.fromCodePoint(...points)
  }
  return null
}
