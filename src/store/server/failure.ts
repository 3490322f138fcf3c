/** From what a driver throws to the coded error that everybody above knows. */
import { PlinthError, refusal } from '../../error/index.ts'
import { outOfRange } from '../contract/index.ts'
import type { Failure } from './connection.ts'

/** No connection can be had. */
export const unavailable = (cause: unknown): PlinthError =>
  refusal('store.unavailable', {}, cause instanceof Error ? { cause } : {})

export function codedError(failure: Failure, cause: unknown): unknown {
  if (cause instanceof PlinthError) return cause
  const options = cause instanceof Error ? { cause } : {}
  switch (failure.kind) {
    case 'unreachable':
    case 'lost':
      return unavailable(cause)
    case 'misconfigured':
      return failure.error
    case 'conflict':
    case 'lock':
    case 'crowded':
      return refusal('store.busy', {}, options)
    case 'full':
      return refusal('store.full', {}, options)
    case 'stopped':
      return refusal('store.time-limit', { limit: 0 }, options)
    case 'tooLong':
      return refusal('store.text-too-long', { name: failure.column }, options)
    case 'unfit':
      return refusal('store.value-unfit', {}, options)
    case 'outOfRange':
      return outOfRange(cause)
    case 'refused':
      return refusal('writes.refused', { reason: failure.reason }, options)
    case 'tooLarge':
      return refusal('store.too-large', {}, options)
    case 'stale':
    case 'constraint':
    case 'other':
      return cause
  }
}

/** The same of what may have stored values: then a number that is out of range can be one of those. */
export const codedErrorOfWrite = (failure: Failure, cause: unknown): unknown =>
  codedError(failure.kind === 'outOfRange' && !failure.calculated ? { kind: 'unfit' } : failure, cause)

/** Why, for an operator. An error that gathers several, one for each address of a name, has no message of its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code: unknown = Reflect.get(error, 'code')
  return error.message === '' && typeof code === 'string' ? code : error.message
}
