/** What a store throws when a number that it calculates is outside of what its type holds. */
import { PlinthError, refusal } from '../../error/index.ts'

const code = 'store.number-out-of-range'

/** Databases do not say which number it was. */
export const outOfRange = (cause?: unknown): PlinthError =>
  refusal(
    code,
    { names: 'in a rule, in a condition, or in what a write gives back' },
    cause === undefined ? {} : { cause },
  )

/** `names`: what the request has named that is calculated. */
export const namingCalculated = (error: unknown, names: readonly string[]): unknown =>
  error instanceof PlinthError && error.code === code
    ? refusal(code, { names: names.join(', ') }, { cause: error.cause ?? error })
    : error
