/** Settings from the environment and from code, read as a whole: every mistake is named at once. */
import { detail, type ErrorDetail, refusal } from '../error/index.ts'
import { nearest, perhaps } from '../lib/index.ts'
import { type DatabaseAddress, databaseForms, defaultDatabase, readDatabaseAddress } from './database-address.ts'
import { longestTime } from './option-forms.ts'
import { weaknessOf } from './secret.ts'

export type Mode = 'development' | 'production' | 'test'
export type LogForm = 'json' | 'pretty' | 'off'

export interface Settings {
  readonly mode: Mode
  readonly port: number
  readonly host: string
  readonly database: DatabaseAddress
  /** What tokens are signed with; null in development and tests, where one is made up. */
  readonly secret: string | null
  readonly log: LogForm
  /** Milliseconds between the signal to stop and the end of listening: load balancers see readiness fail meanwhile. */
  readonly shutdownDelay: number
  /** Milliseconds that requests in flight get to finish. */
  readonly shutdownGrace: number
}

/** The part of `createApp`'s options that the environment may override. */
export interface ServerOptions {
  /** 3000 by default; the variable PORT goes before it. 0 takes any free port. */
  readonly port?: number
  /** `127.0.0.1` in development, `0.0.0.0` in production; the variable HOST goes before it. */
  readonly host?: string
  /** Milliseconds of failing readiness before the server stops listening: 2,000 in production, else 0. PLINTH_SHUTDOWN_DELAY. */
  readonly shutdownDelay?: number
  /** Milliseconds that requests in flight get to finish: 30,000. PLINTH_SHUTDOWN_GRACE. */
  readonly shutdownGrace?: number
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface SettingsInput {
  readonly environment: Environment
  readonly mode: Mode
  /** The folder of the application. */
  readonly root: string
  readonly server: ServerOptions
  /** Mistakes that were found elsewhere (in createApp's options) and belong into the same list. */
  readonly mistakes: readonly ErrorDetail[]
  /** Somebody signs in. */
  readonly needsSecret: boolean
  /** A store given in code makes DATABASE_URL meaningless. */
  readonly hasStore: boolean
}

/** Variables whose names are ours; another one that begins with PLINTH_ is a mistake, not a wish. */
export const ownVariables = ['PLINTH_SECRET', 'PLINTH_LOG', 'PLINTH_SHUTDOWN_DELAY', 'PLINTH_SHUTDOWN_GRACE'] as const

export function readSettings(input: SettingsInput): Settings {
  const { environment, mode, server } = input
  const mistakes: ErrorDetail[] = [...input.mistakes]
  const read = reader(environment, mistakes)
  const production = mode === 'production'

  const settings: Settings = {
    mode,
    port: read.port('PORT', server.port ?? 3000),
    host: read.text('HOST', server.host ?? (production ? '0.0.0.0' : '127.0.0.1')),
    database: input.hasStore ? { store: 'memory' } : databaseOf(input, mistakes),
    secret: secretOf(input, mistakes),
    log: read.oneOf('PLINTH_LOG', ['json', 'pretty', 'off'], production ? 'json' : mode === 'test' ? 'off' : 'pretty'),
    shutdownDelay: read.duration('PLINTH_SHUTDOWN_DELAY', server.shutdownDelay ?? (production ? 2000 : 0)),
    shutdownGrace: read.duration('PLINTH_SHUTDOWN_GRACE', server.shutdownGrace ?? 30_000),
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('PLINTH_') || (ownVariables as readonly string[]).includes(name)) continue
    // Kubernetes sets these in every container when there is a Service called "plinth".
    if (/^PLINTH_(SERVICE_|PORT(_|$))/.test(name)) continue
    mistakes.push(detail('boot.variable-unknown', { name, nearest: nearest(name, ownVariables) }, name))
  }
  if (mistakes.length > 0) throw configurationInvalid(mistakes)
  return Object.freeze(settings)
}

