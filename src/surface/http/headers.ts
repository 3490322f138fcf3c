/** Headers that every answer has. */
import { validateHeaderName, validateHeaderValue } from 'node:http'

/** What an answer owes to browsers that meet it where nobody meant them to (OWASP REST security, API answers). */
export const securityHeaders: Readonly<Record<string, string>> = Object.freeze({
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
})

/** Headers that many answers have: names and values in turn, as `writeHead` takes them without looking each name up again, and as they stand on the wire. */
export interface CommonHeaders {
  readonly list: readonly string[]
  readonly lines: string
}

export interface AnswerHeaders {
  /** Names and values in turn; more may be added. */
  readonly own: string[]
  readonly common: CommonHeaders
}

/** Makes the headers of an answer: its own replace what every answer has. */
export type HeaderList = (own: Readonly<Record<string, string>> | undefined) => AnswerHeaders

/** They say where an answer ends, which whoever sends it knows. */
const ofTheServer: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

const rememberedNames = 200

/** Few names, always spelled alike: what they are in lower case is not worked out for each answer. */
const lowered = new Map<string, string>()

/** The same text as a property's name, which V8 compares with others by its address. */
const interned = (text: string): string => Object.keys({ [text]: true })[0] ?? text

function lowerName(name: string): string {
  const known = lowered.get(name)
  if (known !== undefined) return known
  const lower = interned(name.toLowerCase())
  if (lowered.size < rememberedNames) lowered.set(name, lower)
  return lower
}

function commonHeaders(list: readonly string[]): CommonHeaders {
  let lines = ''
  for (let index = 0; index < list.length; index += 2) lines += `${list[index] ?? ''}: ${list[index + 1] ?? ''}\r\n`
  return { list, lines }
}

/** Names leave in lower case, as in HTTP/2: node:http looks each one up in that form, and would make it for every answer. */
export function headerList(shared: Readonly<Record<string, string>>): HeaderList {
  for (const [name, value] of Object.entries(shared)) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
  const all = commonHeaders(Object.entries(shared).flatMap(([name, value]) => [lowerName(name), value]))
  const names = new Set(all.list.filter((_, index) => index % 2 === 0))
  const without = (replaced: ReadonlySet<string>): CommonHeaders =>
    commonHeaders(all.list.filter((_, index) => !replaced.has(all.list[index - (index % 2)] ?? '')))
  return given => {
    const own: string[] = []
    if (given === undefined) return { own, common: all }
    let replaced: Set<string> | undefined
    for (const name of Object.keys(given)) {
      const lower = lowerName(name)
      if (ofTheServer.has(lower)) continue
      own.push(lower, given[name] ?? '')
      if (names.has(lower)) (replaced ??= new Set()).add(lower)
    }
    return { own, common: replaced === undefined ? all : without(replaced) }
  }
}
