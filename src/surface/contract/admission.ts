/** Who may come in at all, before anything of a request is looked at (semantics 9). The planner decides; this asks it once. */
import type { Engine } from '../../engine/index.ts'
import { PlinthError } from '../../error/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { anonymous, type Caller, emptyFind } from '../../query/index.ts'
import type { Route } from './exchange.ts'

export type AdmittedOperation = 'read' | 'create' | 'update' | 'delete' | 'restore'

/**
 * Refuses whoever is not signed in, where nobody who is not signed in gets anywhere. For those who are signed in the answer may depend on
 * who they are, so they are answered when their request is planned.
 */
export function admission(engine: Engine, model: ModelNode, operation: AdmittedOperation): (caller: Caller) => void {
  let refused: PlinthError | null | undefined
  return caller => {
    if (caller.class !== 'anonymous') return
    if (refused === undefined) refused = refusalOf(() => ask(engine, model, operation))
    if (refused !== null) throw new PlinthError(refused.code, refused.parameters)
  }
}

/** Plans the smallest request of its kind; nothing is run. */
function ask(engine: Engine, model: ModelNode, operation: AdmittedOperation): void {
  const { name, key } = model
  const target = { kind: 'key' } as const
  switch (operation) {
    case 'read':
      engine.find({ ...emptyFind, model: name }, 'anonymous').planned(anonymous)
      return
    case 'create':
      engine.write.requireOpenInsert(
        { model: name, fields: Object.keys(model.fields), written: [], many: false, ignoreConflictOn: null },
        anonymous,
      )
      return
    case 'delete':
      engine.write.requireOpenDelete({ model: name, target, ifVersion: false, rule: 'delete' }, anonymous)
      return
    default: {
      const withDeleted = operation === 'restore'
      const request = {
        model: name,
        target,
        set: key.slice(0, 1),
        written: [],
        version: false,
        ifVersion: false,
      } as const
      engine.write.requireOpenUpdate({ ...request, rule: 'update', withDeleted }, anonymous)
    }
  }
}

function refusalOf(question: () => void): PlinthError | null {
  try {
    question()
    return null
  } catch (thrown) {
    if (thrown instanceof PlinthError && (thrown.status === 401 || thrown.status === 403)) return thrown
    throw thrown
  }
}

/** Whether anybody gets into a route who is not signed in: it says so itself. */
export function admitsAnonymous({ admit }: Pick<Route, 'admit'>): boolean {
  try {
    admit?.(anonymous)
    return true
  } catch (error) {
    if (error instanceof PlinthError) return false
    throw error
  }
}
