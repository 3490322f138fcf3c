/** In which context the suite works: at one moment, with half a minute's time. */
import { type Caller, type ExecutionContext, systemCaller } from '../../query/index.ts'
import { moment } from './rows.ts'

export const suite = systemCaller('conformance suite')

export function contextOf(caller: Caller): ExecutionContext {
  return {
    caller,
    now: moment,
    deadline: Date.now() + 30_000,
    signal: null,
    observe: null,
    trace: 'conformance',
    transaction: null,
    consistency: null,
  }
}
