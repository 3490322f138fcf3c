/** A read that can leave the range of numbers names what it calculates, when the database refuses. */
import type { ReadPlan } from '../query/index.ts'
import { namingCalculated, type Prepared } from '../store/contract/index.ts'

/** The read itself where nothing is calculated, so that it costs nothing then. */
export function nameCalculated<Result>(prepared: Prepared<Result>, { reads }: ReadPlan): Prepared<Result> {
  const { calculated } = reads
  if (calculated === undefined) return prepared
  const rethrow = (error: unknown): never => {
    throw namingCalculated(error, calculated)
  }
  return {
    get command() {
      return prepared.command
    },
    run(values, context) {
      try {
        const result = prepared.run(values, context)
        return result instanceof Promise ? result.catch(rethrow) : result
      } catch (error) {
        return rethrow(error)
      }
    },
    explain: values => prepared.explain(values),
    release: () => prepared.release(),
  }
}
