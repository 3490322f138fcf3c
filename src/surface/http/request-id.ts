/** Ids of requests: unique over processes, cheap to make. */
import { randomBytes } from 'node:crypto'

/** A random part for the process and a count: `k3v9x2q8r1-4f`. */
export function requestIds(): () => string {
  const process = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
  let count = 0
  return () => `${process}-${(++count).toString(36)}`
}
