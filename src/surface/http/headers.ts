/** Headers that every answer has. */

/** What an answer owes to browsers that meet it where nobody meant them to (OWASP REST security, API answers). */
export const securityHeaders: Readonly<Record<string, string>> = Object.freeze({
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
})

/** Makes the header lists of answers from what every answer has. */
export interface HeaderList {
  /** Names and values in turn, as `writeHead` takes them without looking each name up again; `own` replaces what every answer has. */
  with(own: Readonly<Record<string, string>> | undefined): string[]
}

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

/** Names leave in lower case, as in HTTP/2: node:http looks each one up in that form, and would make it for every answer. */
export function headerList(common: Readonly<Record<string, string>>): HeaderList {
  const flat = Object.entries(common).flatMap(([name, value]) => [lowerName(name), value])
  const names = new Set(flat.filter((_, index) => index % 2 === 0))
  return {
    with(own) {
      if (own === undefined) return flat.slice()
      const list: string[] = []
      let replaced: Set<string> | undefined
      for (const name of Object.keys(own)) {
        const lower = lowerName(name)
        list.push(lower, own[name] ?? '')
        if (names.has(lower)) (replaced ??= new Set()).add(lower)
      }
      if (replaced === undefined) {
        for (const text of flat) list.push(text)
        return list
      }
      for (let index = 0; index < flat.length; index += 2) {
        const name = flat[index] ?? ''
        if (!replaced.has(name)) list.push(name, flat[index + 1] ?? '')
      }
      return list
    },
  }
}
