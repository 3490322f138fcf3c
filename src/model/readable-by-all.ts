/** Whether every row of a model is there for everybody who may ask for it. */
import { isAlways } from './expression.ts'
import type { ModelNode } from './graph.ts'

export const isReadableByAll = ({ rules, scopes }: ModelNode): boolean =>
  rules !== null && isAlways(rules.read) && scopes.length === 0
