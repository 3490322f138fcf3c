import type { ModelNode } from './graph.ts'

/** What people know a model by: one that only joins others for a relation has its name of them and of the relation. */
export const spokenName = ({ name, hidden }: Pick<ModelNode, 'name' | 'hidden'>): string =>
  hidden ? name.replace('_', '.') : name
