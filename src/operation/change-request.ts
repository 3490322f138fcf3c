/** Changes that the engine asks for by itself: of rows whose keys it gives, as they are, with no rule in their way. */
import type { ModelNode } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'

/** `more`: what is otherwise. */
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
