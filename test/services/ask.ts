// Asks the keeper of the run's servers, over one connection per test process.
import { connect, type Socket } from 'node:net'
import { readLines, writeLine, type Answered, type RequestName, type Requests } from './requests.ts'

/**
 * Environment variable with the keeper's socket; set by whoever started it. Like the others here it does not begin with PLINTH_: an application
 * that a test starts would refuse it as a setting that it does not know.
 */
export const keeperVariable = 'TEST_KEEPER'

interface Connection {
  readonly socket: Socket
  readonly waiting: Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>
}
let connection: Connection | undefined
let count = 0

export function ask<Name extends RequestName>(
  request: Name,
  input: Requests[Name]['input'],
): Promise<Requests[Name]['answer']> {
  const { socket, waiting } = (connection ??= open())
  const id = ++count
  socket.ref()
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: answer => resolve(answer as Requests[Name]['answer']), reject })
    writeLine(socket, { id, request, input })
  })
}

function open(): Connection {
  const path = process.env[keeperVariable]
  if (path === undefined) throw new Error(`No keeper of test servers runs: ${keeperVariable} is not set`)
  const socket = connect(path)
  const waiting: Connection['waiting'] = new Map()
  const fail = (why: string): void => {
    connection = undefined
    for (const { reject } of waiting.values()) reject(new Error(why))
    waiting.clear()
  }
  readLines<Answered>(socket, ({ id, answer, error }) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) socket.unref() // an idle connection keeps no test process alive
    if (error === undefined) one?.resolve(answer)
    else one?.reject(new Error(error))
  })
  socket.on('error', error => fail(`The keeper of the test servers cannot be reached: ${error.message}`))
  socket.on('close', () => fail('The keeper of the test servers has gone'))
  return { socket, waiting }
}
