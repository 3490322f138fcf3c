/** What only writes can tell of a world: moments, what cannot be changed later, links that are there once, what a delete takes with it. */
import { type FieldNode, fieldNode, type ModelGraph, type ModelNode, type RelationNode } from '../../src/model/index.ts'
import { now } from './pools.ts'
import type { Random } from './random.ts'
import type { RandomWorld } from './world.ts'

export function forWrites(world: RandomWorld, random: Random): RandomWorld {
  const models = Object.values(world.graph.models).map((model): [string, ModelNode] => [
    model.name,
    model.hidden ? model : changed(model, random),
  ])
  const graph: ModelGraph = { ...world.graph, models: Object.fromEntries(models) }
  const rows = Object.entries(world.rows).map(([name, all]): [string, (typeof world.rows)[string]] => {
    const model = graph.models[name]
    const complete = all.map(row => (model?.fields['updatedAt'] === undefined ? row : { ...row, updatedAt: earlier }))
    const ends = (row: (typeof all)[number]): string => JSON.stringify([row['leftId'], row['rightId']])
    const isOnce = name === 'Entry' && model?.uniques.length === 1
    return [name, isOnce ? [...new Map(complete.map(row => [ends(row), row])).values()] : complete]
  })
  return { ...world, graph, rows: Object.fromEntries(rows) }
}

const earlier = '2026-01-01T00:00:00.000Z'
if (earlier >= now) throw new Error('A moment before the request would not be before it.')

function changed(model: ModelNode, random: Random): ModelNode {
  const fields = Object.values(model.fields).map((field): FieldNode => {
    if (model.key.includes(field.name) || field.default !== null || field.name === model.softDeleteField) return field
    if (model.name === 'Entry' && field.name === 'label') return { ...field, nullable: true }
    return random.chance(0.04) ? { ...field, immutable: true } : field
  })
  if (random.chance(0.3)) fields.push(updatedAt)
  const relations = Object.values(model.relations).map((relation): RelationNode => {
    if (relation.kind !== 'belongsTo' || model.name === 'Entry') return relation
    const chance = random.below(3)
    if (chance === 0) return relation
    return { ...relation, onDelete: chance === 1 && relation.nullable ? 'setNull' : 'cascade' }
  })
  const ends = ['leftId', 'rightId']
  const unique = { name: 'entry_ends', fields: ends, liveOnly: model.softDeleteField !== null, ignoreCase: [] }
  return {
    ...model,
    fields: Object.fromEntries(fields.map(field => [field.name, field])),
    relations: Object.fromEntries(relations.map(relation => [relation.name, relation])),
    uniques:
      model.name === 'Entry' && ends.every(end => model.fields[end] !== undefined) && random.chance(0.5)
        ? [...model.uniques, unique]
        : model.uniques,
  }
}

const updatedAt = fieldNode(
  'updatedAt',
  { kind: 'datetime', options: {} },
  { default: { from: 'now', onUpdate: true }, readOnly: true },
)
