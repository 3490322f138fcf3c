/**
 * Sends the commands of a connection without waiting for the answers before. The server reads one command after the other and answers in their
 * order; the protocol knows no acknowledgement between them. mysql2 itself sends a command when the one before is done, so for it a
 * pipeline is one command, which goes on as long as anything is under way.
 */
import type { MysqlClient, MysqlCommand } from './driver.ts'

interface Sent {
  readonly command: MysqlCommand
  /** The number that the first packet of its answer has (dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html). */
  readonly sequence: number
}

/** From now on the client's commands are sent as they come. */
export function pipelined(client: MysqlClient): void {
  const alone = client.addCommand.bind(client)
  const pipeline = new Pipeline(client, alone)
  client.addCommand = command => pipeline.add(command)
}

class Pipeline implements MysqlCommand {
  readonly #client: MysqlClient
  readonly #begin: (command: MysqlCommand) => unknown
  readonly #waiting: MysqlCommand[] = []
  readonly #sent: Sent[] = []
  #running = false
  #corked = false

  constructor(client: MysqlClient, begin: (command: MysqlCommand) => unknown) {
    this.#client = client
    this.#begin = begin
  }

  add(command: MysqlCommand): MysqlCommand {
    this.#waiting.push(command)
    if (this.#running) this.#send()
    else {
      this.#running = true
      this.#begin(this)
    }
    return command
  }

  /** Called by mysql2: without a packet to begin, and then with each packet that comes. */
  execute(packet: unknown, client: MysqlClient): boolean {
    const [answered] = this.#sent
    if (packet !== undefined && answered !== undefined && answered.command.execute(packet, client)) {
      this.#sent.shift()
      const [next] = this.#sent
      if (next !== undefined) client.sequenceId = next.sequence
    }
    this.#send()
    this.#running = this.#sent.length > 0
    return !this.#running
  }

  /** Called by mysql2 when the connection is lost. */
  onResult(error: Error): void {
    for (const { command } of this.#sent.splice(0)) command.onResult?.(error)
    for (const command of this.#waiting.splice(0)) command.onResult?.(error)
  }

  #send(): void {
    const client = this.#client
    for (let command = this.#next(); command !== undefined; command = this.#next()) {
      this.#cork()
      const answering = client.sequenceId
      const done = command.execute(undefined, client)
      if (!done) this.#sent.push({ command, sequence: client.sequenceId })
      // The answer that is being read goes on with its own numbers.
      if (this.#sent.length > (done ? 0 : 1)) client.sequenceId = answering
    }
  }

  /** A statement that is being prepared is run when the server has given it its number. */
  #next(): MysqlCommand | undefined {
    const [command] = this.#waiting
    if (command !== undefined && 'statement' in command && command.statement === undefined && this.#sent.length > 0)
      return undefined
    return this.#waiting.shift()
  }

  /** Whatever is sent in one turn of the event loop goes out in one piece. */
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    const { stream } = this.#client
    stream.cork()
    process.nextTick(() => {
      this.#corked = false
      stream.uncork()
    })
  }
}
