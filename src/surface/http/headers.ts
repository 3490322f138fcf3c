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

export function headerList(common: Readonly<Record<string, string>>): HeaderList {
  const flat = Object.entries(common).flat()
  const names = new Set(Object.keys(common).map(name => name.toLowerCase()))
  // Few names, always spelled alike: what they are in lower case is not worked out for each answer.
  const lowered = new Map<string, string | null>()
  /** The name as it stands in `names`; null: it does not. */
  const commonName = (name: string): string | null => {
    const known = lowered.get(name)
    if (known !== undefined) return known
    const lower = name.toLowerCase()
    const found = names.has(lower) ? lower : null
    if (lowered.size < rememberedNames) lowered.set(name, found)
    return found
  }
  return {
    with(own) {
      if (own === undefined) return flat.slice()
      const list: string[] = []
      let replaced: Set<string> | undefined
      for (const name of Object.keys(own)) {
        list.push(name, own[name] ?? '')
        const common = commonName(name)
        if (common !== null) (replaced ??= new Set()).add(common)
      }
      if (replaced === undefined) {
        for (const text of flat) list.push(text)
        return list
      }
      for (let index = 0; index < flat.length; index += 2) {
        const name = flat[index] ?? ''
        if (!replaced.has(name.toLowerCase())) list.push(name, flat[index + 1] ?? '')
      }
      return list
    },
  }
}
