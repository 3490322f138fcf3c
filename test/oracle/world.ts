/** What the oracle knows: the declaration, every row, and the bounds of requests. */
import type { ModelGraph, ModelNode, RelationNode, Value } from '../../src/model/index.ts'

/** A row in canonical form. */
export type Row = Readonly<Record<string, Value>>

export interface World {
  readonly graph: ModelGraph
  readonly rows: Readonly<Record<string, readonly Row[]>>
  /** How many rows a page and an included relation have when nobody says. */
  readonly defaultPage: number
  readonly defaultNested: number
}

export function modelOf(world: World, name: string): ModelNode {
  const model = world.graph.models[name]
  if (model === undefined) throw new Error(`The oracle knows no model ${name}.`)
  return model
}

export const rowsOf = (world: World, model: string): readonly Row[] => world.rows[model] ?? []

/** Every row at the other end of a relation, each once, as far as the links on the way `count`. */
export function linked(
  world: World,
  relation: RelationNode,
  row: Row,
  counts: (model: string, link: Row) => boolean,
): readonly Row[] {
  const targets = rowsOf(world, relation.target)
  const { through } = relation
  if (through === null) {
    return targets.filter(target => relation.on.every(({ local, remote }) => same(row[local], target[remote])))
  }
  const links = rowsOf(world, through.model).filter(
    link => through.local.every(pair => same(row[pair.local], link[pair.through])) && counts(through.model, link),
  )
  return targets.filter(target =>
    links.some(link => through.remote.every(pair => same(link[pair.through], target[pair.remote]))),
  )
}

const same = (left: Value | undefined, right: Value | undefined): boolean =>
  left !== undefined && right !== undefined && left !== null && right !== null && left === right
