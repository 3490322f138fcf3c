/** An error as a developer wants to see it: what, where in their own code, and what to do. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ErrorDetail, PlinthError } from '../../error/index.ts'

/** The folder of Plinth's own code (src or dist): its frames are not the user's. */
const ownFolder = fileURLToPath(new URL('../../', import.meta.url))
const framed = 2
/** Mistakes that are listed: a thousand rows can each have one. */
const mostTold = 10

interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Message, hint, the lines around the place in the user's code, and causes.
 *
 * ```text
 * Cannot read properties of undefined (reading 'id')
 *   at shop/actions.ts:12:31
 *   11 |   run: async ({ db, input }) => {
 * > 12 |     await db.Article.update(input.article.id, {})
 *      |                               ^
 *   13 |   },
 * ```
 */
export function describeFailure(error: unknown, root: string): string {
  const lines: string[] = []
  let said = ''
  for (let current: unknown = error, depth = 0; current !== undefined && depth < 5; depth++) {
    const cause = current instanceof Error ? current : null
    // An error that quotes its cause has said it, unless the cause knows of a place.
    const isSaid = cause !== null && cause.message !== '' && said.includes(cause.message) && userPlace(cause) === null
    if (!isSaid) lines.push(...describeOne(current, root, depth === 0 ? '' : 'Because: '))
    said += cause?.message ?? ''
    current = cause?.cause
  }
  return lines.join('\n')
}

function describeOne(error: unknown, root: string, prefix: string): string[] {
  if (!(error instanceof Error)) return [`${prefix}${String(error)}`]
  const name = error instanceof PlinthError || error.name === 'Error' ? '' : `${error.name}: `
  const lines = [`${prefix}${name}${error.message}`]
  if (error instanceof PlinthError) {
    const told = error.errors.filter(detail => !isTold(error, detail))
    for (const detail of told.slice(0, mostTold)) lines.push(`  - ${describeDetail(error, detail)}`)
    if (told.length > mostTold) lines.push(`  - and ${told.length - mostTold} more`)
    // It tells where the mistakes stand in an answer; here they have been listed.
    if (error.hint !== undefined && error.code !== 'values.invalid') lines.push(`  ${error.hint}`)
  }
  const place = saidPlace(error) ?? userPlace(error)
  if (place !== null) lines.push(...sourceFrame(place, root))
  return lines
}

/** Errors of the start list their mistakes in the message already, or are the first of them. */
const isTold = ({ message }: PlinthError, detail: ErrorDetail): boolean =>
  message.includes(detail.message) || detail.message.endsWith(message)

/** Mistakes in declarations name their place themselves; a hint that all share stands below them. */
function describeDetail({ code, hint }: PlinthError, detail: ErrorDetail): string {
  const where = code.startsWith('boot.') ? '' : `${detail.pointer} `
  return `${where}${detail.message}${detail.hint === undefined || detail.hint === hint ? '' : ` ${detail.hint}`}`
}

/** A mistake in a declaration is where its message says, not where the declaration is put together. */
function saidPlace(error: Error): SourcePlace | null {
  if (!(error instanceof PlinthError) || !error.code.startsWith('boot.')) return null
  const [, file = '', line, column] = /\((\/[^()]*?):(\d+):(\d+)\)/.exec(error.message) ?? []
  return file === '' || file.startsWith(ownFolder) ? null : { file, line: Number(line), column: Number(column) }
}

/** The innermost place of the stack that is neither Node's, nor a package's, nor ours. */
function userPlace(error: Error): SourcePlace | null {
  // Syntax errors carry their place in the first line of the stack, before the message.
  for (const line of error.stack?.split('\n') ?? []) {
    const match = /(?:\(|at (?:async )?|^)((?:file:\/\/)?\/[^()]*?):(\d+)(?::(\d+))?\)?$/.exec(line.trim())
    if (match === null) continue
    const file = match[1]?.startsWith('file://') ? fileURLToPath(match[1]) : (match[1] ?? '')
    if (file.includes('/node_modules/') || file.startsWith(ownFolder)) continue
    return { file, line: Number(match[2]), column: Number(match[3] ?? 1) }
  }
  return null
}

/** The place and the lines around it; only the place when the file cannot be read. */
function sourceFrame(place: SourcePlace, root: string): string[] {
  const shown = place.file.startsWith(`${root}/`) ? place.file.slice(root.length + 1) : place.file
  const head = `  at ${shown}:${place.line}:${place.column}`
  let source: string[]
  try {
    source = readFileSync(place.file, 'utf8').split('\n')
  } catch {
    return [head]
  }
  const last = Math.min(source.length, place.line + framed)
  const width = String(last).length
  const lines = [head]
  for (let number = Math.max(1, place.line - framed); number <= last; number++) {
    const mark = number === place.line ? '>' : ' '
    lines.push(`${mark} ${String(number).padStart(width)} | ${source[number - 1] ?? ''}`.trimEnd())
    if (number === place.line) lines.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, place.column - 1))}^`)
  }
  return lines
}
