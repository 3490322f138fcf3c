/**
 * Whether there is anything to settle where lines of both sides meet: for each field that stands there, the database has not changed it, or
 * what stands in the file means what the database has. Calls after the first may come in any order.
 */
import type { Conflict } from './merge.ts'

export interface ThreeTexts {
  readonly merged: string
  readonly base: string
  readonly pulled: string
}

export function meansTheSame({ line, kept, pulled }: Conflict, texts: ThreeTexts): boolean {
  const [mine, before, theirs] = [texts.merged, texts.base, texts.pulled].map(fieldsOf)
  if (mine === undefined || before === undefined || theirs === undefined) return false
  const renamed = renamesIn(texts.merged)
  const lines = [...kept, ...pulled]
  if (lines.some(one => !/^(?: {4}|$)/u.test(one))) return false
  const above = texts.merged.split('\n').slice(0, line - 1)
  const begun = [kept[0], pulled[0]].some(first => first !== undefined && nameIn(first) === null)
  const owner = begun ? (above.findLast(one => nameIn(one) !== null) ?? null) : null
  const names = [...(owner === null ? [] : [owner]), ...lines].flatMap(one => nameIn(one) ?? [])
  return (
    names.length > 0 &&
    names.every(name => {
      const own = mine.get(name) ?? mine.get(renamed.get(name) ?? '')
      const [base, other] = [before.get(name), theirs.get(name)]
      const isField = own !== undefined || base !== undefined || other !== undefined
      return isField && (other === base || other === own)
    })
  )
}

const nameIn = (line: string): string | null => /^ {4}(\w+): /u.exec(line)?.[1] ?? null

/** What fields were called before: a pull that comes before the migration knows them by that name. */
function renamesIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let name: string | null = null
  for (const line of text.split('\n')) {
    name = nameIn(line) ?? name
    const before = /\.renamedFrom\((["'])(\w+)\1\)/u.exec(line)?.[2]
    if (name !== null && before !== undefined) found.set(before, name)
  }
  return found
}

/** What each field says, by name, in a form that is the same for all ways of writing it. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string[]>()
  let open: string[] | null = null
  for (const line of text.split('\n')) {
    const name = nameIn(line)
    if (/^ {2}\S/u.test(line) && open !== null) break
    if (name !== null) found.set(name, (open = [line.slice(name.length + 6)]))
    else if (open !== null && !/^\s*(?:\/\/|\/\*|\*)/u.test(line)) open.push(line)
  }
  return new Map([...found].map(([name, lines]) => [name, meaningOf(lines.join('\n'))]))
}

function meaningOf(text: string): string {
  const [start = '', ...calls] = callsOf(text)
  const [kind = '', ...more] = calls
  return [start, kind, ...more.filter(call => !call.startsWith('renamedFrom(')).toSorted()].join('.')
}

/** The text without space and commas at an end, cut before each call of the chain. */
function callsOf(text: string): readonly string[] {
  const parts = ['']
  let depth = 0
  // A text in quotes, or one other character; space between them says nothing.
  for (const [piece] of text.matchAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\S/gsu)) {
    if ('([{'.includes(piece)) depth++
    if (')]}'.includes(piece)) depth--
    const last = parts.length - 1
    if (piece === '.' && depth === 0) parts.push('')
    else parts[last] = (')]}'.includes(piece) ? (parts[last] ?? '').replace(/,$/u, '') : parts[last]) + piece
  }
  return parts.map(part => part.replace(/,$/u, ''))
}
