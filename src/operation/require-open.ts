/** Refuses an operation that is closed to the caller whatever the row, for who looks something else up first (semantics 9). */
import type { Engine } from '../engine/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import { insertedFields } from './insert-shape.ts'
import { openingUpdate } from './update-shape.ts'

export function requireOpen(
  engine: Engine,
  operation: 'create' | 'update' | 'delete',
  name: string,
  { caller }: ExecutionContext,
): void {
  const model = engine.model(name)
  if (operation === 'create') {
    const fields = insertedFields(model, [])
    engine.write.requireOpenInsert({ model: name, fields, written: [], many: false, ignoreConflictOn: null }, caller)
  } else if (operation === 'update') {
    engine.write.requireOpenUpdate(openingUpdate(model, []), caller)
  } else {
    engine.write.requireOpenDelete({ model: name, target: { kind: 'key' }, ifVersion: false, rule: 'delete' }, caller)
  }
}
