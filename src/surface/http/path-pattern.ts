/** Paths with places: `/articles/{key}/restore`. */

export interface PathPattern {
  readonly path: string
  /** In the router's own spelling. */
  readonly routerPath: string
  /** The values in the places, still percent-encoded, or null when the path is another one. */
  match(path: string): readonly string[] | null
  /** Where the places stand among all segments whose names are such. */
  segmentsNamed(isSuch: (name: string) => boolean): readonly number[]
  /** The same as `match` for a URL, with or without a query, of which the router has said that it matches. */
  segmentsOf(url: string): readonly string[]
}

const place = /^\{(\w+)\}$/
const none: readonly string[] = Object.freeze([])

export function pathPattern(path: string): PathPattern {
  const parts = path.split('/')
  const places = parts.flatMap((part, index) => (place.test(part) ? [index] : []))
  const matches = (sent: readonly string[]): boolean =>
    sent.length === parts.length &&
    parts.every((part, index) => (place.test(part) ? sent[index] !== '' : part === sent[index]))
  const pick = (sent: readonly string[]): readonly string[] => places.map(index => sent[index] ?? '')
  const [only] = places
  const isLast = places.length === 1 && only === parts.length - 1
  return {
    path,
    // A colon is a literal in our spelling; the router wants it doubled.
    routerPath: parts.map(part => part.replaceAll(':', '::').replace(place, ':$1')).join('/'),
    segmentsNamed: isSuch => places.filter(index => isSuch(place.exec(parts[index] ?? '')?.[1] ?? '')),
    match(sentPath) {
      const sent = sentPath.split('/')
      return matches(sent) ? pick(sent) : null
    },
    segmentsOf(url) {
      if (places.length === 0) return none
      const mark = url.indexOf('?')
      const sentPath = mark === -1 ? url : url.slice(0, mark)
      return isLast ? [sentPath.slice(sentPath.lastIndexOf('/') + 1)] : pick(sentPath.split('/'))
    },
  }
}
