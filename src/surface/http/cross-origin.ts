/** Which pages of other origins browsers let read answers (CORS: the Fetch Standard, section 3.2). */
import type { IncomingRequest } from '../contract/index.ts'

/** `*`: pages of every origin. */
export type AllowedOrigins = '*' | readonly string[]

export interface CrossOrigin {
  /** What every answer has, whoever asks. */
  readonly common: Readonly<Record<string, string>>
  /** Adds names and values in turn to the headers of one answer. */
  tell(request: IncomingRequest, headers: string[]): void
  /** What a browser is told that asks before it sends a request with one of the methods. */
  preflight(request: IncomingRequest, methods: readonly string[]): Readonly<Record<string, string>>
}

/** Headers that a page needs to see and would not be shown. */
const exposed = [
  ...['ETag', 'Link', 'Location', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
  ...['Preference-Applied', 'Idempotent-Replayed', 'Consistency-Token'],
].join(', ')

/** Seconds for which a browser need not ask again: the most that Chromium keeps. */
const preflightAge = 7200

const headerNames = /^[\w-]+(?:\s*,\s*[\w-]+)*$/

const closed: CrossOrigin = { common: {}, tell: () => {}, preflight: () => ({}) }

export function crossOrigin(origins: AllowedOrigins | undefined): CrossOrigin {
  if (origins === undefined || origins.length === 0) return closed
  const everybody = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposed }
  const allowed = new Set(origins)
  const allows = (request: IncomingRequest): string | null => {
    const origin = request.header('origin')
    return origin !== undefined && (origins === '*' || allowed.has(origin)) ? origin : null
  }
  return {
    common: origins === '*' ? everybody : { Vary: 'Origin' },
    tell(request, headers) {
      const origin = origins === '*' ? null : allows(request)
      if (origin === null) return
      headers.push('access-control-allow-origin', origin, 'access-control-expose-headers', exposed)
    },
    preflight(request, methods) {
      if (allows(request) === null || request.header('access-control-request-method') === undefined) return {}
      const asked = request.header('access-control-request-headers') ?? ''
      return {
        'Access-Control-Allow-Methods': methods.join(', '),
        // Whatever a page may want to send has a meaning here, or none; it is the origin that is trusted.
        ...(headerNames.test(asked) ? { 'Access-Control-Allow-Headers': asked } : {}),
        'Access-Control-Max-Age': String(preflightAge),
      }
    },
  }
}

/** An origin as browsers send it: without a path, in lower case, and without the port that is the scheme's own anyway. */
export function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(text)) return false
  if (!URL.canParse(text)) return false
  const { origin } = new URL(text)
  // Applications on phones and desktops have schemes of their own, such as capacitor://localhost.
  return origin === 'null' || origin === text
}
