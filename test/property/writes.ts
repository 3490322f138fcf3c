/** Random writes: of one row and of several, with rows of one relation beside them. Most could be carried out; some name what is not there. */
import type { FieldNode, ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import type { FilterRequest, OutputRequest, Selection } from '../../src/query/index.ts'
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
    const node = random.pick(models)
    const model = node.name
    const rows = world.rows[model] ?? []
    const chance = random.below(20)
    if (chance < 6 || rows.length === 0) {
      const [first, ...others] = this.#newRows(world, node, chance < 4 ? 1 : 1 + random.below(3))
      if (first !== undefined && chance < 4) return { operation: 'create', model, body: first }
      return { operation: 'createMany', model, bodies: first === undefined ? [] : [first, ...others] }
    }
    const row = random.pick(rows)
    const key = node.key.map(name => row[name] ?? null)
    if (chance === 6) return { operation: 'delete', model, key }
    if (chance === 7) return { operation: node.softDeleteField === null ? 'delete' : 'restore', model, key }
    if (chance === 8) return { operation: 'deleteMany', model, ...this.#filter(world, node) }
    if (chance < 11)
      return { operation: 'updateMany', model, ...this.#filter(world, node), body: this.#changes(world, node) }
    if (chance < 14) return this.#upsert(world, node, row)
    const body = { ...this.#changes(world, node), ...this.#nested(world, node, 'update') }
    return { operation: 'update', model, key, body }
  }

  /** What a write is to be answered with: nothing, the fields, or rows of relations with them. */
  answer(world: World, model: string): Selection | null {
    const random = this.#random
    const chance = random.below(4)
    if (chance === 0) return null
    const plain: Selection = { defaults: true, outputs: [] }
    const relations = chance === 1 ? Object.values(world.graph.models[model]?.relations ?? {}) : []
    const outputs = random.some(relations, random.below(3)).map(({ name }): OutputRequest => ({
      kind: 'include',
      output: name,
      relation: name,
      nested: { select: plain, where: null, sort: [], limit: null },
    }))
    return { defaults: true, outputs }
  }

  #newRows(world: World, model: ModelNode, count: number): Body[] {
    return Array.from({ length: count }, () => ({
      ...this.#newRow(world, model),
      ...this.#nested(world, model, 'create'),
    }))
  }

  /** By the key or another unique: of a row that is there, mostly. */
  #upsert(world: World, node: ModelNode, row: Row): WriteRequest {
    const random = this.#random
    const uniques = [node.key, ...node.uniques.map(({ fields }) => fields)]
    const on = random.pick(uniques)
    const create = { ...this.#newRow(world, node), ...this.#nested(world, node, 'create') }
    if (random.chance(0.6)) for (const name of on) create[name] = row[name]
    const update = { ...this.#changes(world, node), ...this.#nested(world, node, 'update') }
    return { operation: 'upsert', model: node.name, on, create, update }
  }

  #filter(world: World, model: ModelNode): { readonly where: FilterRequest; readonly values: readonly Value[] } {
    const random = this.#random
    const rows = world.rows[model.name] ?? []
    const fields = Object.values(model.fields).filter(({ type }) => !['json', 'array', 'bytes'].includes(type.kind))
    const field = random.pick(fields)
    const value = random.pick(rows)[field.name] ?? null
    if (value === null) return { where: { kind: 'isNull', path: [field.name], value: true }, values: [] }
    return { where: { kind: 'compare', path: [field.name], operator: 'eq', slot: 0 }, values: [value] }
  }

  #newRow(world: World, model: ModelNode, without: readonly string[] = []): Body {
    const random = this.#random
    const body: Body = {}
    for (const field of Object.values(model.fields)) {
      if (without.includes(field.name) || isServers(model, field) || field.relation !== null) continue
      if (isMade(field)) continue
      if (model.key.includes(field.name)) body[field.name] = this.#newKey(field, model)
      else if (field.from !== null ? random.chance(0.7) : !field.nullable || random.chance(0.5))
        body[field.name] = this.#valueOf(field)
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
      if (field.immutable && !random.chance(0.1)) continue
      if (isServers(model, field) && (field.name === model.softDeleteField || !random.chance(0.1))) continue
      body[field.name] = field.nullable && random.chance(0.3) ? null : this.#valueOf(field)
    }
    return { ...body, ...this.#references(world, model, [], 0.25) }
  }

  #valueOf(field: FieldNode): Value {
    return this.#random.pick(poolOf(field.type))
  }

  #nested(world: World, model: ModelNode, mode: 'create' | 'update'): Body {
    const random = this.#random
    const relations = Object.values(model.relations)
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
    const back = relation.kind === 'manyToMany' ? [] : relation.on.map(({ remote }) => remote)
    if (relation.kind === 'hasOne') {
      const word = random.pick(['create', 'connect', ...(mode === 'update' ? ['disconnect'] : [])])
      const [address] = addresses(1)
      if (word !== 'connect') words[word] = word === 'create' ? this.#newRow(world, target, back) : true
      else if (address === undefined) return {}
      else words[word] = address
      return { [relation.name]: words }
    }
    const makes = ['create', 'connect', 'connectOrCreate'] as const
    const one = random.pick(mode === 'create' ? makes : ([...makes, 'disconnect', 'set', 'setOrCreate'] as const))
    const add = (word: string): void => {
      if (word === 'create')
        words[word] = Array.from({ length: 1 + random.below(2) }, () => this.#newRow(world, target, back))
      else if (word.endsWith('OrCreate')) words[word] = this.#known(world, target, back)
      else words[word] = word === 'disconnect' ? this.#connected(world, target, relation) : addresses(2)
      if ((words[word] as unknown[]).length === 0 && !word.startsWith('set')) delete words[word]
    }
    add(one)
    // Several words at once.
    if (random.chance(0.2)) add(random.pick(mode === 'create' ? makes : ([...makes, 'disconnect'] as const)))
    return Object.keys(words).length === 0 ? {} : { [relation.name]: words }
  }

  /** New rows, some of which are there already. */
  #known(world: World, target: ModelNode, without: readonly string[]): Body[] {
    const random = this.#random
    return Array.from({ length: 1 + random.below(2) }, () => {
      const body = this.#newRow(world, target, without)
      const rows = world.rows[target.name] ?? []
      const row = rows.length > 0 && random.chance(0.6) ? random.pick(rows) : null
      const fields = random.pick([target.key, ...target.uniques.map(unique => unique.fields)])
      for (const name of fields) if (!without.includes(name)) body[name] = row?.[name] ?? body[name]
      return body
    })
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
