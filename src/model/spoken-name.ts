/** What people know a model by: one that only joins others for a relation has its name of the two, and of the relation. */
import type { ModelNode } from './graph.ts'

export const spokenName = ({ name, hidden }: Pick<ModelNode, 'name' | 'hidden'>): string =>
  hidden ? name.replace('_', '.') : name
