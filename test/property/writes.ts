/** Random writes: of one row, with rows of one relation beside it. Most could be carried out; some name what is not there. */
import type { FieldNode, ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import type { Row, World, WriteRequest } from '../oracle/index.ts'
import { distinctValue, poolOf } from './pools.ts'
import type { Random } from './random.ts'

type Body = Record<string, unknown>

export class Writes {
  readonly #random: Random
  /** Keys that were made up. */
  #made = 100

  constructor(random: Random) {
    this.#random = random
  }

  next(world: World): WriteRequest {
    const random = this.#random
    const models = Object.values(world.graph.models).filter(model => !model.hidden && model.key.length > 0)
    const model = random.pick(models)
    const rows = world.rows[model.name] ?? []
    const chance = random.below(10)
    if (chance < 4 || rows.length === 0) {
      return {
        operation: 'create',
        model: model.name,
        body: { ...this.#newRow(world, model), ...this.#nested(world, model, 'create') },
      }
    }
    const row = random.pick(rows)
    const key = model.key.map(name => row[name] ?? null)
    if (chance === 9) return { operation: 'delete', model: model.name, key }
    const body = { ...this.#changes(world, model), ...this.#nested(world, model, 'update') }
    return { operation: 'update', model: model.name, key, body }
  }

  #newRow(world: World, model: ModelNode, without: readonly string[] = []): Body {
    const random = this.#random
    const body: Body = {}
    for (const field of Object.values(model.fields)) {
      if (without.includes(field.name) || isServers(model, field) || field.relation !== null) continue
      if (isMade(field)) continue
      if (model.key.includes(field.name)) body[field.name] = this.#newKey(field, model)
      else if (!field.nullable || field.from !== null || random.chance(0.5)) body[field.name] = this.#valueOf(field)
    }
    return { ...body, ...this.#references(world, model, without, 1) }
  }

  #newKey(field: FieldNode, model: ModelNode): Value {
    if (model.key.length > 1) return this.#random.pick(poolOf(field.type))
    return field.type.kind === 'date'
      ? `2029-0${1 + this.#random.below(9)}-1${this.#random.below(9)}`
      : distinctValue(field.type, this.#made++)
  }

  /** The scalars of relations, mostly of rows that are there. */
  #references(world: World, model: ModelNode, without: readonly string[], chance: number): Body {
    const random = this.#random
    const body: Body = {}
    for (const relation of Object.values(model.relations)) {
      if (relation.kind !== 'belongsTo' || relation.on.some(({ local }) => without.includes(local))) continue
      if (!random.chance(chance)) continue
      const rows = world.rows[relation.target] ?? []
      const target = rows.length === 0 || (relation.nullable && random.chance(0.2)) ? null : random.pick(rows)
      if (target === null && !relation.nullable) continue
      for (const { local, remote } of relation.on) {
        if (model.fields[local]?.relation === null) continue
        body[local] = target?.[remote] ?? null
      }
    }
    return body
  }

  #changes(world: World, model: ModelNode): Body {
    const random = this.#random
    const body: Body = {}
    const fields = Object.values(model.fields).filter(
      ({ name, relation }) => relation === null && !model.key.includes(name),
    )
    for (const field of random.some(fields, random.below(3))) {
      if (isServers(model, field) && (field.name === model.softDeleteField || !random.chance(0.1))) continue
      body[field.name] = field.nullable && random.chance(0.3) ? null : this.#valueOf(field)
    }
    // A slug follows its text, as the oracle does not.
    for (const { name, from } of Object.values(model.fields)) {
      if (from !== null && body[from] !== undefined) body[name] ??= 'a-b'
    }
    return { ...body, ...this.#references(world, model, [], 0.25) }
  }

  #valueOf(field: FieldNode): Value {
    return this.#random.pick(poolOf(field.type))
  }

  #nested(world: World, model: ModelNode, mode: 'create' | 'update'): Body {
    const random = this.#random
    const relations = Object.values(model.relations).filter(({ kind }) => kind !== 'hasOne')
    if (relations.length === 0 || !random.chance(0.5)) return {}
    const relation = random.pick(relations)
    const target = world.graph.models[relation.target]
    if (target === undefined || target.key.length === 0) return {}
    const addresses = (most: number): unknown[] =>
      random.some(world.rows[target.name] ?? [], random.below(most) + 1).map(row => addressOf(target, row))
    const words: Body = {}
    if (relation.kind === 'belongsTo') {
      const word = random.pick(['create', 'connect', ...(mode === 'update' && relation.nullable ? ['disconnect'] : [])])
      const [address] = addresses(1)
      if (word === 'disconnect') words[word] = true
      else if (word === 'create') words[word] = this.#newRow(world, target)
      else if (address === undefined) return {}
      else words[word] = address
      // The scalar beside the relation would contradict it.
      const scalars = Object.fromEntries(relation.on.map(({ local }) => [local, undefined]))
      return { ...scalars, [relation.name]: words }
    }
    const back = relation.kind === 'hasMany' ? relation.on.map(({ remote }) => remote) : []
    const one = random.pick(
      mode === 'create' ? (['create', 'connect'] as const) : (['create', 'connect', 'disconnect', 'set'] as const),
    )
    if (one === 'create')
      words[one] = Array.from({ length: 1 + random.below(2) }, () => this.#newRow(world, target, back))
    else words[one] = one === 'disconnect' ? this.#connected(world, target, relation) : addresses(2)
    return Array.isArray(words[one]) && words[one].length === 0 && one !== 'set' ? {} : { [relation.name]: words }
  }

  #connected(world: World, target: ModelNode, relation: RelationNode): unknown[] {
    const rows = world.rows[target.name] ?? []
    const some =
      relation.kind === 'hasMany' ? rows.filter(row => relation.on.every(({ remote }) => row[remote] !== null)) : rows
    return this.#random.some(some, 1).map(row => addressOf(target, row))
  }
}

const isMade = ({ default: source }: FieldNode): boolean => source?.from === 'uuidv7' || source?.from === 'sequence'

const isServers = (model: ModelNode, field: FieldNode): boolean =>
  field.private || field.readOnly || field.name === model.versionField || field.name === model.softDeleteField

function addressOf(model: ModelNode, row: Row): unknown {
  if (model.key.length === 1) return row[model.key[0] ?? '']
  return Object.fromEntries(model.key.map(name => [name, row[name]]))
}
