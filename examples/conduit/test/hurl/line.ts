// Reads one line of a suite from left to right: words, quoted text, values; refuses what it does not know.
import type { Expected } from './suite.ts'

/** A construct of the Hurl format that this interpreter does not carry out, or a mistake in a suite. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError'

  constructor(where: { readonly file: string; readonly line: number }, message: string) {
    super(`${where.file}:${where.line}: ${message}`)
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** The rest of a line, taken bit by bit. */
export class LineReader {
  readonly #where: { readonly file: string; readonly line: number }
  #rest: string

  constructor(where: { readonly file: string; readonly line: number }, text: string) {
    this.#where = where
    this.#rest = text.trim()
  }

  refuse(message: string): never {
    throw new SuiteError(this.#where, message)
  }

  get rest(): string {
    return this.#rest
  }

  /** The match of a pattern at the start of the rest, taken off it. */
  take(pattern: RegExp): string | undefined {
    const match = new RegExp(`^(?:${pattern.source})`, 'u').exec(this.#rest)
    if (!match) return undefined
    this.#rest = this.#rest.slice(match[0].length).trimStart()
    return match[0]
  }

  /** Text in double quotes, its escapes undone. */
  quoted(): string {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"/)
    if (quoted === undefined)
      this.refuse(`text in double quotes is expected, not ${this.#rest || 'the end of the line'}`)
    return quoted.slice(1, -1).replace(/\\(.)/gu, (_, letter: string) => {
      return escapes[letter] ?? this.refuse(`the escape \\${letter} is not known`)
    })
  }

  /** Quoted text, a number, true, false, null, or a variable in double braces. */
  expected(): Expected {
    if (this.#rest.startsWith('"')) return { kind: 'text', template: this.quoted() }
    const variable = this.take(/\{\{\s*[A-Za-z_][\w-]*\s*\}\}(?=\s|$)/)
    if (variable) return { kind: 'variable', name: variable.slice(2, -2).trim() }
    const scalar = this.take(/(?:-?\d+(?:\.\d+)?|true|false|null)(?=\s|$)/)
    if (scalar) return { kind: 'scalar', value: JSON.parse(scalar) as number | boolean | null }
    return this.refuse(`a value is expected, not ${this.#rest || 'the end of the line'}`)
  }

  /** Refuses anything left on the line but a comment. */
  end(): void {
    if (this.#rest !== '' && !this.#rest.startsWith('#')) this.refuse(`${this.#rest} is not known here`)
  }
}
