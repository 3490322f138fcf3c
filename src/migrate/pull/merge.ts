/** Brings what was pulled anew and what was written by hand since the last pull together, line by line. */
import { diff3Merge } from 'node-diff3'

export interface Conflict {
  /** The line of the merged text at which the lines written by hand stand, from 1. */
  readonly line: number
  /** The lines that stay. */
  readonly kept: readonly string[]
  /** What the database would have there now; empty: nothing. */
  readonly pulled: readonly string[]
}

export interface Merged {
  readonly text: string
  readonly conflicts: readonly Conflict[]
}

/** `base` is what the last pull wrote. Where both have changed a line, the one that was written by hand stays. */
export function mergeTexts(current: string, base: string, pulled: string): Merged {
  const lines: string[] = []
  const conflicts: Conflict[] = []
  for (const region of diff3Merge(linesOf(current), linesOf(base), linesOf(pulled), { excludeFalseConflicts: true })) {
    if (region.ok !== undefined) lines.push(...region.ok)
    if (region.conflict === undefined) continue
    const { a, o, b } = region.conflict
    for (const part of settled(a, o, b)) {
      if (part.pulled !== null) conflicts.push({ line: lines.length + 1, kept: part.lines, pulled: part.pulled })
      lines.push(...part.lines)
    }
  }
  return { text: lines.join('\n'), conflicts }
}

const linesOf = (text: string): string[] => text.split('\n')

interface Part {
  readonly lines: readonly string[]
  /** Null: no conflict. */
  readonly pulled: readonly string[] | null
}

function settled(mine: readonly string[], base: readonly string[], theirs: readonly string[]): readonly Part[] {
  // Both have added something at one place: both stay.
  if (base.length === 0) return [{ lines: [...mine, ...theirs.filter(line => !mine.includes(line))], pulled: null }]
  // Neighbouring lines of which each was changed by one side only.
  if (mine.length === base.length && theirs.length === base.length)
    return base.map((line, index) => settledLine(mine[index] ?? '', line, theirs[index] ?? ''))
  return [{ lines: mine, pulled: theirs }]
}

function settledLine(mine: string, base: string, theirs: string): Part {
  if (mine === base) return { lines: [theirs], pulled: null }
  return { lines: [mine], pulled: theirs === base || theirs === mine ? null : [theirs] }
}
