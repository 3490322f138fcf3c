/** Reads the definition of one column as `show create table` prints it, in its parts: each can be changed, and the others stay as they are. */
import { identifier } from '../sql/index.ts'

export interface ColumnDefinition {
  readonly name: string
  /** With its character set and collation, or its system of coordinates, where they are said. */
  readonly type: string
  /** What stands behind the type, in this order. */
  readonly parts: readonly ColumnPart[]
}

/** `other` is what nobody here needs to understand: a comment, `invisible`, `on update …`, what only some versions read. */
export interface ColumnPart {
  readonly kind: 'generated' | 'null' | 'default' | 'counter' | 'check' | 'other'
  readonly text: string
}

/** The definition says what nobody here knows. */
export class UnreadableColumn extends Error {}

interface Token {
  readonly text: string
  readonly start: number
  /** How many brackets are open around it. */
  readonly depth: number
}

/** A text, a name in quotes, a comment that some versions read, a mark, or a word. */
const form = /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\/\*[\s\S]*?\*\/|[(),]|[^\s'"`(),/]+|\//gu

function tokensOf(sql: string): readonly Token[] {
  let depth = 0
  return [...sql.matchAll(form)].map(({ 0: text, index: start }) => {
    if (text === ')') depth -= 1
    const token = { text, start, depth }
    if (text === '(') depth += 1
    return token
  })
}

/** What stands between the commas outside of brackets. */
export function clausesOf(sql: string): readonly string[] {
  const commas = tokensOf(sql).filter(({ text, depth }) => text === ',' && depth === 0)
  const starts = [0, ...commas.map(({ start }) => start + 1)]
  return starts.map((start, place) => sql.slice(start, commas[place]?.start).trim())
}

/** `sql`: what made the table, as the server prints it. */
export function columnIn(sql: string, name: string): ColumnDefinition | undefined {
  const brackets = tokensOf(sql).filter(({ text, depth }) => depth === 0 && (text === '(' || text === ')'))
  const [open, close] = brackets
  if (open === undefined || close === undefined) return undefined
  const line = clausesOf(sql.slice(open.start + 1, close.start)).find(
    one => /^["`]/u.test(one) && nameIn(one).toLowerCase() === name.toLowerCase(),
  )
  return line === undefined ? undefined : readColumn(line)
}

function nameIn(definition: string): string {
  const [quoted = ''] = /^(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`)/u.exec(definition) ?? []
  const [quote = ''] = quoted
  return quoted.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Words with which a part begins; of `not null` and `default null` the second one begins none. */
const kinds: Readonly<Record<string, ColumnPart['kind']>> = {
  generated: 'generated',
  not: 'null',
  null: 'null',
  default: 'default',
  auto_increment: 'counter',
  check: 'check',
  comment: 'other',
  on: 'other',
  invisible: 'other',
  without: 'other',
  with: 'other',
}

export function readColumn(definition: string): ColumnDefinition {
  const [name, ...tokens] = tokensOf(definition).filter(({ depth, text }) => depth === 0 && text !== ')')
  if (name === undefined) throw new UnreadableColumn(`of a column this is not understood: ${definition}`)
  const starts = tokens.flatMap(({ text, start }, place) => {
    const before = tokens[place - 1]?.text.toLowerCase()
    const kind = kindOf(text)
    return kind === undefined || before === 'not' || before === 'default' ? [] : [{ kind, start }]
  })
  const behindName = name.start + name.text.length
  const parts = starts.map(({ kind, start }, place) => ({
    kind,
    text: definition.slice(start, starts[place + 1]?.start).trim(),
  }))
  const isTwice = parts.some(({ kind }, place) => kind !== 'other' && parts.findIndex(one => one.kind === kind) < place)
  if (isTwice) throw new UnreadableColumn(`of a column this is not understood: ${definition}`)
  return {
    name: nameIn(definition),
    type: definition.slice(behindName, starts[0]?.start).trim(),
    parts,
  }
}

function kindOf(token: string): ColumnPart['kind'] | undefined {
  // Whether it is kept in fewer bytes belongs to a type of MariaDB.
  if (token.startsWith('/*')) return /compressed/iu.test(token) ? undefined : 'other'
  // What a storage engine knows is a name with a value.
  if (/^["`]/u.test(token)) return 'other'
  return kinds[token.toLowerCase()]
}

/** In the order that both servers take: what it is made of stands right behind the type, and MariaDB has a check last. */
export function columnText({ name, type, parts }: ColumnDefinition): string {
  const of = (...wanted: readonly ColumnPart['kind'][]): readonly string[] =>
    parts.filter(({ kind }) => wanted.includes(kind)).map(({ text }) => text)
  return [
    identifier(name),
    type,
    ...of('generated'),
    ...of('null'),
    ...of('default'),
    ...of('counter', 'other'),
    ...of('check'),
  ].join(' ')
}
