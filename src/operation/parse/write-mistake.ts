/** Whether a caller may write a field at all, whatever the value. */
import type { FieldNode, ModelNode, RelationNode } from '../../model/index.ts'
import type { ParseOptions } from './parsed-row.ts'

export type WriteMistake = 'values.read-only' | 'values.immutable'

/** Why a field cannot be written here, whatever the value; null when it can. */
export function writeMistake(
  { caller, mode }: Pick<ParseOptions, 'caller' | 'mode'>,
  model: ModelNode,
  field: FieldNode,
): WriteMistake | null {
  if (field.default?.from === 'database' && field.default.always) return 'values.read-only'
  const server = field.readOnly || field.private || field.name === model.versionField
  if (server && caller !== 'system') return 'values.read-only'
  const fixed = field.immutable || model.key.includes(field.name)
  return fixed && mode === 'update' ? 'values.immutable' : null
}

/** A nested write through a belongsTo writes its scalars, whatever it says. */
export function referenceMistake(options: ParseOptions, model: ModelNode, relation: RelationNode): WriteMistake | null {
  if (relation.kind !== 'belongsTo') return null
  for (const { local } of relation.on) {
    const field = model.fields[local]
    const mistake = field === undefined ? null : writeMistake(options, model, field)
    if (mistake !== null) return mistake
  }
  return null
}
