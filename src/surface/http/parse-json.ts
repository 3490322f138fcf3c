/** A strict JSON reader (RFC 8259, I-JSON of RFC 7493): what other readers guess about, this one refuses. */
import { type ErrorCode, type ErrorParameters, refusal } from '../../error/index.ts'
import { pointerStep } from '../../lib/index.ts'

/** How deep a body may nest by default. */
export const defaultBodyDepth = 32

/**
 * Reads a JSON text. Refused with a JSON Pointer to the place: an object with one key twice, the key `__proto__`, a `constructor`
 * that carries a `prototype`, nesting beyond `depth`, and numbers that JavaScript would change silently: 1e400, or 2^53 + 1.
 * Halves of surrogate pairs are left for the field kinds, which know whose text it is.
 */
export function parseJson(text: string, depth: number = defaultBodyDepth): unknown {
  const reader = new JsonReader(text, depth)
  return reader.document()
}

const quote = 0x22
const backslash = 0x5c
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y
const fourHex = /^[0-9a-fA-F]{4}$/

class JsonReader {
  readonly #text: string
  readonly #limit: number
  #at = 0
  /** Keys and indexes on the way to the current value. */
  readonly #path: (string | number)[] = []

  constructor(text: string, limit: number) {
    this.#text = text
    this.#limit = limit
  }

  document(): unknown {
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) this.#malformed('something follows the value')
    return value
  }

  #value(): unknown {
    this.#space()
    const code = this.#text.charCodeAt(this.#at)
    if (code === quote) return this.#string()
    if (code === 0x7b) return this.#object()
    if (code === 0x5b) return this.#array()
    if (code === 0x74) return this.#word('true', true)
    if (code === 0x66) return this.#word('false', false)
    if (code === 0x6e) return this.#word('null', null)
    return this.#number()
  }

  #object(): unknown {
    this.#descend()
    const object: Record<string, unknown> = {}
    if (this.#next() === 0x7d) return this.#close(object)
    for (;;) {
      if (this.#next() !== quote) this.#malformed('a key in double quotes is expected')
      const key = this.#string()
      this.#path.push(key)
      if (key === '__proto__') this.#refuse('request.forbidden-key', { name: key })
      if (Object.hasOwn(object, key)) this.#refuse('request.repeated-key', { name: shown(key) })
      if (this.#next() !== 0x3a) this.#malformed('a colon is expected')
      this.#at++
      const value = this.#value()
      if (key === 'constructor' && isObject(value) && Object.hasOwn(value, 'prototype')) {
        this.#refuse('request.forbidden-key', { name: key })
      }
      object[key] = value
      this.#path.pop()
      const code = this.#next()
      if (code === 0x7d) return this.#close(object)
      if (code !== 0x2c) this.#malformed('a comma or a closing brace is expected')
      this.#at++
    }
  }

  #array(): unknown {
    this.#descend()
    const array: unknown[] = []
    if (this.#next() === 0x5d) return this.#close(array)
    for (;;) {
      this.#path.push(array.length)
      array.push(this.#value())
      this.#path.pop()
      const code = this.#next()
      if (code === 0x5d) return this.#close(array)
      if (code !== 0x2c) this.#malformed('a comma or a closing bracket is expected')
      this.#at++
    }
  }

  #string(): string {
    const text = this.#text
    const start = ++this.#at
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.#at = at + 1
        return text.slice(start, at)
      }
      if (code === backslash) return this.#escapedString(start, at)
      if (code < 0x20) {
        this.#at = at
        this.#malformed('a control character has to be escaped')
      }
    }
    this.#at = text.length
    return this.#malformed('a text is not closed')
  }

  /** The rest of a string from its first backslash on. */
  #escapedString(start: number, firstBackslash: number): string {
    const text = this.#text
    let result = text.slice(start, firstBackslash)
    let plain = firstBackslash
    for (let at = firstBackslash; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.#at = at + 1
        return result + text.slice(plain, at)
      }
      this.#at = at
      if (code < 0x20) this.#malformed('a control character has to be escaped')
      if (code !== backslash) continue
      result += text.slice(plain, at)
      const letter = text[at + 1] ?? ''
      const hex = text.slice(at + 2, at + 6)
      if (letter === 'u' && fourHex.test(hex)) {
        result += String.fromCharCode(Number.parseInt(hex, 16))
        at += 5
      } else {
        result += simpleEscapes[letter] ?? this.#malformed('an unknown escape')
        at += 1
      }
      plain = at + 1
    }
    this.#at = text.length
    return this.#malformed('a text is not closed')
  }

  #number(): number {
    number.lastIndex = this.#at
    const match = number.exec(this.#text)
    if (match === null) {
      return this.#malformed(this.#at < this.#text.length ? 'a value is expected' : 'the text ends too early')
    }
    const [literal, fraction, exponent] = match
    const value = Number(literal)
    if (!Number.isFinite(value)) this.#refuse('request.number-not-exact', { number: shown(literal) })
    const isInteger = fraction === undefined && exponent === undefined
    // Short integers are safe. Longer ones pass when the digits say what the number is: exactly, or as JavaScript prints it.
    if (isInteger && literal.length > 15 && !Number.isSafeInteger(value)) {
      if (String(value) !== literal && (literal.length > 400 || BigInt(literal) !== BigInt(value))) {
        this.#refuse('request.number-not-exact', { number: shown(literal) })
      }
    }
    this.#at += literal.length
    return value
  }

  #word<Word>(word: string, value: Word): Word {
    if (!this.#text.startsWith(word, this.#at)) this.#malformed('a value is expected')
    this.#at += word.length
    return value
  }

  /** Skips white space and tells the character after it; NaN at the end. */
  #next(): number {
    this.#space()
    return this.#text.charCodeAt(this.#at)
  }

  #space(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #descend(): void {
    this.#at++
    // The path grows with each level that was entered before this one.
    if (this.#path.length >= this.#limit) this.#refuse('request.body-too-deep', { limit: this.#limit })
  }

  #close<Container>(container: Container): Container {
    this.#at++
    return container
  }

  #malformed(reason: string): never {
    throw refusal('request.body-malformed', { reason, position: this.#at })
  }

  #refuse<Code extends ErrorCode>(code: Code, parameters: ErrorParameters<Code>): never {
    throw refusal(code, parameters, { pointer: pointerOf(this.#path) })
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Hostile keys and numbers can be long; a message shows their beginning. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** A JSON Pointer (RFC 6901). */
function pointerOf(path: readonly (string | number)[]): string {
  return path
    .map(step => `/${pointerStep(String(step))}`)
    .join('')
    .slice(0, 300)
}
