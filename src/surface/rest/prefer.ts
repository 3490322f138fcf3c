/** The Prefer header (RFC 7240): `return=minimal` and `return=representation`. Other preferences are ignored, as the RFC asks. */

export interface Preference {
  readonly minimal: boolean
  /** The header that says that the wish was granted; null when none was spoken. */
  readonly applied: string | null
}

const unspoken: Preference = Object.freeze({ minimal: false, applied: null })

export function readPrefer(header: string | undefined): Preference {
  if (header === undefined) return unspoken
  // The first of repeated preferences counts.
  const match = /(?:^|,)\s*return\s*=\s*"?([\w-]+)"?\s*(?:[;,]|$)/i.exec(header)
  const wish = match?.[1]?.toLowerCase()
  if (wish !== 'minimal' && wish !== 'representation') return unspoken
  return { minimal: wish === 'minimal', applied: `return=${wish}` }
}
