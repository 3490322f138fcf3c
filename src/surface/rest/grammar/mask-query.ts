/**
 * Takes the values out of a query string. What remains, the skeleton, is all that the parser ever sees: a request is made from names,
 * operators and structure alone, and one skeleton has one plan, whatever the values. The values come out in the order in which
 * they stand.
 */
import { refusal } from '../../../error/index.ts'
import { malformed, queryText } from '../../contract/index.ts'
import { structuralParameters, valueParameters, valueSpelling } from './words.ts'

export interface MaskedQuery {
  /** The query with `oneValue` and `listValue` where values stood, and `parameterEnd` after each parameter. */
  readonly skeleton: string
  /** A text for each `oneValue`, an array of texts for each `listValue`. */
  readonly values: readonly (string | readonly string[])[]
}

export const oneValue = '\u0000'
export const listValue = '\u0001'
export const parameterEnd = '\u0002'

/** Groups inside groups: deeper than any plan allows, and shallow enough for a stack. */
const groupDepth = 20

const beyondAscii = /[^\x20-\x7e]/

const emptyQuery: MaskedQuery = Object.freeze({ skeleton: '', values: Object.freeze([]) })

/** Queries without a value in them, as those of point reads are: few, and masked alike each time. */
const withoutValues = new Map<string, MaskedQuery>()
const mostKept = 500
const longestKept = 1000

/** `search`: the query as it was sent, without "?". */
export function maskQuery(search: string): MaskedQuery {
  if (search === '') return emptyQuery
  const known = withoutValues.get(search)
  if (known !== undefined) return known
  const masked = maskAnew(search)
  if (masked.values.length === 0 && search.length <= longestKept) {
    if (withoutValues.size >= mostKept) withoutValues.clear()
    withoutValues.set(search, Object.freeze(masked))
  }
  return masked
}

function maskAnew(search: string): MaskedQuery {
  if (beyondAscii.test(search)) throw malformed('the query', 'characters beyond ASCII have to be percent-encoded')
  const values: (string | readonly string[])[] = []
  let skeleton = ''
  let start = 0
  while (start < search.length) {
    let end = search.indexOf('&', start)
    if (end === -1) end = search.length
    if (end > start) skeleton += maskParameter(search, start, end, values)
    start = end + 1
  }
  return { skeleton, values }
}

function maskParameter(search: string, start: number, end: number, values: (string | readonly string[])[]): string {
  const equals = search.indexOf('=', start)
  const nameEnd = equals === -1 || equals > end ? end : equals
  const name = queryText(search.slice(start, nameEnd), 'the query')
  if (!isPlainName(name)) throw malformed(name, 'a name consists of letters, digits, "_", "." and "[]"')
  const text = nameEnd === end ? '' : queryText(search.slice(nameEnd + 1, end), name)
  return `${name}=${maskValue(name, text, values)}${parameterEnd}`
}

function maskValue(name: string, text: string, values: (string | readonly string[])[]): string {
  if (valueParameters.has(name)) {
    values.push(text)
    return oneValue
  }
  if (structuralParameters.has(name)) {
    return name === 'select' || name === 'include' ? new Masker(name, text, values).selection() : structural(name, text)
  }
  const spelling = valueSpelling(name)
  if (spelling === 'one') {
    values.push(text)
    return oneValue
  }
  if (spelling === 'flag') return structural(name, text)
  if (spelling === 'list') return new Masker(name, text, values).wholeList()
  return new Masker(name, text, values).wholeGroup()
}

function isPlainName(name: string): boolean {
  return /^[\w.[\]]+$/.test(name)
}

/** Text that becomes part of the skeleton may not look like its marks. */
function structural(name: string, text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < 0x20) throw controlCharacter(name)
  }
  return text
}

const controlCharacter = (name: string): Error => malformed(name, 'it has a control character')

/** Walks through a text in which `,` `;` `(` `)` have a meaning and `\` takes it from the character that follows. */
class Masker {
  readonly #name: string
  readonly #text: string
  readonly #values: (string | readonly string[])[]
  #at = 0
  #depth = 0

  constructor(name: string, text: string, values: (string | readonly string[])[]) {
    this.#name = name
    this.#text = text
    this.#values = values
  }

