// The process that keeps the servers of one run: started once, asked by all test processes, gone with whoever started it.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { ServerKeeper } from './server-keeper.ts'
import { readLines, writeLine, type Asked } from './requests.ts'
import { stopAll } from './server-process.ts'
import { sweep } from './sweep.ts'
import { give } from './unprivileged.ts'

// Its input is a pipe that its parent never writes to: it ends when the parent does, however that happens.
const folder = process.argv[2]
if (folder === undefined) throw new Error('keeper.ts is started with the folder of the run')
give(folder)
const keeper = new ServerKeeper(folder, `plinth_test_${randomBytes(4).toString('hex')}_`)
const listener = createServer(serve)
let ending = false

function serve(socket: Socket): void {
  const owner = Symbol('test process')
  socket.on('error', () => {}) // a test process that was killed; what it owned goes at 'close'
  socket.on('close', () => void keeper.release(owner))
  readLines<Asked>(socket, ({ id, request, input }) => {
    keeper.answer(owner, request, input).then(
      answer => writeLine(socket, { id, answer }),
      (error: unknown) => writeLine(socket, { id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
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
listener.listen(join(folder, 'keeper.sock'), () => {
  process.stdout.write('ready\n')
  sweep(folder)
})
