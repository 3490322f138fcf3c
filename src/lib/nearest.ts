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

/** Beyond a third of a word a likeness is chance; one edit is a slip in the shortest word, too. */
const editsAllowed = (left: string, right: string): number =>
  Math.max(1, Math.floor(Math.max(left.length, right.length) / 3))

/** The candidate with the fewest edits, ignoring case; the first of equals. Empty when none is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string {
  const wanted = word.slice(0, lengthLimit).toLowerCase()
  let best = ''
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const known = candidate.slice(0, lengthLimit).toLowerCase()
    const edits = distance(wanted, known)
    if (edits < fewest && edits <= editsAllowed(wanted, known)) {
      fewest = edits
      best = candidate
    }
  }
  return best
}

/** The same as the end of a sentence: `, perhaps "title"`, or nothing. */
export function perhaps(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, candidates)
  return near === '' ? '' : `, perhaps "${near}"`
}