  /** A list that is all of a parameter's value: `a,b` or `(a,b)`. */
  wholeList(): string {
    if (this.#text.startsWith('(')) this.#parenthesisedList()
    else this.#values.push(this.#entries())
    this.#finish()
    return listValue
  }

  /** A group that is all of a parameter's value: `(a=1,b=2)`; or `true` after a quantifier. */
  wholeGroup(): string {
    if (!this.#text.startsWith('(')) return structural(this.#name, this.#text)
    const group = this.#group()
    this.#finish()
    return group
  }

  /** `id,author(name),comments(id;limit=3)`: everything is structure but the values of options. */
  selection(): string {
    let skeleton = ''
    let start = 0
    while (this.#at < this.#text.length) {
      const code = this.#text.charCodeAt(this.#at)
      this.#at++
      if (code === 0x28) this.#enter()
      if (code === 0x29) this.#depth--
      if (this.#depth < 0) throw malformed(this.#name, 'a ")" closes nothing')
      if (code < 0x20) throw controlCharacter(this.#name)
      if (code === 0x3b) {
        if (this.#depth === 0) throw malformed(this.#name, 'a ";" stands outside of parentheses')
        skeleton += this.#text.slice(start, this.#at) + this.#option()
        start = this.#at
      }
    }
    if (this.#depth > 0) throw malformed(this.#name, 'a "(" is not closed')
    return skeleton + this.#text.slice(start)
  }

  /** `limit=3`, `sort=-id` or a condition, up to the `;` or `)` that ends it. */
  #option(): string {
    const start = this.#at
    const name = this.#conditionName()
    if (name !== 'sort') return `${name}=${name === 'limit' ? this.#oneValue() : this.#value(name)}`
    while (this.#at < this.#text.length && !';)'.includes(this.#text[this.#at] ?? '')) this.#at++
    return structural(this.#name, this.#text.slice(start, this.#at))
  }

  #group(): string {
    this.#enter()
    this.#at++
    let skeleton = '('
    for (;;) {
      const name = this.#conditionName()
      skeleton += `${name}=${this.#value(name)}`
      const next = this.#text[this.#at]
      this.#at++
      if (next === ',') skeleton += ','
      else if (next === ')') break
      else throw malformed(this.#name, 'a "," or ")" is expected after each condition of a group')
    }
    this.#depth--
    return `${skeleton})`
  }

  #conditionName(): string {
    const start = this.#at
    while (this.#at < this.#text.length && /[\w.[\]]/.test(this.#text[this.#at] ?? '')) this.#at++
    const name = this.#text.slice(start, this.#at)
    if (name === '' || this.#text[this.#at] !== '=')
      throw malformed(this.#name, 'a condition like "name=value" is expected')
    this.#at++
    return name
  }

  #value(name: string): string {
    const spelling = valueSpelling(name)
    if (spelling === 'one') return this.#oneValue()
    const opens = this.#text[this.#at] === '('
    if (spelling === 'list') {
      if (!opens) throw malformed(this.#name, `inside a group, the list of "${name}" stands in parentheses`)
      this.#parenthesisedList()
      return listValue
    }
    return spelling === 'group' && opens ? this.#group() : structural(this.#name, this.#entry())
  }

  #oneValue(): string {
    this.#values.push(this.#entry())
    return oneValue
  }

  #parenthesisedList(): void {
    this.#at++
    if (this.#text[this.#at] === ')') this.#values.push([])
    else this.#values.push(this.#entries())
    if (this.#text[this.#at] !== ')') throw malformed(this.#name, 'a "(" is not closed')
    this.#at++
  }

  #entries(): string[] {
    const entries = [this.#entry()]
    while (this.#text[this.#at] === ',') {
      this.#at++
      entries.push(this.#entry())
    }
    return entries
  }

  /** Text up to the next character that has a meaning. */
  #entry(): string {
    let entry = ''
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? ''
      if (special.includes(character)) break
      if (character !== '\\') {
        entry += character
        continue
      }
      const escaped = this.#text[++this.#at] ?? ''
      if (escaped === '' || !escapable.includes(escaped)) {
        throw malformed(this.#name, 'a backslash stands before one of , ; ( ) and \\ only')
      }
      entry += escaped
    }
    return entry
  }

  #enter(): void {
    this.#depth++
    if (this.#depth > groupDepth) throw refusal('request.filter-too-deep', { depth: this.#depth, limit: groupDepth })
  }

  #finish(): void {
    if (this.#at < this.#text.length) {
      throw malformed(this.#name, `"${this.#text[this.#at] ?? ''}" has a meaning here; write a backslash before it`)
    }
  }
}

const special = ',;()'
const escapable = ',;()\\'
