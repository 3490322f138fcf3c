// The little of a shell that the guide uses: curl requests, variables, and commands that are compared by name.

/** A request as the guide spells it with curl. */
export interface ShellRequest {
  readonly method: string
  /** Path and query, without the address of the server. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** `-i`: the guide shows status and headers, too. */
  readonly showsHead: boolean
}

export type ShellCommand =
  | { readonly kind: 'request'; readonly request: ShellRequest }
  | { readonly kind: 'assignment'; readonly name: string; readonly value: string }
  | { readonly kind: 'export'; readonly name: string; readonly value: string }
  | { readonly kind: 'program'; readonly words: readonly string[] }

/** What the guide's server is called there. */
const address = 'localhost:3000'

/** The commands of a block; `variables` are put in where `$NAME` stands outside of single quotes. */
export function readCommands(text: string, variables: ReadonlyMap<string, string>): readonly ShellCommand[] {
  return linesOfWords(text.replaceAll('\\\n', ' '), variables).map(readCommand)
}

function readCommand(words: readonly string[]): ShellCommand {
  const [first = '', ...rest] = words
  const assignment = /^([A-Z_]+)=(.*)$/s.exec(words.at(-1) ?? '')
  if (assignment?.[1] !== undefined && (words.length === 1 || (words.length === 2 && first === 'export'))) {
    const kind = words.length === 1 ? 'assignment' : 'export'
    return { kind, name: assignment[1], value: assignment[2] ?? '' }
  }
  return first === 'curl' ? { kind: 'request', request: readCurl(rest) } : { kind: 'program', words }
}

function readCurl(words: readonly string[]): ShellRequest {
  const headers: Record<string, string> = {}
  let method: string | null = null
  let url: string | null = null
  let body: string | null = null
  let showsHead = false
  let takesBrackets = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const value = (): string => words[++at] ?? ''
    if (word === '-X') method = value()
    else if (word === '-d') body = value()
    else if (word === '-i') showsHead = true
    else if (word === '-g') takesBrackets = true
    else if (word === '-H') {
      const header = value()
      headers[header.slice(0, header.indexOf(':')).trim().toLowerCase()] = header.slice(header.indexOf(':') + 1).trim()
    } else if (word.startsWith('-')) throw new Error(`curl ${word}: the guide's test does not know this option`)
    else url = word
  }
  if (url?.startsWith(address) !== true) throw new Error(`curl ${url}: the guide's server is at ${address}`)
  if (/[[\]{}]/.test(url) && !takesBrackets) throw new Error(`curl ${url}: brackets are ranges to it without -g`)
  // As curl does it.
  if (body !== null) headers['content-type'] ??= 'application/x-www-form-urlencoded'
  headers['accept'] ??= '*/*'
  return {
    method: method ?? (body === null ? 'GET' : 'POST'),
    url: url.slice(address.length),
    headers,
    body,
    showsHead,
  }
}

/** Words as a POSIX shell cuts them, line by line: single and double quotes, also over lines; `$NAME` outside of single ones. */
function linesOfWords(text: string, variables: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const lines: string[][] = []
  let words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '' && character === quote) quote = ''
    else if (quote === '' && (character === "'" || character === '"')) {
      quote = character
      word ??= ''
    } else if (quote === '' && (character === ' ' || character === '\n')) {
      if (word !== null) words.push(word)
      word = null
      if (character === '\n' && words.length > 0) {
        lines.push(words)
        words = []
      }
    } else if (character === '$' && quote !== "'") {
      const name = /^[A-Z_]+/.exec(text.slice(at + 1))?.[0] ?? ''
      const value = variables.get(name)
      if (value === undefined) throw new Error(`$${name} is not set`)
      word = (word ?? '') + value
      at += name.length
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new Error(`a quote is not closed: ${text}`)
  return lines
}
