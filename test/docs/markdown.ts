// Fenced code blocks of a Markdown page, with what the words after the language say about them.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export const repository = join(import.meta.dirname, '../..')

export interface Block {
  /** File name of the page, and the line of the fence. */
  readonly page: string
  readonly line: number
  readonly language: string
  /** `file=app.ts` is `{ file: 'app.ts' }`; a word alone is `{ word: '' }`. */
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  /** The nearest heading above it. */
  readonly section: string
}

export interface Page {
  readonly name: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** Reads a page by its path in the repository, such as `docs/guide.md`. */
export function readPage(path: string): Page {
  const text = readFileSync(join(repository, path), 'utf8')
  return { name: basename(path), text, blocks: blocksOf(basename(path), text) }
}

function blocksOf(page: string, text: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  let section = ''
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const heading = /^#{1,6} (.+)$/.exec(line)
    if (heading?.[1] !== undefined) section = heading[1]
    const fence = /^( *)```(\w+)?(.*)$/.exec(line)
    if (fence === null) continue
    const [, indent = '', language = '', words = ''] = fence
    const first = at
    const content: string[] = []
    for (at++; lines[at] !== `${indent}\`\`\``; at++) {
      const next = lines[at]
      if (next === undefined) throw new Error(`${page}:${first + 1}: the code block has no end`)
      content.push(next.startsWith(indent) ? next.slice(indent.length) : next)
    }
    blocks.push({
      page,
      line: first + 1,
      language,
      attributes: attributesOf(words),
      text: `${content.join('\n')}\n`,
      section,
    })
  }
  return blocks
}

function attributesOf(words: string): Readonly<Record<string, string>> {
  const pairs = words
    .trim()
    .split(/\s+/)
    .filter(word => word !== '')
    .map(word => [word.split('=', 1)[0] ?? '', word.includes('=') ? word.slice(word.indexOf('=') + 1) : ''] as const)
  return Object.fromEntries(pairs)
}

/**
 * The text of a file after its reader has done what a block says: the whole of it, or for a block of `diff` the lines of each part (parts
 * stand apart by a line of "@@") without those that begin with "-" and with those that begin with "+".
 */
export function textAfter(block: Block, before: string | null): string {
  if (block.language !== 'diff') return block.text
  const place = `${block.page}:${block.line}`
  if (before === null) throw new Error(`${place}: ${block.attributes['file']} is not there yet`)
  let text = before
  for (const part of block.text.split('@@\n')) {
    const lines = part.split('\n').filter(line => line !== '')
    const side = (mark: string): string =>
      lines
        .filter(line => line.startsWith(' ') || line.startsWith(mark))
        .map(line => `${line.slice(1)}\n`)
        .join('')
    const pieces = text.split(side('-'))
    if (pieces.length !== 2)
      throw new Error(`${place}: its lines stand ${pieces.length - 1} times in the file:\n${side('-')}`)
    text = pieces.join(side('+'))
  }
  return text
}

/** Rows of the first table below a heading, each cell as plain text without code marks. */
export function tableBelow(page: Page, heading: string): readonly (readonly string[])[] {
  const lines = page.text.split('\n')
  const start = lines.findIndex(line => /^#{1,6} /.test(line) && line.replace(/^#+ /, '') === heading)
  if (start === -1) throw new Error(`${page.name} has no heading "${heading}"`)
  const rows: string[][] = []
  for (const line of lines.slice(start + 1)) {
    if (/^#{1,6} /.test(line)) break
    if (line.startsWith('|')) rows.push(cellsOf(line))
    else if (rows.length > 0) break
  }
  const [, rule, ...body] = rows
  if (rule?.every(cell => /^:?-+:?$/.test(cell)) !== true) {
    throw new Error(`${page.name} has no table below "${heading}"`)
  }
  return body
}

function cellsOf(line: string): string[] {
  const cells = line.replaceAll('\\|', '\u0000').split('|').slice(1, -1)
  return cells.map(cell => cell.replaceAll('\u0000', '|').replaceAll('`', '').trim())
}
