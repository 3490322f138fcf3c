// The servers of one run: shared ones started at the first wish, own ones that end with their owner, and what became of each.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { administer, databasesStatement, dropStatement, versionStatement, within } from './administration.ts'
import {
  behindPgbouncer,
  entryOf,
  givenUrl,
  serverNames,
  variableOf,
  whyNoOwn,
  whyUnavailable,
  type ServerName,
} from './catalog.ts'
import { Certificates } from './certificates.ts'
import { startMariadb } from './mariadb.ts'
import { startMysql } from './mysql.ts'
import type { Address, OwnOptions } from './own-options.ts'
import { startPgbouncer } from './pgbouncer.ts'
import { startPostgres, type Started } from './postgres.ts'
import type { OwnFacts, RequestName, Part, Requests, ServerFacts, ServerReport } from './requests.ts'

interface Shared {
  readonly facts: ServerFacts
  readonly started: Started | null
  readonly seconds: number
}
interface Own {
  readonly owner: symbol
  readonly started: Started
}

export class ServerKeeper {
  readonly #folder: string
  readonly #prefix: string
  readonly #shared = new Map<ServerName, Promise<Shared>>()
  readonly #own = new Map<string, Own>()
  readonly #missed = new Map<ServerName, string>()
  readonly #ownVersions = new Map<ServerName, string>()
  readonly #gone = new Set<symbol>()
  #certificates: Promise<Certificates> | undefined
  #ownCount = 0

  constructor(folder: string, prefix: string) {
    this.#folder = folder
    this.#prefix = prefix
  }

