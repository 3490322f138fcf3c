// The process that keeps the servers of one run: started once, asked by all test processes, gone with whoever started it.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { ServerKeeper } from './server-keeper.ts'
import { socketOf } from './run-folder.ts'
import { readLines, writeLine, type Asked, type RequestName } from './requests.ts'
import { stopAll } from './server-process.ts'
import { sweep } from './sweep.ts'
import { give } from './unprivileged.ts'

// Its input is a pipe that its parent never writes to: it ends when the parent does, however that happens.
const folder = process.argv[2]
if (folder === undefined) throw new Error('keeper.ts is started with the folder of the run')
give(folder)
const listener = createServer(serve)
let opened: Promise<ServerKeeper> | undefined
let ending = false

/** Drivers and certificates take longer to load than all else here, and most runs of single files need no server. */
async function open(run: string): Promise<ServerKeeper> {
  const module = await import('./server-keeper.ts')
  return new module.ServerKeeper(run, `plinth_test_${randomBytes(4).toString('hex')}_`)
}

function serve(socket: Socket): void {
  const owner = Symbol('test process')
  socket.on('error', () => {}) // a test process that was killed; what it owned goes at 'close'
  socket.on('close', () => void opened?.then(keeper => keeper.release(owner)))
  readLines<Asked>(socket, ({ id, request, input }) => {
    answer(owner, request, input).then(
      answered => writeLine(socket, { id, answer: answered }),
      (error: unknown) => writeLine(socket, { id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
}

async function answer(owner: symbol, request: RequestName, input: unknown): Promise<unknown> {
  if (request === 'report' && opened === undefined) return []
  const keeper = await (opened ??= open(folder!))
  return keeper.answer(owner, request, input)
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  listener.close()
  await stopAll()
  rmSync(folder!, { recursive: true, force: true, maxRetries: 3 })
  process.exit()
}

process.stdin.on('end', () => void end())
process.stdin.on('error', () => void end())
process.stdin.resume()
process.on('SIGTERM', () => void end())
process.stdout.on('error', () => {})
listener.listen(socketOf(folder), () => {
  process.stdout.write('ready\n')
  sweep(folder)
})
