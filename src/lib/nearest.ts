/** The word that somebody probably meant. */

/** Longer words are compared by their beginning, so that a hostile name costs little. */
const lengthLimit = 48

/** Edits (insert, delete, replace, swap of neighbours) between two words: optimal string alignment distance. */
function distance(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}

/** The candidate with the fewest edits, ignoring case; the first of equals. Empty when there are no candidates. */
export function nearest(word: string, candidates: Iterable<string>): string {
  const wanted = word.slice(0, lengthLimit).toLowerCase()
  let best = ''
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const edits = distance(wanted, candidate.slice(0, lengthLimit).toLowerCase())
    if (edits < fewest) {
      fewest = edits
      best = candidate
    }
  }
  return best
}
