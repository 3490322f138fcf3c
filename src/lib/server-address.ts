/** Where a database server is: a connection URL, read as a whole. Nothing in it is ignored, and no word of it is guessed. */
import { isIP } from 'node:net'
import { nearest } from './nearest.ts'

export interface ServerAddress {
  readonly scheme: string
  /** A name, an address, or the path of a Unix socket or of its folder. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | null
  readonly database: string
  /** Null for a connection without TLS. */
  readonly tls: TlsChoice | null
  /** Parameters that the database has beside the common ones. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Files are named, not read. */
export interface TlsChoice {
  /** `require`: encrypted, to whomever; `verify-ca`: to a server of the authority; `verify-full`: to that server. */
  readonly mode: 'require' | 'verify-ca' | 'verify-full'
  readonly authority: string | null
  readonly certificate: string | null
  readonly key: string | null
}

/** What URLs of one kind of database look like. */
export interface ServerAddressForm {
  readonly schemes: readonly string[]
  readonly defaultPort: number
  /** Names of the parameters that only this database has. */
  readonly parameters: readonly string[]
}

export const postgresAddresses: ServerAddressForm = Object.freeze({
  schemes: ['postgres', 'postgresql'],
  defaultPort: 5432,
  parameters: ['schema', 'application_name', 'pgbouncer'],
})

export const mysqlAddresses: ServerAddressForm = Object.freeze({
  schemes: ['mysql', 'mariadb'],
  defaultPort: 3306,
  parameters: [],
})

export type ReadServerAddress =
  | { readonly ok: true; readonly address: ServerAddress }
  | { readonly ok: false; readonly problem: string }

const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const commonParameters = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const

const wrong = (problem: string): ReadServerAddress => ({ ok: false, problem })

function meantBy(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === '' ? `there are ${known.join(', ')}` : `the nearest is "${near}"`
}

export function readServerAddress(text: string, form: ServerAddressForm): ReadServerAddress {
  const example = `${form.schemes[0]}://user:password@host:${form.defaultPort}/database`
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return wrong(`it is no URL; write ${example}`)
  }
  const scheme = url.protocol.slice(0, -1)
  if (!form.schemes.includes(scheme)) return wrong(`it begins with "${scheme}:", not with "${form.schemes[0]}:"`)
  // What follows may be a part of the password: it is not repeated.
  if (/@/.test(url.search + url.hash))
    return wrong('it has an "@" after "?" or "#"; in a password write ? as %3F, # as %23')
  if (url.hash !== '') return wrong('nothing may follow "#"; in a password write %23')
  const known = [...commonParameters, ...form.parameters]
  const given = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (!known.includes(name)) return wrong(`it has no parameter "${name}"; ${meantBy(name, known)}`)
    if (given.has(name)) return wrong(`it says "${name}" twice`)
    given.set(name, value)
  }
  const parts = decoded(url)
  if (parts === null) return wrong('it has a % that is no escape; write %25')
  const { user, password, database } = parts
  if (user === '') return wrong(`it names no user; write ${example}`)
  if (database === '' || database.includes('/')) return wrong(`it names no database; write ${example}`)
  const host = given.get('host') ?? (url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const tls = tlsOf(host, given)
  if (typeof tls === 'string') return wrong(tls)
  return {
    ok: true,
    address: {
      scheme,
      host,
      port: url.port === '' ? form.defaultPort : Number(url.port),
      user,
      password: password === '' ? null : password,
      database,
      tls,
      parameters: Object.fromEntries(
        form.parameters.flatMap(name => {
          const value = given.get(name)
          return value === undefined ? [] : [[name, value]]
        }),
      ),
    },
  }
}

function decoded({ username, password, pathname }: URL) {
  try {
    return {
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
    }
  } catch {
    return null
  }
}

/** What is wrong, or the choice. A remote host is always verified unless the URL says otherwise; this machine needs no TLS. */
function tlsOf(host: string, given: ReadonlyMap<string, string>): TlsChoice | null | string {
  const file = (name: (typeof commonParameters)[number]): string | null => given.get(name) ?? null
  const [authority, certificate, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')]
  const mode = given.get('sslmode') ?? (isLocal(host) && authority === null ? 'disable' : 'verify-full')
  if (!isTlsMode(mode)) {
    return `its sslmode is "${mode}", which is none of ${tlsModes.join(', ')} ("prefer" and "allow" would go without TLS in silence)`
  }
  if ((certificate === null) !== (key === null)) return 'sslcert and sslkey belong together'
  return mode === 'disable' ? null : { mode, authority, certificate, key }
}

const isTlsMode = (mode: string): mode is (typeof tlsModes)[number] => (tlsModes as readonly string[]).includes(mode)

/** A Unix socket or the loopback interface: nothing leaves this machine. */
function isLocal(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}
