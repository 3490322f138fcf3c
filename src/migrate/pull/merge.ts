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
  const both = withMore(mine, theirs, base) ?? withMore(theirs, mine, base)
  if (both !== null) return [{ lines: both, pulled: null }]
  const [here, there] = [slotsOf(mine, base), slotsOf(theirs, base)]
  if (here === null || there === null || cutsInto(here, there, base) || cutsInto(there, here, base))
    return [{ lines: mine, pulled: theirs }]
  return [
    added(here.before, there.before),
    ...base.flatMap((line, index) => {
      const [own, other] = [here.lines[index], there.lines[index]]
      if (own === undefined || other === undefined) return []
      return [settledLine(own.line, line, other.line), added(own.after, other.after)]
    }),
  ]
}

/** `more`, when both have changed the lines alike and it has added others at one place besides, none of which were there before. */
function withMore(less: readonly string[], more: readonly string[], base: readonly string[]): readonly string[] | null {
  if (less.length === 0 || more.length < less.length) return null
  const differs = less.findIndex((line, index) => line !== more[index])
  const start = differs === -1 ? less.length : differs
  const added = more.slice(start, start + more.length - less.length)
  const isRest = less.slice(start).every((line, index) => line === more[start + added.length + index])
  return isRest && added.every(line => !base.includes(line)) ? more : null
}

/** What one side has made of each line of the base (null: removed it), and what it has put before the first and after each. */
interface Slots {
  readonly before: readonly string[]
  readonly lines: readonly { readonly line: string | null; readonly after: readonly string[] }[]
}

/** Lines that were changed one by one, added to those that stayed, or removed; null when it cannot be told. */
function slotsOf(side: readonly string[], base: readonly string[]): Slots | null {
  const isShifted = side.some((line, index) => line !== base[index] && base.includes(line))
  if (side.length === base.length)
    return isShifted ? null : { before: [], lines: side.map(line => ({ line, after: [] })) }
  return side.length > base.length ? withAdded(side, base) : withRemoved(side, base)
}

function withAdded(side: readonly string[], base: readonly string[]): Slots | null {
  const before: string[] = []
  const lines: { readonly line: string; readonly after: string[] }[] = []
  for (const line of side) {
    if (lines.length < base.length && line === base[lines.length]) lines.push({ line, after: [] })
    else (lines.at(-1)?.after ?? before).push(line)
  }
  return lines.length === base.length ? { before, lines } : null
}

function withRemoved(side: readonly string[], base: readonly string[]): Slots | null {
  let next = 0
  const lines = base.map(line => {
    const stays = line === side[next]
    if (stays) next++
    return { line: stays ? line : null, after: [] }
  })
  return next === side.length ? { before: [], lines } : null
}

/** Whether one side has removed lines that the other has changed, or put something between. Half a declaration is none. */
function cutsInto(one: Slots, other: Slots, base: readonly string[]): boolean {
  const isRemoved = (index: number): boolean => one.lines[index]?.line === null
  if (!one.lines.some((_slot, index) => isRemoved(index))) return false
  return other.lines.some(
    ({ line, after }, index) =>
      (line !== null && line !== base[index]) || (after.length > 0 && isRemoved(index) && isRemoved(index + 1)),
  )
}

/** Both have added something at one place: both stay. */
const added = (mine: readonly string[], theirs: readonly string[]): Part => ({
  lines: [...mine, ...theirs.filter(line => !mine.includes(line))],
  pulled: null,
})

function settledLine(mine: string | null, base: string, theirs: string | null): Part {
  if (mine === base) return { lines: theirs === null ? [] : [theirs], pulled: null }
  const lines = mine === null ? [] : [mine]
  return { lines, pulled: theirs === base || theirs === mine || theirs === null ? null : [theirs] }
}