/** One error for all mistakes, readable as it stands. */
export function configurationInvalid(mistakes: readonly ErrorDetail[]): Error {
  const lines = mistakes.map(mistake => `  - ${mistake.message}${mistake.hint === undefined ? '' : ` ${mistake.hint}`}`)
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`
  return refusal('boot.configuration-invalid', { count, mistakes: lines.join('\n') }, { errors: mistakes })
}

function reader(environment: Environment, mistakes: ErrorDetail[]) {
  const given = (name: string): string | null => {
    const value = environment[name]
    return value === undefined || value === '' ? null : value
  }
  const wrong = <T>(name: string, value: string, problem: string, fallback: T): T => {
    mistakes.push(detail('boot.variable-invalid', { name, value, problem }, name))
    return fallback
  }
  return {
    text: (name: string, fallback: string): string => given(name)?.trim() || fallback,
    port(name: string, fallback: number): number {
      const text = given(name)
      if (text === null) return fallback
      const port = Number(text)
      return /^\d{1,5}$/.test(text) && port <= 65_535
        ? port
        : wrong(name, text, 'a port is a whole number from 0 to 65535', fallback)
    },
    duration(name: string, fallback: number): number {
      const text = given(name)
      if (text === null) return fallback
      // A bare number would be seconds to some and milliseconds to others; 0 is the same to all.
      const match = /^(?:(\d{1,9})(ms|s|m)|0)$/.exec(text)
      if (match === null) return wrong(name, text, 'a duration is written like 500ms, 10s or 2m', fallback)
      const duration = Number(match[1] ?? 0) * { ms: 1, s: 1000, m: 60_000 }[(match[2] ?? 'ms') as 'ms' | 's' | 'm']
      return duration <= longestTime ? duration : wrong(name, text, 'the longest duration is 24 days', fallback)
    },
    oneOf<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
      const text = given(name)
      if (text === null) return fallback
      const word = words.find(candidate => candidate === text)
      return word ?? wrong(name, text, `it has to be one of ${words.join(', ')}${perhaps(text, words)}`, fallback)
    },
  }
}

function databaseOf({ environment, root }: SettingsInput, mistakes: ErrorDetail[]): DatabaseAddress {
  const given = environment['DATABASE_URL']?.trim()
  if (given === '') {
    // A variable that was meant to be filled in: the default would be another database than the one that was meant.
    const problem = `it is empty; take it away for ${defaultDatabase}`
    mistakes.push(detail('boot.database-invalid', { problem }, 'DATABASE_URL'))
    return { store: 'memory' }
  }
  const text = given ?? defaultDatabase
  const read = readDatabaseAddress(text, root)
  if (read.ok) {
    const direct = withDirect(read.address, environment['DIRECT_DATABASE_URL']?.trim() ?? '', mistakes)
    return withReplicas(direct, environment['DATABASE_REPLICA_URLS']?.trim() ?? '', mistakes)
  }
  mistakes.push(
    read.scheme === null
      ? // The address itself may hold a password, so it is not repeated.
        detail('boot.database-invalid', { problem: read.problem }, 'DATABASE_URL')
      : detail('boot.database-unknown', { scheme: read.scheme, forms: databaseForms.join(', ') }, 'DATABASE_URL'),
  )
  return { store: 'memory' }
}

/** DIRECT_DATABASE_URL leads to the same database past a pooler. */
function withDirect(address: DatabaseAddress, text: string, mistakes: ErrorDetail[]): DatabaseAddress {
  if (text === '') return address
  const direct = readDatabaseAddress(text, '/')
  if (!direct.ok)
    mistakes.push(detail('boot.direct-database-invalid', { problem: direct.problem }, 'DIRECT_DATABASE_URL'))
  else if (!('directUrl' in address) || direct.address.store !== address.store) {
    const problem = 'it has to name the same kind of database server as DATABASE_URL'
    mistakes.push(detail('boot.direct-database-invalid', { problem }, 'DIRECT_DATABASE_URL'))
  } else return { ...address, directUrl: text }
  return address
}

/** DATABASE_REPLICA_URLS lists copies of the same database that may be read from. */
function withReplicas(address: DatabaseAddress, text: string, mistakes: ErrorDetail[]): DatabaseAddress {
  if (text === '') return address
  const replicaUrls = text.split(/[\s,]+/).filter(url => url !== '')
  const problem = problemOfReplicas(address, replicaUrls)
  if (problem === null) return { ...address, replicaUrls } as DatabaseAddress
  mistakes.push(detail('boot.replicas-invalid', { problem }, 'DATABASE_REPLICA_URLS'))
  return address
}

/** URLs may hold passwords, so they are told by their place. */
function problemOfReplicas(address: DatabaseAddress, urls: readonly string[]): string | null {
  if (address.store !== 'postgres') return 'replicas are read from on PostgreSQL only'
  for (const [index, url] of urls.entries()) {
    const which = `number ${index + 1} of ${urls.length}`
    const read = readDatabaseAddress(url, '/')
    if (!read.ok) return `${which}: ${read.problem}`
    if (read.address.store !== 'postgres') return `${which} is no address of PostgreSQL`
    if (urls.indexOf(url) < index || url === address.url) return `${which} is named already`
  }
  return null
}

function secretOf({ environment, mode, needsSecret }: SettingsInput, mistakes: ErrorDetail[]): string | null {
  const secret = environment['PLINTH_SECRET']
  if (secret === undefined || secret === '') {
    if (mode === 'production' && needsSecret) mistakes.push(detail('boot.secret-missing', {}, 'PLINTH_SECRET'))
    return null
  }
  const weakness = weaknessOf(secret)
  if (mode === 'production' && weakness !== null) {
    mistakes.push(detail('boot.secret-weak', { problem: weakness }, 'PLINTH_SECRET'))
  }
  return secret
}
