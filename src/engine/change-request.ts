/** Requests for changes, said by what is special about them. */
import type { ModelNode } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'

/** A change of rows whose keys are given, as they are, with no rule in its way. `more`: what is otherwise. */
export const changeRequest = (model: ModelNode, more: Partial<Omit<UpdateRequest, 'model'>>): UpdateRequest => ({
  model: model.name,
  target: { kind: 'keys' },
  set: [],
  written: [],
  version: false,
  ifVersion: false,
  rule: null,
  withDeleted: false,
  ...more,
})
