/** What a write itself can answer with: the row as its writer may read it, when the row's own fields tell (semantics 3). */
import { PlinthError } from '../error/index.ts'
import type { Answer, Output, Selection } from '../query/index.ts'
import { leavesRow } from './leaves-row.ts'
import { planOutputs } from './plan-outputs.ts'
import type { Planning } from './planning.ts'
import { readableOrNever } from './readable.ts'
import type { Standpoint } from './standpoint.ts'

/** Null when the row has to be read back by a statement of its own. `given`: the fields that the write gives values. */
export function planAnswer(at: Standpoint, select: Selection | null, given: readonly string[]): Answer | null {
  if (select === null) return null
  try {
    const readable = readableOrNever(at)
    const outputs = planOutputs(at, select)
    const told = !leavesRow(readable) && outputs.every(isTold) && undoesWrite(at.planning)
    if (!told) return null
    const { calculated } = at.planning.reads()
    // A number that is out of range would be one that is calculated, or one that a column of the database's own type does not hold.
    if (calculated !== undefined && given.some(field => (at.model.fields[field]?.native ?? null) !== null)) return null
    return {
      readable,
      outputs,
      versionField: at.model.versionField,
      ...(calculated === undefined ? {} : { calculated }),
    }
  } catch (error) {
    // What may not be asked for is refused when the row is read back, behind the refusals that go before (semantics 9).
    if (error instanceof PlinthError) return null
    throw error
  }
}

/** An answer that fails, as where a number leaves its type, undoes its write; a store that reads answers behind writes needs a transaction. */
const undoesWrite = ({ calculates, environment }: Planning): boolean =>
  !calculates || environment.capabilities.answers === 'writes'

function isTold(output: Output): boolean {
  if (output.kind === 'object') return output.outputs.every(isTold)
  return output.kind === 'value' && output.assemble === 'store' && !leavesRow(output)
}
