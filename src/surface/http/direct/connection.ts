/** A connection that is read directly, for as long as whole and plain requests come one after the other; then it is handed to node:http. */
import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { Carrier } from '../carrier.ts'
import { DirectCarrier, type Wire } from './direct-carrier.ts'
import { readRequest, type RememberedHeaders } from './read-request.ts'

export interface ConnectionOptions {
  /** Bytes that the head of a request may have. */
  readonly headerBytes: number
  /** Milliseconds in which the first request has to come. */
  readonly receiveTime: number
  /** Milliseconds that an idle connection is kept open. */
  readonly keepAliveTime: number
  /** Begins to answer a request; false when it is for somebody else. */
  readonly begin: (carrier: Carrier) => boolean
  /** Takes a connection over that is read here no more. */
  readonly handOver: (socket: Socket) => void
  /** A connection is read here no more. */
  readonly left: (connection: DirectConnection) => void
}

/** Milliseconds from a connection to its first request. Browsers and load balancers open spare ones, which must not hold up the end of a process. */
const mostOnItsWay = 500
/** Bytes that may wait for the answer to the request before them. */
const mostHeld = 64 * 1024

// Tests of applications replace the global one by a clock of their own.
const atEndOfTurn = setImmediate

export class DirectConnection implements Wire {
  readonly socket: Socket
  readonly staying: string
  readonly #options: ConnectionOptions
  readonly #remembered: RememberedHeaders = { text: null, headers: {} }
  /** The request that is being answered. */
  #current: DirectCarrier | null = null
  /** What came meanwhile: whoever sends requests behind each other (pipelining) gets the answers in their order. */
  #held: Buffer | null = null
  #takeHeld = doNothing
  #kept = false
  readonly #opened = performance.now()

  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket
    this.staying = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(options.keepAliveTime / 1000)}\r\n`
    this.#options = options
    this.#listen('on')
    socket.setTimeout(options.receiveTime)
  }

  /** Ends the connection when it waits for another request. The first one may be on its way, unless it has not come for a while. */
  closeWhenIdle(): void {
    if (this.#kept || performance.now() - this.#opened > mostOnItsWay) this.#closeSilent()
  }

  readonly #closeSilent = (): void => {
    if (this.#current === null && this.socket.writableLength === 0) this.socket.destroy()
  }

  #listen(how: 'on' | 'off'): void {
    const { socket } = this
    socket[how]('data', this.#receive)
    socket[how]('drain', this.#resume)
    socket[how]('end', this.#end)
    socket[how]('timeout', this.#closeSilent)
    // It is followed by the end of the connection.
    socket[how]('error', doNothing)
    socket[how]('close', this.#closed)
  }

  readonly #receive = (chunk: Buffer): void => {
    if (this.#current === null) {
      this.#take(chunk)
      return
    }
    // It is taken when an answer leaves, and must not see what the code that made this answer keeps in its asynchronous context.
    if (this.#held === null) this.#takeHeld = AsyncResource.bind(() => this.#takeAgain())
    this.#held = this.#held === null ? chunk : Buffer.concat([this.#held, chunk])
    if (this.#held.length > mostHeld) this.socket.pause()
  }

  readonly #resume = (): void => void this.socket.resume()

  /** As node:http does it: whoever has nothing more to say gets nothing more either. */
  readonly #end = (): void => void this.socket.end()

  readonly #closed = (): void => {
    this.#options.left(this)
    this.#current?.gone()
  }

  #take(chunk: Buffer): void {
    const request = readRequest(chunk, this.#options.headerBytes, this.#remembered)
    if (request !== null) {
      this.#current = new DirectCarrier(request, this)
      if (this.#options.begin(this.#current)) return
      this.#current = null
    }
    this.#handOver(chunk)
  }

  answered(closes: boolean): void {
    const { socket } = this
    if (closes) {
      socket.destroySoon()
      return
    }
    // Nobody reads answers there: no more requests until they do.
    if (socket.writableLength > 0) socket.pause()
    if (!this.#kept) {
      this.#kept = true
      socket.setTimeout(this.#options.keepAliveTime)
    }
    if (this.#held === null) this.#current = null
    else atEndOfTurn(this.#takeHeld)
  }

  #takeAgain(): void {
    const held = this.#held
    this.#current = null
    this.#held = null
    if (held === null || this.socket.destroyed) return
    if (this.socket.writableLength === 0) this.socket.resume()
    this.#take(held)
  }

  #handOver(chunk: Buffer): void {
    const { socket } = this
    this.#listen('off')
    socket.setTimeout(0)
    this.#options.left(this)
    this.#options.handOver(socket)
    socket.unshift(chunk)
    socket.resume()
  }
}

function doNothing(): void {}
