// A server that answers everything with the same bytes, without reading what was asked: what it reaches under the load
// process is what the load process can drive.
import { createServer } from 'node:net'

import { listen, servePeer } from '../peers/serve.ts'

const body = JSON.stringify({ message: 'hello' })
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
)

await servePeer(() => {
  const server = createServer({ noDelay: true }, socket => {
    // A request without a body, sent alone, comes as one chunk.
    socket.on('data', () => socket.write(answer))
    socket.on('error', () => socket.destroy())
  })
  return listen(server)
})