  async answer(owner: symbol, request: RequestName, input: unknown): Promise<unknown> {
    const handlers: { [Name in RequestName]: (input: never) => Promise<Requests[Name]['answer']> } = {
      server: async ({ name }: Requests['server']['input']) => (await this.#server(name)).facts,
      own: ({ name, options }: Requests['own']['input']) => this.#startOwn(owner, name, options),
      stop: async ({ id, how, part }: Requests['stop']['input']) => {
        await partOf(this.#ownOf(id).started, part).process.stop(how)
        return null
      },
      start: async ({ id, part }: Requests['start']['input']) => {
        await partOf(this.#ownOf(id).started, part).process.start()
        return null
      },
      remove: async ({ id }: Requests['remove']['input']) => {
        await this.#remove(id)
        return null
      },
      missed: async ({ name, reason }: Requests['missed']['input']) => {
        this.#missed.set(name, reason)
        return null
      },
      report: () => this.#report(),
    }
    return handlers[request](input as never)
  }

  /** Ends what a test process that is gone had for itself. */
  async release(owner: symbol): Promise<void> {
    this.#gone.add(owner)
    const ids = [...this.#own].filter(([, own]) => own.owner === owner).map(([id]) => id)
    await Promise.all(ids.map(id => this.#remove(id)))
  }

  async #server(name: ServerName): Promise<Shared> {
    const reason = whyUnavailable(name)
    if (reason !== null) {
      this.#missed.set(name, reason)
      throw new Error(`${name}: ${reason}`)
    }
    let shared = this.#shared.get(name)
    if (shared === undefined) {
      shared = this.#openShared(name)
      this.#shared.set(name, shared)
    }
    return shared
  }

  async #openShared(name: ServerName): Promise<Shared> {
    const began = performance.now()
    const url = givenUrl(name)
    const started = url === undefined ? await this.#startShared(name) : null
    const address = started?.address ?? addressOf(url!)
    const facts = await this.#facts(name, address, started !== null)
    return { facts, started, seconds: (performance.now() - began) / 1000 }
  }

  async #startShared(name: ServerName): Promise<Started> {
    if (name !== 'pgbouncer') return this.#start(name, join(this.#folder, name), {})
    const { facts } = await this.#server(behindPgbouncer()!)
    return startPgbouncer(facts, this.#folder, join(this.#folder, name))
  }

  async #start(name: ServerName, folder: string, options: OwnOptions): Promise<Started> {
    this.#certificates ??= Certificates.make()
    const certificates = await this.#certificates
    if (entryOf(name).family === 'postgres') return startPostgres(name, this.#folder, folder, certificates, options)
    if (name.startsWith('mysql')) return startMysql(name, this.#folder, folder, certificates, options)
    return startMariadb(name, folder, certificates, options)
  }

  async #facts(name: ServerName, address: Address, ours: boolean): Promise<ServerFacts> {
    const { version: wanted } = entryOf(name)
    const behind = name === 'pgbouncer' ? await this.#server(behindPgbouncer()!) : null
    const version = await versionOf(name, address.adminUrl)
    if (!version.startsWith(wanted))
      throw new Error(`${variableOf(name)} leads to version ${version}; ${name} means ${wanted}*`)
    const authority = ours ? ((await this.#certificates)?.authority ?? null) : null
    return { ...address, name, version, authority, prefix: this.#prefix, behind: behind?.facts.adminUrl ?? null }
  }

  async #startOwn(owner: symbol, name: ServerName, options: OwnOptions): Promise<OwnFacts> {
    const reason = whyNoOwn(name)
    if (reason !== null) throw new Error(`${name}: ${reason}`)
    const id = String(++this.#ownCount)
    const started = await this.#start(name, join(this.#folder, `own-${id}`), options)
    this.#own.set(id, { owner, started })
    if (this.#gone.has(owner)) await this.#remove(id)
    const facts = await this.#facts(name, started.address, true)
    this.#ownVersions.set(name, facts.version)
    return { ...facts, id, standby: started.standby?.address ?? null }
  }

  #ownOf(id: string): Own {
    const own = this.#own.get(id)
    if (own === undefined) throw new Error(`There is no server ${id} of a test's own`)
    return own
  }

  async #remove(id: string): Promise<void> {
    const own = this.#own.get(id)
    this.#own.delete(id)
    if (own === undefined) return
    await stopNow(own.started)
    await rm(join(this.#folder, `own-${id}`), { recursive: true, force: true, maxRetries: 3 })
  }

  async #report(): Promise<ServerReport[]> {
    const reports = serverNames.map(async name => {
      const shared = this.#shared.get(name)
      if (shared !== undefined) return [await this.#reportOf(name, shared)]
      const version = this.#ownVersions.get(name)
      if (version !== undefined) return [{ name, text: `ran: ${version}, for single tests`, left: [], death: null }]
      const reason = this.#missed.get(name)
      return reason === undefined ? [] : [{ name, text: `not run: ${reason}`, left: [], death: null }]
    })
    return (await Promise.all(reports)).flat()
  }

  async #reportOf(name: ServerName, shared: Promise<Shared>): Promise<ServerReport> {
    try {
      const { facts, started, seconds } = await shared
      const { family } = entryOf(name)
      const death = started?.process.death ?? null
      if (death !== null) return { name, text: `failed: ${facts.version} ended by itself`, left: [], death }
      const how = started === null ? 'by its URL' : `started in ${seconds.toFixed(1)} s`
      const left = await administer(family, facts.behind ?? facts.adminUrl, databasesStatement(family, this.#prefix))
      const drops = left.map(database => dropStatement(family, database))
      if (started === null) await administer(family, facts.adminUrl, ...drops)
      return { name, text: `ran: ${facts.version}, ${how}`, left: name === 'pgbouncer' ? [] : left, death: null }
    } catch (error) {
      return { name, text: `failed: ${(error as Error).message}`, left: [], death: null }
    }
  }
}

function partOf(started: Started, part: Part = 'primary'): Started {
  if (part === 'primary') return started
  if (started.standby === undefined) throw new Error('It was started without a standby')
  return started.standby
}

/** Without waiting for what clients are doing: its files are thrown away. */
async function stopNow({ process, standby }: Started): Promise<void> {
  await Promise.all([process.stop('at once'), standby?.process.stop('at once')])
}

async function versionOf(name: ServerName, adminUrl: string): Promise<string> {
  if (name === 'pgbouncer')
    return (await administer('postgres', within(adminUrl, 'pgbouncer'), 'show version'))[0] ?? ''
  const { family } = entryOf(name)
  return (await administer(family, adminUrl, versionStatement(family)))[0] ?? ''
}

function addressOf(url: string): Address {
  const { username, password, hostname, port, protocol } = new URL(url)
  const usual = protocol.startsWith('postgres') ? 5432 : 3306
  return {
    adminUrl: url,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host: hostname,
    port: port === '' ? usual : Number(port),
    socket: null,
  }
}
