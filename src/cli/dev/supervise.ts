/**
 * The watching half of `plinth dev`: it holds the address, runs the application in a process of its own and starts that anew when a
 * file changes. Connections that come meanwhile wait, or learn why the application does not start.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { basename, dirname, extname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whenAbandoned } from '../abandoned.ts'
import { compiledCodeFolder } from '../compiled-code.ts'
import type { ChildMessage, ParentMessage } from './messages.ts'
import { type ImportedFile, writtenAt } from './report-imports.ts'
import { watchFolder } from './watch-folder.ts'

export interface SuperviseOptions {
  readonly file: string
  readonly root: string
  /** What the application's process sees; command-line options have become variables. */
  readonly environment: NodeJS.ProcessEnv
  readonly reload: boolean
  readonly print: (text: string) => void
}

/** How long a process that was asked to stop may take. */
const stopTime = 5000
/** Connections that wait while the application starts. */
const mostWaiting = 1000

type State =
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly child: ChildProcess }
  | { readonly name: 'failed'; readonly text: string }
  | { readonly name: 'stopping' }

/** Resolves with the exit code when a signal has ended it. */
export async function supervise(options: SuperviseOptions): Promise<number> {
  let state = { name: 'starting' } as State
  let child = null as ChildProcess | null
  let server = null as Server | null
  let restartAsked = false
  let shown = false
  const waiting: Socket[] = []
  /** What the version that starts or runs is made of. */
  const imported = new Set<string>()
  /** What was done to the database, whichever version did it, until somebody has read it. */
  const notices = new Set<string>()
  const root = realpathSync(options.root)
  const ended = Promise.withResolvers<number>()

  const printNotices = (lines: readonly string[]): void => {
    options.print([...lines, ...Array.from(notices, notice => `  ${notice}`), ''].join('\n'))
    notices.clear()
  }

  const fail = (text: string): void => {
    if (notices.size > 0) printNotices([])
    state = { name: 'failed', text }
    for (const socket of waiting.splice(0)) answerFailure(socket, text)
  }

  function start(): void {
    state = { name: 'starting' }
    restartAsked = false
    imported.clear()
    const process_ = fork(
      fileURLToPath(new URL(`application-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)),
      [options.file, options.root],
      {
        env: { NODE_COMPILE_CACHE: compiledCodeFolder(), ...options.environment },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    child = process_
    process_.on('message', message => void receive(process_, message as ChildMessage))
    process_.once('exit', (code, signal) => exited(process_, code, signal))
  }

  async function receive(from: ChildProcess, message: ChildMessage): Promise<void> {
    switch (message.kind) {
      case 'address':
        try {
          server ??= await listen(message.host, message.port, accept)
          send(from, { kind: 'listening', port: portOf(server) })
        } catch (error) {
          from.kill('SIGKILL')
          ended.reject(error)
        }
        return
      case 'imported':
        if (from === child) madeOf(message.files)
        return
      case 'notice':
        notices.add(message.text)
        return
      case 'ready':
        // It may have been on its way when a file changed or a signal came: no more connections for a process that stops.
        if (from !== child || restartAsked || state.name === 'stopping') return
        state = { name: 'running', child: from }
        printNotices(shown ? [`  Ready at ${message.url}`] : message.places)
        shown = true
        for (const socket of waiting.splice(0)) hand(from, socket)
        return
      case 'failed':
        if (from === child) fail(message.text)
        return
    }
  }

  function exited(which: ChildProcess, code: number | null, signal: string | null): void {
    if (which !== child) return
    child = null
    if (state.name === 'stopping') return
    if (restartAsked) {
      start()
      return
    }
    if (state.name !== 'failed') {
      const text = `The application ended with ${code === null ? `the signal ${signal}` : `code ${code}`}.`
      options.print(`\n${text}`)
      fail(text)
    }
    if (!options.reload) ended.resolve(code === 0 ? 1 : (code ?? 1))
    else options.print('Waiting for a change to start it again.')
  }

  function accept(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    if (state.name === 'running') hand(state.child, socket)
    else if (state.name === 'failed') answerFailure(socket, state.text)
    else if (waiting.length < mostWaiting) waiting.push(socket)
    else socket.destroy()
  }

  function madeOf(files: readonly ImportedFile[]): void {
    for (const { path, written } of files) {
      imported.add(path)
      // It may lie outside, or in a folder in which nobody writes code as a rule.
      watching?.also(dirname(path))
      // It may have been written between being read and being watched.
      if (writtenAt(path) !== written) watching?.seen(path)
    }
  }

  /** Code counts when it is imported. Who reads other files cannot be known; and what keeps a version from starting may be anywhere. */
  function matters(path: string): boolean {
    if (imported.has(path)) return true
    if (!isInside(path, root)) return false
    if (basename(path) === '.env' || state.name !== 'running') return true
    return !code.has(extname(path)) && !/^(?:package|tsconfig.*)\.json$/.test(basename(path))
  }

  function restart(changed: readonly string[]): void {
    const paths = changed.filter(matters)
    if (state.name === 'stopping' || paths.length === 0) return
    const names = paths.map(path => (isInside(path, root) ? path.slice(root.length + 1) : path))
    options.print(
      `\n${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} changed: starting again`,
    )
    if (child === null) {
      start()
      return
    }
    restartAsked = true
    state = { name: 'starting' }
    stop(child)
  }

  const watching = options.reload ? watchFolder(root, restart) : null

  let signals = 0
  const onSignal = (): void => {
    signals++
    if (signals > 1) {
      child?.kill('SIGKILL')
      ended.resolve(130)
      return
    }
    state = { name: 'stopping' }
    server?.close()
    for (const socket of waiting.splice(0)) socket.destroy()
    if (child === null) ended.resolve(0)
    else {
      child.once('exit', code => ended.resolve(code ?? 1))
      stop(child)
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const look = whenAbandoned(onSignal)

  start()
  try {
    return await ended.promise
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    look()
    watching?.close()
    server?.close()
  }
}

const code = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])

const isInside = (path: string, folder: string): boolean => path.startsWith(folder + sep)

function send(child: ChildProcess, message: ParentMessage, socket?: Socket): void {
  if (!child.connected) return
  child.send(message, socket)
}

function hand(child: ChildProcess, socket: Socket): void {
  if (child.connected) send(child, { kind: 'connection' }, socket)
  else socket.destroy()
}

/** Asks first; whoever does not listen is ended. */
function stop(child: ChildProcess): void {
  send(child, { kind: 'stop' })
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTime)
  child.once('exit', () => clearTimeout(timer))
}

function listen(host: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  // Nothing of a connection is read here: its bytes belong to the process that it is handed to.
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, accept)
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error) => {
      // Loaded only now: to watch needs no application.
      void import('../../app/index.ts').then(
        ({ listenFailure }) => reject(listenFailure(error, { host, port, command: 'dev' })),
        () => reject(error),
      )
    })
    server.listen({ host, port }, () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Every request gets the reason; the browser tab that was just reloaded is where a developer looks first. */
function answerFailure(socket: Socket, text: string): void {
  const body = `The application did not start.\n\n${text}\n`
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Cache-Control: no-store\r\nRetry-After: 1\r\nConnection: close\r\n\r\n${body}`,
  )
  // Read and forget what the client sends, so that closing does not reset the connection before it has read the answer.
  socket.resume()
}
