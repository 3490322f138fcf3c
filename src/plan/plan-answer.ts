/** What a write itself can answer with: the row as its writer may read it, when the row's own fields tell (semantics 3). */
import { PlinthError } from '../error/index.ts'
import type { ModelNode } from '../model/index.ts'
import type { Answer, Output, Selection } from '../query/index.ts'
import type { Planning } from './environment.ts'
import { planOutputs } from './plan-outputs.ts'
import { readableOrNever } from './readable.ts'

/** Null when the row has to be read back by a statement of its own. */
export function planAnswer(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  select: Selection | null,
): Answer | null {
  if (select === null) return null
  try {
    const readable = readableOrNever(planning, rows, false)
    const { outputs } = planOutputs(planning, rows, select, [])
    const told = !leavesRow(readable) && outputs.every(isTold)
    return told ? { readable, outputs, versionField: model.versionField } : null
  } catch (error) {
    // What may not be asked for is refused when the row is read back, behind the refusals that go before (semantics 9).
    if (error instanceof PlinthError) return null
    throw error
  }
}

function isTold(output: Output): boolean {
  if (output.kind === 'object') return output.outputs.every(isTold)
  return output.kind === 'value' && output.assemble === 'store' && !leavesRow(output)
}

/** Whether a part of a plan speaks of other rows: of related ones, or of fields at the end of a path. */
export function leavesRow(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(leavesRow)
  if (typeof part !== 'object' || part === null) return false
  if ('kind' in part && (part.kind === 'some' || part.kind === 'aggregate')) return true
  if ('path' in part && Array.isArray(part.path) && part.path.length > 0) return true
  return Object.values(part).some(leavesRow)
}
