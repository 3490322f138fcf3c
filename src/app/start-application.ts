/** Starts an application for the command line: opens it, listens, tells what is where, and stops it in order. */
import type { Engine } from '../engine/index.ts'
import { hasColour } from '../lib/index.ts'
import { hasMigrations } from '../migrate/index.ts'
import type { HttpServer } from '../surface/http/index.ts'
import { defaultPrefix, referencePaths } from '../surface/index.ts'
import type { App } from './create-app.ts'
import { goneNames, loadSnapshot, saveSnapshot, snapshotFile } from './follow-snapshot.ts'
import type { SchemaReport } from './fit-schema.ts'
import { listenFailure } from './listen-failure.ts'
import { type OpenApplication, openApplication } from './open-application.ts'
import { describeAddress } from './open-store.ts'
import { seedWhenEmpty } from './seed.ts'
import type { Environment, Mode, Settings } from './settings.ts'
import { pause, stopServing } from './stop-serving.ts'
import { watch } from './watching.ts'

export interface StartOptions {
  readonly root: string
  readonly mode: Mode
  readonly environment: Environment
  /** Lines for people. */
  readonly print: (text: string) => void
  /** What happened to the database and to the snapshot, for people, as soon as it is known. */
  readonly notice?: (text: string) => void
  /** Opens the door instead of this process, and gives the port; the connections are handed to `http`. */
  readonly listen?: (at: { readonly host: string; readonly port: number }) => Promise<number>
  /** It has started, and nobody has been told so yet. */
  readonly started?: () => void
}

export interface StartedApplication {
  readonly http: HttpServer
  readonly engine: Engine
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string
  /** What is where, for people; empty when the log is for machines. */
  readonly places: readonly string[]
  /** Stops in order; `hurry` ends all waiting. Resolves to whether every request, and the handler of an event, could finish. */
  stop(hurry?: Promise<void>): Promise<boolean>
}

export async function startApplication(app: App, options: StartOptions): Promise<StartedApplication> {
  const { root, mode, environment, print, notice = () => {} } = options
  const follow = mode === 'development'
  const before = follow ? loadSnapshot(root) : null
  const opened = await openApplication(app, {
    root,
    mode,
    environment,
    delivers: true,
    schema: follow ? 'follow' : 'require',
    fitted: (report, settings) => reported(report, settings, app).forEach(notice),
    watching: (settings, graph) => watch(settings, graph, { root, print, ...terminal() }),
  })
  const { settings, http, watching } = opened
  if (follow) {
    goneNames(before, opened.graph, hasMigrations(root)).forEach(notice)
    if (saveSnapshot(root, opened.graph, opened.schemaReport.left)) notice(`${snapshotFile} was written; commit it.`)
    if (await closing(opened, () => seedWhenEmpty(app, opened)))
      notice('The database had no rows; the application has put its first ones into it.')
  }

  const { host } = settings
  const port = await closing(opened, () => listen(opened, options))
  const url = `http://${address(reachable(host), port)}`
  options.started?.()
  watching.event('started', { url, listens: address(host, port), mode, process: process.pid })
  let stopping: Promise<boolean> | null = null
  return {
    http,
    engine: opened.engine,
    url,
    places: settings.log === 'json' ? [] : placesOf(app, opened, root, { url, host, port }),
    stop: (hurry = never) => (stopping ??= stop(opened, hurry)),
  }
}

