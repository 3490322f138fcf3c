/** Why an abort signal was given. */
import { PlinthError, refusal } from './plinth-error.ts'

/** The coded reason that the signal carries, such as that time is over; without one, whoever asked has gone. */
export const abortReason = (signal: AbortSignal | null): PlinthError =>
  signal?.reason instanceof PlinthError ? signal.reason : refusal('store.cancelled', {})
