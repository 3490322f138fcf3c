/** What can leave the range of numbers names what it calculates, when the database refuses. */
import type { InsertPlan, ReadPlan, UpdatePlan, WriteResult } from '../query/index.ts'
import { type Eventually, namingCalculated, type Prepared, type PreparedInsert } from '../store/contract/index.ts'

type Names = readonly string[]

const naming = <Result>(names: Names, run: () => Eventually<Result>): Eventually<Result> => {
  const rethrow = (error: unknown): never => {
    throw namingCalculated(error, names)
  }
  try {
    const result = run()
    return result instanceof Promise ? result.catch(rethrow) : result
  } catch (error) {
    return rethrow(error)
  }
}

/** What is prepared itself where nothing is calculated, so that it costs nothing then. */
export const nameCalculated = <Result>(prepared: Prepared<Result>, { reads }: ReadPlan): Prepared<Result> =>
  namingIn(prepared, reads.calculated)

/** The same for what an update gives back. */
export const nameAnswered = (prepared: Prepared<WriteResult>, { answer }: UpdatePlan): Prepared<WriteResult> =>
  namingIn(prepared, answer?.calculated)

/** And for what an insert gives back. */
export function nameInserted(prepared: PreparedInsert, { answer }: InsertPlan): PreparedInsert {
  const names = answer?.calculated
  if (names === undefined) return prepared
  return {
    get command() {
      return prepared.command
    },
    run: (rows, values, context) => naming(names, () => prepared.run(rows, values, context)),
    release: () => prepared.release(),
  }
}

function namingIn<Result>(prepared: Prepared<Result>, names: Names | undefined): Prepared<Result> {
  if (names === undefined) return prepared
  return {
    get command() {
      return prepared.command
    },
    run: (values, context) => naming(names, () => prepared.run(values, context)),
    explain: values => prepared.explain(values),
    release: () => prepared.release(),
  }
}
