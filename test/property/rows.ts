/** Random rows for a graph: few different values, many nulls, keys that hold, links between what is there. */
import type { FieldNode, ModelGraph, ModelNode, UniqueNode, Value } from '../../src/model/index.ts'
import { folded, type Row } from '../oracle/index.ts'
import { distinctValue, poolOf } from './pools.ts'
import type { Random } from './random.ts'

export type Rows = Readonly<Record<string, readonly Row[]>>

/** Models so that each comes after those that its rows refer to. */
export function inOrder(graph: ModelGraph): readonly ModelNode[] {
  const done = new Map<string, ModelNode>()
  const visit = (model: ModelNode): void => {
    if (done.has(model.name)) return
    for (const relation of Object.values(model.relations)) {
      const target = graph.models[relation.target]
      if (relation.kind === 'belongsTo' && target !== undefined && target !== model) visit(target)
    }
    done.set(model.name, model)
  }
  for (const model of Object.values(graph.models)) visit(model)
  return [...done.values()]
}

export function randomRows(graph: ModelGraph, random: Random): Rows {
  const rows: Record<string, Row[]> = {}
  for (const model of inOrder(graph)) {
    const made: Row[] = []
    rows[model.name] = made
    // Sub-pools, so that rows are equal in some fields and sums do not drown in large numbers.
    const pools = new Map(Object.values(model.fields).map(field => [field.name, subPool(field, random)]))
    const count = model.name === 'User' ? 3 + random.below(3) : random.below(9)
    for (let index = 0; index < count; index++) {
      const row = randomRow(model, rows, pools, index, random)
      if (row !== null && holds(model, made, row)) made.push(row)
    }
  }
  return rows
}

const subPool = (field: FieldNode, random: Random): readonly Value[] =>
  field.relation === null && field.default?.from !== 'version'
    ? random.some(poolOf(field.type), 2 + random.below(3))
    : []

function randomRow(
  model: ModelNode,
  rows: Rows,
  pools: ReadonlyMap<string, readonly Value[]>,
  index: number,
  random: Random,
): Row | null {
  const row: Record<string, Value> = {}
  for (const field of Object.values(model.fields)) {
    if (field.relation !== null) continue
    if (field.name === model.softDeleteField) row[field.name] = random.chance(0.7) ? null : '2026-01-01T00:00:00.000Z'
    else if (field.default?.from === 'version') row[field.name] = 1 + random.below(3)
    else if (model.key.length === 1 && model.key[0] === field.name) row[field.name] = distinctValue(field.type, index)
    else if (field.nullable && random.chance(0.3)) row[field.name] = null
    else row[field.name] = random.pick(pools.get(field.name) ?? [])
  }
  for (const relation of Object.values(model.relations)) {
    if (relation.kind !== 'belongsTo') continue
    const targets = rows[relation.target] ?? []
    if (targets.length === 0 && !relation.nullable) return null
    const target = targets.length === 0 || (relation.nullable && random.chance(0.25)) ? null : random.pick(targets)
    for (const { local, remote } of relation.on) row[local] = target?.[remote] ?? null
  }
  return Object.fromEntries(Object.keys(model.fields).map(name => [name, row[name] ?? null]))
}

/** Whether a row can stand beside the others. */
function holds(model: ModelNode, others: readonly Row[], row: Row): boolean {
  const uniques: readonly Pick<UniqueNode, 'fields' | 'liveOnly' | 'ignoreCase'>[] = [
    { fields: model.key, liveOnly: false },
    ...model.uniques,
  ]
  const live = (one: Row): boolean => model.softDeleteField === null || one[model.softDeleteField] === null
  return uniques.every(({ fields, liveOnly, ignoreCase = [] }) => {
    const value = (one: Row, name: string): Value | undefined => {
      const own = one[name]
      return typeof own === 'string' && ignoreCase.includes(name) ? folded(own) : own
    }
    return (
      fields.length === 0 ||
      fields.some(name => row[name] === null) ||
      (liveOnly && !live(row)) ||
      others.every(other => (liveOnly && !live(other)) || fields.some(name => value(other, name) !== value(row, name)))
    )
  })
}
