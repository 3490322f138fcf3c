/** Whether a relation leads to a list of rows; otherwise it leads to one row, or to none. */
import type { RelationNode } from './graph.ts'

export const isToMany = ({ kind }: Pick<RelationNode, 'kind'>): boolean => kind === 'hasMany' || kind === 'manyToMany'
