/**
 * The consistency token: after a write the answer says how far the store was, in a header for programs and a cookie for browsers, and a
 * later request that brings it back sees at least that. It is no secret and no credential: a forged one sends reads to where everything
 * is, or allows its sender what everybody is allowed without one.
 */
import type { Consistency, Positions } from '../../query/index.ts'
import type { Carrier } from './carrier.ts'

const consistencyHeader = 'Consistency-Token'
const headerName = consistencyHeader.toLowerCase()

/** RFC 6265bis section 4.1.3.2: with this prefix only this host can have set it, over TLS. */
const secureCookie = '__Host-consistency-token'
const plainCookie = 'consistency-token'

/** Seconds that a browser keeps it: by then replicas have caught up, or are too far behind to be read from by anybody. */
const cookieAge = 60

/** A token that no store takes for a position: nothing but the latest will do. */
const latest = 'latest'

/** RFC 9110 section 9.2.1. What any other method reads decides about a write, or it is the sign-in of somebody who has just signed up. */
const mayLag = (method: string): boolean => method === 'GET' || method === 'HEAD'

export class RequestConsistency implements Consistency {
  readonly mayLag: boolean
  readonly #positions: Positions
  readonly #carrier: Carrier
  #after: string | null
  #written: string | null = null

  constructor(positions: Positions, carrier: Carrier) {
    this.#positions = positions
    this.#carrier = carrier
    this.mayLag = mayLag(carrier.method)
    this.#after = this.mayLag ? sentPosition(positions, carrier) : null
  }

  get after(): string | null {
    return this.#after
  }

  wrote(position: string | null): void {
    const written = position ?? latest
    // Where the store is after a commit includes all that anybody has seen before.
    this.#written = this.#written === null ? written : this.#positions.latest(this.#written, written)
    this.#after = this.#written
  }

  /** Adds names and values of headers. */
  tell(headers: string[]): void {
    if (this.#written === null) return
    headers.push(consistencyHeader, this.#written, 'Set-Cookie', cookie(this.#written, arrivedByTls(this.#carrier)))
  }
}

function sentPosition(positions: Positions, { headers }: Carrier): string | null {
  const sent = headers[headerName]
  const given = [
    ...(typeof sent === 'string' && sent !== '' ? [sent] : []),
    ...(headers.cookie === undefined ? [] : cookiesOf(headers.cookie)),
  ]
  return given.length === 0 ? null : given.reduce((one, other) => positions.latest(one, other))
}

/** The tokens among the cookies of a request (RFC 6265 section 4.2.1). */
function cookiesOf(header: string): readonly string[] {
  if (!header.includes(plainCookie)) return []
  return header.split(';').flatMap(pair => {
    const [name = '', value = ''] = pair.trim().split('=')
    return (name === secureCookie || name === plainCookie) && value !== '' ? [value] : []
  })
}

function cookie(position: string, secure: boolean): string {
  const attributes = `Path=/; Max-Age=${cookieAge}; HttpOnly; SameSite=Lax`
  return secure ? `${secureCookie}=${position}; ${attributes}; Secure` : `${plainCookie}=${position}; ${attributes}`
}

/** Here or at a proxy. Who claims it falsely gets a cookie that their own browser does not take. */
const arrivedByTls = ({ encrypted, headers }: Carrier): boolean => encrypted || headers['x-forwarded-proto'] === 'https'
