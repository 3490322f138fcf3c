// What test processes and the keeper of the servers say to each other: a line of JSON each way over a local socket.
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { ServerName } from './catalog.ts'
import type { Address, OwnOptions } from './own-options.ts'
import type { StopMode } from './server-process.ts'

/** A server as the keeper describes it. */
export interface ServerFacts extends Address {
  readonly name: ServerName
  /** What it says of its version. */
  readonly version: string
  /** Certificate of the authority that signed the server's; null when the server was reached by a given URL. */
  readonly authority: string | null
  /** Beginning of the names of all databases of this run. */
  readonly prefix: string
  /** Of PgBouncer: the administrator's URL of the server behind it. */
  readonly behind: string | null
}
export interface OwnFacts extends ServerFacts {
  readonly id: string
  readonly standby: Address | null
}
/** What became of a server in this run. */
export interface ServerReport {
  readonly name: ServerName
  readonly text: string
  /** Databases that tests left behind. */
  readonly left: readonly string[]
  /** How it ended though nobody ended it, with the last lines of its log; null when it did not. */
  readonly death: string | null
}

/** Of a server of a test's own. */
export type Part = 'primary' | 'standby'

/** Every request by its name, with its input and answer. */
export interface Requests {
  /** The shared server, started when nobody had asked before. */
  server: { input: { name: ServerName }; answer: ServerFacts }
  /** A server of the asking process alone; it ends with that process at the latest. */
  own: { input: { name: ServerName; options: OwnOptions }; answer: OwnFacts }
  stop: { input: { id: string; how: StopMode; part?: Part }; answer: null }
  start: { input: { id: string; part?: Part }; answer: null }
  remove: { input: { id: string }; answer: null }
  /** Somebody would have used a server that is not here. */
  missed: { input: { name: ServerName; reason: string }; answer: null }
  report: { input: null; answer: readonly ServerReport[] }
}
export type RequestName = keyof Requests

export interface Asked {
  readonly id: number
  readonly request: RequestName
  readonly input: unknown
}
export interface Answered {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

/** Calls `received` with each line of JSON that comes. */
export function readLines<Line>(socket: Socket, received: (line: Line) => void): void {
  const lines = createInterface({ input: socket }).on('line', line => received(JSON.parse(line) as Line))
  // It passes on the errors of its socket, whose owner hears of them there.
  lines.on('error', () => {})
}

export function writeLine(socket: Socket, line: Asked | Answered): void {
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`)
}
