/** Whether a caller may write a field at all, whatever the value. */
import { type FieldNode, isServerWritten, type ModelNode, type RelationNode } from '../../model/index.ts'
import type { ParseOptions } from './parsed-row.ts'

export type WriteMistake = 'values.read-only' | 'values.immutable'

/** Why a field cannot be written here, whatever the value; null when it can. */
export function writeMistake(
  { caller, mode }: Pick<ParseOptions, 'caller' | 'mode'>,
  field: FieldNode,
): WriteMistake | null {
  if (field.default?.from === 'database' && field.default.always) return 'values.read-only'
  if (isServerWritten(field) && caller !== 'system') return 'values.read-only'
  return field.immutable && mode === 'update' ? 'values.immutable' : null
}

/** A nested write through a belongsTo writes its scalars, whatever it says. */
export function referenceMistake(options: ParseOptions, model: ModelNode, relation: RelationNode): WriteMistake | null {
  if (relation.kind !== 'belongsTo') return null
  for (const { local } of relation.on) {
    const field = model.fields[local]
    const mistake = field === undefined ? null : writeMistake(options, field)
    if (mistake !== null) return mistake
  }
  return null
}
