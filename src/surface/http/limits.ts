/** Bounds of the server itself; what a request may ask of the data is bounded by the engine's limits. */
import { defaultBodyDepth } from './parse-json.ts'

export interface HttpLimits {
  /** Bytes of a body: 1 MiB. */
  readonly bodyBytes: number
  /** How deep a JSON body may nest: 32. */
  readonly bodyDepth: number
  /** Bytes of a URL: 8 KiB. */
  readonly urlBytes: number
  /** Bytes of all headers together, the URL included: 16 KiB. */
  readonly headerBytes: number
  /** Milliseconds in which a request has to arrive: 30 s. */
  readonly receiveTime: number
  /** Milliseconds in which a request has to be answered: 30 s. */
  readonly requestTime: number
  /** Milliseconds in which an answer has to be taken by its client: 120 s. */
  readonly sendTime: number
  /** Milliseconds that work on a request may take to stop after its time is over: 2 s. */
  readonly stopTime: number
  /** Milliseconds that an idle connection is kept open: 72 s, longer than the 60 s of common load balancers. */
  readonly keepAliveTime: number
}

export const defaultHttpLimits: HttpLimits = Object.freeze({
  bodyBytes: 1024 * 1024,
  bodyDepth: defaultBodyDepth,
  urlBytes: 8 * 1024,
  headerBytes: 16 * 1024,
  receiveTime: 30_000,
  requestTime: 30_000,
  sendTime: 120_000,
  stopTime: 2000,
  keepAliveTime: 72_000,
})
