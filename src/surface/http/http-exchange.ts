/** A request that a carrier has brought as an exchange; what costs something is made when somebody asks for it. */
import { type PlinthError, refusal } from '../../error/index.ts'
import { momentText } from '../../lib/index.ts'
import { anonymous, type Caller, type ExecutionContext, type Observe, type Positions } from '../../query/index.ts'
import type { Exchange } from '../contract/index.ts'
import type { Carrier } from './carrier.ts'
import { RequestConsistency } from './consistency-token.ts'
import type { Deadline, Deadlines } from './deadlines.ts'
import type { HttpLimits } from './limits.ts'

/** What tells the time: the moment that requests have as their `now`, in milliseconds of the epoch. */
export type Clock = () => number

const noSegments: readonly number[] = Object.freeze([])

export class HttpExchange implements Exchange {
  readonly carrier: Carrier
  readonly id: string
  readonly method: string
  readonly path: string
  readonly search: string
  readonly began: number
  segments: readonly string[] = []
  body: unknown = undefined
  bytes: Uint8Array | null = null
  context: ExecutionContext
  /** Null where all reads see the latest. */
  readonly consistency: RequestConsistency | null
  /** Known once the caller has been resolved. */
  callerKnown = false
  answered = false
  /** Where secrets stand among the segments of the path. */
  secretSegments: readonly number[] = noSegments
  /** The body is still on its way. */
  arriving = false
  #limits: HttpLimits
  #abort = new AbortController()
  #deadlines: Deadlines<HttpExchange> | null = null
  #deadline: Deadline<HttpExchange> | null = null
  #giveUp: ((error: PlinthError) => void) | null = null
  #timer: NodeJS.Timeout | null = null
  #onClose: (() => void) | null = null
  #address: string | undefined

  constructor(
    carrier: Carrier,
    id: string,
    limits: HttpLimits,
    clock: Clock,
    observe: Observe | null,
    positions: Positions | null,
  ) {
    const { url } = carrier
    const mark = url.indexOf('?')
    this.carrier = carrier
    this.id = id
    this.method = carrier.method
    this.path = mark === -1 ? url : url.slice(0, mark)
    this.search = mark === -1 ? '' : url.slice(mark + 1)
    this.began = performance.now()
    this.#limits = limits
    this.consistency = positions === null ? null : new RequestConsistency(positions, carrier)
    this.context = this.#makeContext(clock, observe)
  }

  get remoteAddress(): string {
    return this.#address ?? this.carrier.remoteAddress ?? ''
  }

  /** The URL without what its route calls a secret. */
  get loggedUrl(): string {
    const { path, search, secretSegments } = this
    if (secretSegments.length === 0) return this.carrier.url
    const shown = path.split('/').map((segment, index) => (secretSegments.includes(index) ? '***' : segment))
    return `${shown.join('/')}${search === '' ? '' : `?${search}`}`
  }

  header(name: string): string | undefined {
    const value = this.carrier.headers[name]
    if (typeof value === 'string') return value
    // `constructor` and the like are what every object has, and nothing that was sent.
    return Array.isArray(value) ? value.join(', ') : undefined
  }

  setCaller(caller: Caller): void {
    // The context is ours alone until a handler has it.
    ;(this.context as { caller: Caller }).caller = caller
    this.callerKnown = true
  }

  /**
   * Follows the connection and the clock while an answer is being made that is not there yet: a client that goes, and time that is
   * over, abort the signal. `giveUp` is called when the work has not ended some time after that.
   */
  watch(deadlines: Deadlines<HttpExchange>, giveUp: (error: PlinthError) => void): void {
    // A connection that has ended does not know it any more.
    this.#address = this.carrier.remoteAddress
    this.#onClose = abortWhenGone(this, this.#abort)
    this.carrier.onClose(this.#onClose)
    this.#giveUp = giveUp
    this.#deadlines = deadlines
    this.#deadline = deadlines.begin(this)
  }

  /** Time is over. */
  stop(): void {
    const giveUp = this.#giveUp
    if (giveUp === null) return
    if (this.arriving) {
      giveUp(refusal('server.request-timeout', {}))
      return
    }
    const { requestTime, stopTime } = this.#limits
    const error = refusal('store.time-limit', { limit: requestTime })
    this.#abort.abort(error)
    // A write may be committing at this moment: it says itself how that ended, if it does so soon.
    if (!this.answered) this.#timer = setTimeout(giveUp, stopTime, error)
  }

  /** Ends what `watch` began. */
  finish(): void {
    if (this.#deadline !== null) this.#deadlines?.end(this.#deadline)
    this.#deadline = null
    this.#giveUp = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#onClose !== null) this.carrier.offClose(this.#onClose)
  }

  /**
   * Plain values only. A signal made at its first use by an accessor in this literal would cost nine times as much: V8 makes a hidden
   * class of its own for each such object, which lives in the old generation and keeps request, response and body until that is cleared.
   */
  #makeContext(clock: Clock, observe: Observe | null): ExecutionContext {
    return {
      caller: anonymous,
      now: momentText(clock()),
      deadline: Date.now() + this.#limits.requestTime,
      signal: this.#abort.signal,
      observe,
      trace: this.id,
      transaction: null,
      consistency: this.consistency,
    }
  }
}

/**
 * A function of the module, not of the class. With a closure that a method keeps in its own object, V8 (13.6) kept the request and all that hangs on
 * it until its next full collection, and each small one had to move them: a tenth of what a write took (test/operation/garbage.test.ts).
 */
function abortWhenGone(exchange: HttpExchange, abort: AbortController): () => void {
  return () => {
    if (!exchange.answered) abort.abort(refusal('store.cancelled', {}))
  }
}
