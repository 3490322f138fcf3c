/** The tokens of SQLite's SQL, each with its place in the text, and a reader that goes from one to the next. */

export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'mark'
  /** Of a word: in lower case. Of a name in quotes: without them. Of anything else: as it stands. */
  readonly value: string
  readonly start: number
  readonly end: number
}

/** The text is not what SQLite would have written, or says what nobody here knows. */
export class UnreadableSql extends Error {}

/** In groups: text, word, name in quotes, number, mark. What is in none of them stands between tokens. Names for them would cost most of the time. */
const form =
  /(?:[ \t\n\f\r]+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|([xX]?'(?:[^']|'')*')|([A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*)|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|((?:\d|\.\d)(?:[\w.]|(?<=[\d.][eE])[+-])*)|([^'"`[])/uy

export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  form.lastIndex = 0
  for (let start = 0; start < sql.length; start = form.lastIndex) {
    const groups = form.exec(sql)
    if (groups === null) throw new UnreadableSql(sql.slice(start, start + 40))
    const token = tokenOf(groups)
    if (token !== null) tokens.push({ ...token, start, end: form.lastIndex })
  }
  return tokens
}

function tokenOf([, text, word, quoted, number, mark]: RegExpExecArray): Pick<Token, 'kind' | 'value'> | null {
  if (text !== undefined) return { kind: 'text', value: text }
  if (word !== undefined) return { kind: 'word', value: word.toLowerCase() }
  if (quoted !== undefined) return { kind: 'quoted', value: unquoted(quoted) }
  if (number !== undefined) return { kind: 'number', value: number }
  return mark === undefined ? null : { kind: 'mark', value: mark }
}

function unquoted(name: string): string {
  const [quote = ''] = name
  const inside = name.slice(1, -1)
  return quote === '[' ? inside : inside.replaceAll(quote + quote, quote)
}

export class TokenReader {
  readonly #sql: string
  readonly #tokens: readonly Token[]
  #place = 0

  constructor(sql: string) {
    this.#sql = sql
    this.#tokens = tokensOf(sql)
  }

  /** The next one, or one behind it; undefined at the end. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#place + ahead]
  }

  next(): Token {
    const token = this.peek()
    if (token === undefined) throw this.unread()
    this.#place += 1
    return token
  }

  /** Where the last token that was read ends. */
  get end(): number {
    return this.#tokens[this.#place - 1]?.end ?? 0
  }

  /** Where the next one begins. */
  get start(): number {
    return this.peek()?.start ?? this.#sql.length
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, ahead) => isWordOrMark(this.peek(ahead), word))
  }

  /** Goes past these words or marks, if they come next. */
  take(...words: readonly string[]): boolean {
    const comes = this.is(...words)
    if (comes) this.#place += words.length
    return comes
  }

  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.unread()
  }

  /** A name as it is spelled: SQLite takes a text for one, too. */
  name(): string {
    const token = this.next()
    if (token.kind === 'word') return this.#sql.slice(token.start, token.end)
    if (token.kind === 'quoted') return token.value
    if (token.kind === 'text' && token.value.startsWith("'")) return token.value.slice(1, -1).replaceAll("''", "'")
    throw this.unread(token)
  }

  /** Goes past what stands in brackets, brackets in it included. */
  group(): void {
    this.expect('(')
    for (let depth = 1; depth > 0;) {
      if (this.take('(')) depth += 1
      else if (this.take(')')) depth -= 1
      else this.next()
    }
  }

  /** Names in brackets. */
  names(): readonly string[] {
    const names: string[] = []
    this.expect('(')
    do names.push(this.name())
    while (this.take(','))
    this.expect(')')
    return names
  }

  unread(at: Token | undefined = this.peek()): UnreadableSql {
    return new UnreadableSql(at === undefined ? 'its end' : `"${this.#sql.slice(at.start, at.start + 40)}"`)
  }
}

const isWordOrMark = (token: Token | undefined, wanted: string): boolean =>
  (token?.kind === 'word' || token?.kind === 'mark') && token.value === wanted