/** What fails while the application starts closes it. */
async function closing<T>(opened: OpenApplication, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function stop(opened: OpenApplication, hurry: Promise<void>): Promise<boolean> {
  const { settings, watching, http } = opened
  watching.event('stopping', {})
  opened.refuseReadiness()
  const { shutdownDelay: delay, shutdownGrace } = settings
  const end = Date.now() + delay + shutdownGrace
  const served = await stopServing(http, { delay, grace: shutdownGrace, hurry })
  // What the last requests emitted is not begun any more; the handler that runs has what is left of the time.
  const delivered = await opened.dispatcher?.stop({ grace: Math.max(0, end - Date.now()), hurry })
  const finished = served && delivered !== false
  watching.event('stopped', { finished })
  // Whoever brought an extension or a plugin has the same limits: one that never stops does not hold the process.
  const left = pause(end - Date.now(), hurry).then(() => pause(lastMoment, never))
  const closed = await Promise.race([opened.close().then(() => true), left.then(() => false)])
  if (!closed) process.stderr.write(`${opened.unstopped() ?? 'Something'} has not stopped in time.\n`)
  return finished && closed
}

/** Milliseconds to close the database, though the time is over or nobody waits any longer. */
const lastMoment = 500
const never = new Promise<void>(() => {})

async function listen({ settings: { host, port }, http }: OpenApplication, options: StartOptions): Promise<number> {
  if (options.listen !== undefined) return await options.listen({ host, port })
  try {
    await http.listen({ host, port })
  } catch (error) {
    throw error instanceof Error ? listenFailure(error, { host, port, command: 'start' }) : error
  }
  const bound = http.fastify.server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : port
}

/** Hosts that stand for every address of the machine, each with one that can be opened from it. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const reachable = (host: string): string => everywhere[host] ?? host

const address = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Where it listens, and the URL by which it is opened from this machine. */
interface Place {
  readonly url: string
  readonly host: string
  readonly port: number
}

const mostApplied = 5

function reported({ applied, left }: SchemaReport, settings: Settings, app: App): readonly string[] {
  const lines = applied
    .slice(0, mostApplied)
    .map(({ description }) => `Applied to the database: ${inThePast(description)}`)
  if (applied.length > mostApplied) lines.push(`Applied to the database: and ${applied.length - mostApplied} more.`)
  if (left.length === 0) return lines
  const models = [...new Set(left.map(({ model }) => model))].filter(model => model !== '').join(', ')
  const refused = models === '' ? '' : ` Until it fits, what touches ${models} is refused (store.model-unfit).`
  return [
    ...lines,
    ...left.map(({ description }) => `The database differs: ${description}`),
    `Plinth changes nothing by itself that could lose rows.${refused} ${advice(settings, app)}`,
  ]
}

/** Only a file can be set aside. */
const advice = ({ database }: Settings, { options }: App): string =>
  options.store === undefined && database.store === 'sqlite'
    ? 'To begin with an empty database: plinth database --recreate'
    : 'What differs, with commands: plinth database'

/** `The table "book" is missing.` is now that it `was missing`. */
const inThePast = (description: string): string =>
  `${description.charAt(0).toLowerCase()}${description.slice(1)}`.replace(/ is missing\./, ' was missing.')

function placesOf(app: App, opened: OpenApplication, root: string, at: Place): readonly string[] {
  const { url, host, port } = at
  const { settings, store } = opened
  const places: readonly (readonly [string, string])[] = [
    ...opened.joined.routes.map(
      ({ options: { prefix, name } }) => [prefix || '/', name ?? 'routes of its own'] as const,
    ),
    [app.options.api?.prefix ?? defaultPrefix, 'REST API'],
    ...(app.options.api?.reference === false
      ? []
      : [[referencePaths.pages, `what is served; ${referencePaths.document} for programs`] as const]),
    ...Object.keys(app.options.mount ?? {}).map(path => [path, 'mounted'] as const),
    ['/health/ready', 'readiness; /health/live: liveness'],
    ...opened.watching.routes.map(({ path }) => [path, 'what the last requests did'] as const),
  ]
  const width = Math.max(...places.map(([path]) => path.length))
  const database = app.options.store === undefined ? settings.database : null
  return [
    '',
    `  ${app.options.name ?? 'Plinth'} at ${url} (${settings.mode})`,
    ...(everywhere[host] === undefined
      ? []
      : [`  Others reach it at every address of this machine (${address(host, port)}).`]),
    '',
    ...places.map(([path, what]) => `    ${path.padEnd(width)}  ${what}`),
    '',
    `  Rows: ${database === null ? store.name : describeAddress(database, root)}`,
  ]
}

function terminal(): { readonly colour: boolean; readonly width: number } {
  const { stdout } = process
  return { colour: hasColour(), width: stdout.isTTY ? Math.max(60, stdout.columns) : 200 }
}
