/** The serving half of `plinth dev`: runs one version of the application and takes connections from the watching half. */
import type { Socket } from 'node:net'
import { startApplication, type StartedApplication } from '../../app/index.ts'
import { describeFailure } from '../../service/observe/index.ts'
import { loadApplication } from '../find-application.ts'
import type { ChildMessage, ParentMessage } from './messages.ts'
import { reportImports } from './report-imports.ts'

const [file = '', root = ''] = process.argv.slice(2)
/** Requests that are still running when a new version wants to start. */
const grace = 3000
/** Milliseconds that a handler of an event may go on then. */
const handlerGrace = 1000

const listening = Promise.withResolvers<number>()
const open = new Set<Socket>()
let application: StartedApplication | null = null
let stopping = false

process.on('message', (message, handle) => {
  const { kind, ...rest } = message as ParentMessage
  if (kind === 'connection') connected(handle as Socket | undefined)
  else if (kind === 'stop') void stop()
  else if ('port' in rest) listening.resolve(rest.port)
})
// The watching half decides when to stop; without it there is nobody to serve for.
process.on('disconnect', () => void stop())
process.on('SIGINT', () => {})
process.on('SIGTERM', () => void stop())
process.on('uncaughtException', failed)
process.on('unhandledRejection', failed)

reportImports(files => send({ kind: 'imported', files }))
try {
  const app = await loadApplication({ file, root })
  application = await startApplication(app, {
    root,
    mode: 'development',
    environment: process.env,
    notice: text => send({ kind: 'notice', text }),
    print: text => process.stdout.write(`${text}\n`),
    listen: async ({ host, port }) => {
      send({ kind: 'address', host, port })
      return await listening.promise
    },
  })
  if (!stopping) send({ kind: 'ready', url: application.url, places: application.places })
} catch (error) {
  failed(error)
}

function connected(socket: Socket | undefined): void {
  if (socket === undefined) return
  if (application === null || stopping) {
    socket.destroy()
    return
  }
  // A client may end its side after the request and still wait for the answer, as http.Server's own sockets allow.
  socket.allowHalfOpen = true
  open.add(socket)
  socket.once('close', () => open.delete(socket))
  application.http.fastify.server.emit('connection', socket)
}

async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  const timer = setTimeout(() => process.exit(1), grace + 2000)
  timer.unref()
  if (application !== null) {
    application.http.drain()
    const end = Date.now() + grace
    while (open.size > 0 && Date.now() < end) {
      application.http.closeIdle()
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    for (const socket of open) socket.destroy()
    await application.stop(new Promise(resolve => setTimeout(resolve, handlerGrace)))
  }
  process.exit(0)
}

function failed(error: unknown): void {
  const text = describeFailure(error, root)
  process.stderr.write(`\n${text}\n`)
  send({ kind: 'failed', text })
  process.exitCode = 1
  // The message has to leave before the process does.
  setImmediate(() => process.exit(1))
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message)
}
