/**
 * Carries out a write by brute force: what the rows are afterwards, or that it is refused. It knows what a write means and nothing of how it is
 * done; where more than one meaning would do, it says so and decides nothing.
 */
import type { FieldNode, ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import type { Caller } from '../../src/query/index.ts'
import { Judge } from './evaluate.ts'
import { certainty, fieldCertainty, modelClosed } from './rights.ts'
import { modelOf, type Row, rowsOf, type World } from './world.ts'
import { bodies, type Body, initial, isMade, keyOf, list, taken } from './written-row.ts'

export type WriteRequest =
  | { readonly operation: 'create'; readonly model: string; readonly body: Body }
  | { readonly operation: 'update'; readonly model: string; readonly key: readonly Value[]; readonly body: Body }
  | { readonly operation: 'delete'; readonly model: string; readonly key: readonly Value[] }

export interface Writing {
  readonly world: World
  readonly caller: Caller
  readonly now: string
}

export type Rows = Readonly<Record<string, readonly Row[]>>

/**
 * `rows`: all of them, as they are afterwards; keys that the server makes are `new Model 1`, `new Model 2` …, in the order in which the rows of a
 * model are made. `undecided`: why the oracle does not say.
 */
export type WriteOutcome =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'done'; readonly rows: Rows }
  | { readonly kind: 'undecided'; readonly why: string }

class Refused extends Error {}
class Undecided extends Error {}

export function write(request: WriteRequest, writing: Writing): WriteOutcome {
  const attempt = new Attempt(writing)
  try {
    attempt.perform(request)
    return { kind: 'done', rows: attempt.rows }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', why: error.message }
    if (error instanceof Undecided) return { kind: 'undecided', why: error.message }
    throw error
  }
}

type Operation = 'create' | 'update' | 'delete'

/** What has become of a row, and which of its fields its writer has named. */
interface Touched {
  readonly model: ModelNode
  readonly row: Row
  readonly operation: 'create' | 'update'
  readonly written: readonly string[]
}

class Attempt {
  readonly #world: World
  readonly #before: Judge
  readonly #caller: Caller
  readonly #now: string
  readonly rows: Record<string, Row[]>
  readonly #touched: Touched[] = []
  /** Rows that were referred to, and whether the caller saw them then. */
  readonly #shown: { readonly model: ModelNode; readonly row: Row; readonly isSeen: boolean }[] = []
  #made = 0
  #clashed = false

  constructor({ world, caller, now }: Writing) {
    this.#world = world
    this.#before = new Judge(world, caller, now)
    this.#caller = caller
    this.#now = now
    this.rows = Object.fromEntries(Object.entries(world.rows).map(([model, rows]) => [model, [...rows]]))
  }

  perform(request: WriteRequest): void {
    const model = modelOf(this.#world, request.model)
    if (request.operation === 'create') this.#create(model, request.body)
    else if (request.operation === 'update') this.#update(model, request.key, request.body)
    else this.#delete(model, request.key)
    this.#judgeTouched()
  }

  #create(model: ModelNode, body: Body): void {
    this.#requireOpen(model, 'create')
    const { values, nested } = this.#read(model, body, 'create')
    const references = this.#writeReferences(model, nested)
    const written = [...Object.keys(values), ...nested.map(([relation]) => relation.name)]
    const row = this.#insert(model, { ...values, ...references }, written)
    this.#writeDependents(model, row, nested, true)
  }

  #insert(model: ModelNode, values: Readonly<Record<string, Value>>, written: readonly string[]): Row {
    const row: Record<string, Value> = {}
    for (const field of Object.values(model.fields)) {
      if (field.from !== null && values[field.name] === undefined) throw new Undecided('a slug that is made')
      const value = values[field.name] ?? (isMade(field) ? `new ${model.name} ${++this.#made}` : initial(field))
      if (value === undefined) throw new Refused(`${model.name}.${field.name} is missing`)
      row[field.name] = value
    }
    this.#requireReferences(model, row, Object.keys(model.fields))
    ;(this.rows[model.name] ??= []).push(row)
    this.#noteUnique(model, row)
    this.#touched.push({ model, row, operation: 'create', written })
    return row
  }

  #update(model: ModelNode, key: readonly Value[], body: Body): void {
    this.#requireOpen(model, 'update')
    const row = this.#visible(model, key)
    this.#requireAllowed(model, row, 'update')
    const { values, nested } = this.#read(model, body, 'update')
    const references = this.#writeReferences(model, nested)
    const written = [...Object.keys(values), ...nested.map(([relation]) => relation.name)]
    const changed = this.#change(model, row, { ...values, ...references }, written, written.length > 0)
    this.#writeDependents(model, changed, nested, false)
  }

  #change(
    model: ModelNode,
    row: Row,
    values: Readonly<Record<string, Value>>,
    written: readonly string[],
    counts: boolean,
  ): Row {
    for (const name of written) this.#requireField(model, row, name)
    for (const { name, from } of Object.values(model.fields)) {
      if (from !== null && values[from] !== undefined && values[name] === undefined)
        throw new Undecided('a slug that follows')
    }
    const changed: Record<string, Value> = { ...row, ...values }
    const { versionField } = model
    if (counts && versionField !== null) changed[versionField] = Number(row[versionField]) + 1
    this.#requireReferences(model, changed, Object.keys(values))
    const rows = this.rows[model.name] ?? []
    rows[rows.indexOf(row)] = changed
    this.#noteUnique(model, changed)
    this.#touched.push({ model, row: changed, operation: 'update', written })
    return changed
  }

  #delete(model: ModelNode, key: readonly Value[]): void {
    this.#requireOpen(model, 'delete')
    const row = this.#visible(model, key)
    this.#requireAllowed(model, row, 'delete')
    for (const { child, relation } of this.#referring(model)) {
      const referring = rowsOf(this.#world, child.name).filter(one =>
        relation.on.every(({ local, remote }) => one[local] !== null && one[local] === row[remote]),
      )
      if (referring.length === 0) continue
      const other = referring.some(one => one !== row)
      if (
        relation.onDelete !== 'restrict' ||
        child.softDeleteField !== null ||
        model.softDeleteField !== null ||
        !other
      ) {
        throw new Undecided('what becomes of rows that refer to a deleted one')
      }
      throw new Refused(`${child.name} refers to the row`)
    }
    const rows = this.rows[model.name] ?? []
    if (model.softDeleteField === null) rows.splice(rows.indexOf(row), 1)
    else {
      const counted = model.versionField === null ? {} : { [model.versionField]: Number(row[model.versionField]) + 1 }
      rows[rows.indexOf(row)] = { ...row, ...counted, [model.softDeleteField]: this.#now }
    }
  }

  /** Relations of other models whose rows hold the key of this one's. Links that Plinth keeps go with their ends. */
  #referring(model: ModelNode): readonly { readonly child: ModelNode; readonly relation: RelationNode }[] {
    const all = Object.values(this.#world.graph.models)
    return all.flatMap(child =>
      Object.values(child.relations)
        .filter(({ kind, target }) => kind === 'belongsTo' && target === model.name)
        .map(relation => ({ child, relation })),
    )
  }

  /** Rows that the written one belongs to. */
  #writeReferences(model: ModelNode, nested: readonly Nested[]): Record<string, Value> {
    const values: Record<string, Value> = {}
    for (const [relation, words] of nested) {
      if (relation.kind !== 'belongsTo') continue
      const target = modelOf(this.#world, relation.target)
      if (words['disconnect'] !== undefined) {
        if (!relation.nullable) throw new Refused(`${model.name}.${relation.name} cannot lead nowhere`)
        for (const { local } of relation.on) values[local] = null
        continue
      }
      const [created] = bodies(words['create']).map(body => this.#createNested(target, body, {}))
      const [connected] = list(words['connect']).map(address => this.#named(target, address))
      const end = created ?? connected
      if (end === undefined) throw new Undecided('a relation that says nothing')
      for (const { local, remote } of relation.on) values[local] = end[remote] ?? null
    }
    return values
  }

  /** Rows that belong to the written one, and its links. */
  #writeDependents(model: ModelNode, row: Row, nested: readonly Nested[], isNew: boolean): void {
    for (const [relation, words] of nested) {
      if (relation.kind === 'belongsTo') continue
      if (relation.kind === 'hasOne') throw new Undecided('hasOne')
      if (relation.kind === 'manyToMany') this.#link(relation, row, words)
      else this.#writeChildren(model, relation, row, words, isNew)
    }
  }

  #writeChildren(model: ModelNode, relation: RelationNode, row: Row, words: Body, isNew: boolean): void {
    const child = modelOf(this.#world, relation.target)
    const reference = Object.fromEntries(relation.on.map(({ local, remote }) => [remote, row[local] ?? null]))
    const nobody = Object.fromEntries(relation.on.map(({ remote }) => [remote, null]))
    const isChild = (one: Row): boolean => relation.on.every(({ local, remote }) => one[remote] === row[local])
    const names = relation.on.map(({ remote }) => remote)
    const isSelf = child.name === model.name
    if (isSelf && names.some(name => this.#touched.at(-1)?.written.includes(name)))
      throw new Undecided('a row and itself')
    if (isNew && (words['set'] !== undefined || words['disconnect'] !== undefined))
      throw new Undecided('set of a new row')
    const bodiesToCreate = bodies(words['create'])
    if (bodiesToCreate.length > 0 && !this.#seen(model, row)) throw new Undecided('children of a row that is not seen')
    for (const body of bodiesToCreate) this.#createNested(child, body, reference)
    const connect = list(words['connect']).map(address => this.#named(child, address))
    if (connect.length > 0 && !this.#seen(model, row)) throw new Undecided('children of a row that is not seen')
    for (const one of connect) this.#refer(child, one, isChild(one) ? null : reference, names)
    if (words['disconnect'] !== undefined && names.some(name => child.fields[name]?.nullable !== true)) {
      throw new Refused(`${child.name} has to belong to something`)
    }
    const disconnect = list(words['disconnect']).map(address => this.#named(child, address))
    for (const one of disconnect) this.#refer(child, one, isChild(one) ? nobody : null, names)
    if (words['set'] === undefined) return
    const wanted = list(words['set']).map(address => this.#named(child, address))
    if (wanted.length > 0 && !this.#seen(model, row)) throw new Undecided('children of a row that is not seen')
    const present = rowsOf(this.#world, child.name).filter(one => isChild(one) && this.#isVisible(child, one))
    for (const one of present) if (!wanted.includes(one)) this.#refer(child, one, nobody, names)
    for (const one of wanted) this.#refer(child, one, isChild(one) ? null : reference, names)
  }

  /** `reference`: what a child is to hold; null when it stays as it is, which only those are told who may change it. */
  #refer(child: ModelNode, one: Row, reference: Record<string, Value> | null, names: readonly string[]): void {
    this.#requireOpen(child, 'update')
    this.#requireAllowed(child, one, 'update')
    for (const name of names) this.#requireField(child, one, name)
    if (reference === null) return
    for (const name of names) {
      if (reference[name] === null && child.fields[name]?.nullable !== true) throw new Refused(`${name} cannot be null`)
    }
    this.#change(child, this.#current(child, one), reference, names, true)
  }

  #link(relation: RelationNode, row: Row, words: Body): void {
    const { through } = relation
    const join = through === null ? null : modelOf(this.#world, through.model)
    if (through === null || join?.hidden !== true) throw new Undecided('links of a model of their own')
    const target = modelOf(this.#world, relation.target)
    const links = (this.rows[join.name] ??= [])
    const linkTo = (end: Row): Row => ({
      ...Object.fromEntries(through.local.map(({ local, through: name }) => [name, row[local] ?? null])),
      ...Object.fromEntries(through.remote.map(({ remote, through: name }) => [name, end[remote] ?? null])),
    })
    const same = (left: Row, right: Row): boolean => Object.keys(left).every(name => left[name] === right[name])
    const ensure = (end: Row): void => {
      const link = linkTo(end)
      if (!links.some(one => same(link, one))) links.push(link)
    }
    const ends = (word: string): readonly Row[] => list(words[word]).map(address => this.#named(target, address))
    for (const body of bodies(words['create'])) ensure(this.#createNested(target, body, {}))
    for (const end of ends('connect')) ensure(end)
    const remove = (end: Row): void => {
      const at = links.findIndex(one => same(linkTo(end), one))
      if (at >= 0) links.splice(at, 1)
    }
    for (const end of ends('disconnect')) remove(end)
    if (words['set'] === undefined) return
    const wanted = ends('set')
    for (const end of rowsOf(this.#world, target.name)) {
      if (wanted.includes(end) || !links.some(one => same(linkTo(end), one))) continue
      if (!this.#isVisible(target, end)) throw new Undecided('links to what is not seen')
      remove(end)
    }
    for (const end of wanted) ensure(end)
  }

  #createNested(model: ModelNode, body: Body, reference: Readonly<Record<string, Value>>): Row {
    this.#requireOpen(model, 'create')
    const { values } = this.#read(model, body, 'create')
    return this.#insert(model, { ...values, ...reference }, [...Object.keys(values), ...Object.keys(reference)])
  }

  /** The fields and relations of a body; what nobody may write from outside is refused. */
  #read(model: ModelNode, body: Body, mode: 'create' | 'update'): { values: Record<string, Value>; nested: Nested[] } {
    const values: Record<string, Value> = {}
    const nested: Nested[] = []
    for (const [name, given] of Object.entries(body)) {
      const relation = model.relations[name]
      if (relation !== undefined) {
        if (fieldCertainty(this.#before, model.name, name) !== true)
          throw new Undecided('writing a relation that is not read')
        for (const { local } of relation.kind === 'belongsTo' ? relation.on : [])
          this.#requireWritable(model, local, mode)
        nested.push([relation, given as Body])
        continue
      }
      const field = this.#requireWritable(model, name, mode)
      if (given === null && !field.nullable) throw new Refused(`${name} cannot be null`)
      values[name] = given as Value
    }
    return { values, nested }
  }

  #requireWritable(model: ModelNode, name: string, mode: 'create' | 'update'): FieldNode {
    const field = model.fields[name]
    if (field === undefined) throw new Refused(`${model.name} has no ${name}`)
    const server = field.readOnly || field.private || name === model.versionField || name === model.softDeleteField
    if (server && this.#caller.class !== 'system') throw new Refused(`${name} is the server's`)
    if (name === model.versionField) throw new Undecided('a version that is given')
    if (mode === 'update' && (field.immutable || model.key.includes(name)))
      throw new Refused(`${name} cannot be changed`)
    return field
  }

  /** Closed to the caller whatever the row. */
  #requireOpen(model: ModelNode, operation: Operation): void {
    if (this.#caller.class === 'system') return
    const rule = model.rules?.[operation]
    if (rule === undefined || certainty(this.#before, rule) === false)
      throw new Refused(`${operation} of ${model.name} is closed`)
    if (operation !== 'create' && modelClosed(this.#before, model.name)) throw new Refused(`${model.name} is closed`)
  }

  #requireAllowed(model: ModelNode, row: Row, operation: Operation, judge = this.#before): void {
    if (this.#caller.class === 'system') return
    const rule = model.rules?.[operation]
    if (rule === undefined || !judge.holds(rule, [{ model: model.name, row }]))
      throw new Refused(`${operation} of the row`)
  }

  #requireField(model: ModelNode, row: Row, name: string, judge = this.#before): void {
    const rule = model.rules?.fields[name]?.write
    if (this.#caller.class === 'system' || rule === undefined) return
    if (!judge.holds(rule, [{ model: model.name, row }])) throw new Refused(`the rule of ${model.name}.${name}`)
  }

  /** What a row refers to exists for its writer; a part of a reference is none. */
  #requireReferences(model: ModelNode, row: Row, among: readonly string[]): void {
    for (const relation of Object.values(model.relations)) {
      if (relation.kind !== 'belongsTo' || !relation.on.some(({ local }) => among.includes(local))) continue
      const parts = relation.on.map(({ local }) => row[local] ?? null)
      if (parts.every(part => part === null)) continue
      if (parts.includes(null)) throw new Refused(`half of ${model.name}.${relation.name}`)
      const end = (this.rows[relation.target] ?? []).find(one =>
        relation.on.every(({ local, remote }) => one[remote] === row[local]),
      )
      // The system may refer to what a scope hides, such as a deleted row: it is there.
      const isSeen =
        end !== undefined && (this.#caller.class === 'system' || this.#seen(modelOf(this.#world, relation.target), end))
      if (end !== undefined) this.#shown.push({ model: modelOf(this.#world, relation.target), row: end, isSeen })
      if (!isSeen) {
        throw new Refused(`${model.name}.${relation.name} leads to nothing`)
      }
    }
  }

  #visible(model: ModelNode, key: readonly Value[]): Row {
    const row = rowsOf(this.#world, model.name).find(one => model.key.every((name, index) => one[name] === key[index]))
    if (row === undefined || !this.#isVisible(model, row)) throw new Refused(`there is no such ${model.name}`)
    return row
  }

  /** A row that a body names by its key: who may not read the key cannot name it. */
  #named(model: ModelNode, address: unknown): Row {
    if (model.key.some(name => fieldCertainty(this.#before, model.name, name) !== true)) {
      throw new Refused(`the key of ${model.name} is closed`)
    }
    const row = this.#visible(model, keyOf(model, address))
    this.#shown.push({ model, row, isSeen: true })
    return row
  }

  readonly #isVisible = (model: ModelNode, row: Row): boolean =>
    this.#before.inScope(model.name, row) &&
    !modelClosed(this.#before, model.name) &&
    this.#before.mayRead(model.name, row)

  /** Whether the caller sees a row as it is by now. */
  #seen(model: ModelNode, row: Row): boolean {
    const judge = this.#after()
    return judge.inScope(model.name, row) && !modelClosed(judge, model.name) && judge.mayRead(model.name, row)
  }

  #current(model: ModelNode, row: Row): Row {
    if (this.rows[model.name]?.includes(row) === true) return row
    throw new Undecided('a row that is changed twice')
  }

  /** A value that another row still has for a moment: databases look at once. */
  #noteUnique(model: ModelNode, row: Row): void {
    if (taken(model, this.rows[model.name] ?? [], row) !== null) this.#clashed = true
  }

  readonly #after = (): Judge => new Judge({ ...this.#world, rows: this.rows }, this.#caller, this.#now)

  /** Rules and scopes hold for rows as they have become, and so does what is unique. */
  #judgeTouched(): void {
    const judge = this.#after()
    for (const { model, row, operation, written } of this.#touched) {
      this.#requireAllowed(model, row, operation, judge)
      for (const name of written) this.#requireField(model, row, name, judge)
      if (!judge.inScope(model.name, row)) throw new Refused(`${model.name} leaves its scope`)
    }
    for (const { model, row } of this.#touched) {
      const fields = taken(model, this.rows[model.name] ?? [], row)
      if (fields !== null) throw new Refused(`${model.name} has these ${fields.join(', ')} already`)
    }
    for (const { model, row, isSeen } of this.#shown) {
      const now = this.rows[model.name]?.find(one => model.key.every(name => one[name] === row[name]))
      if (dependsOnOthers(model) && now !== undefined && isSeen !== this.#seen(model, now)) {
        throw new Undecided('a row that the write itself shows or hides')
      }
    }
    if (this.#clashed) throw new Undecided('what is unique in the end, and was not on the way')
  }
}

/** Whether rows of other tables decide who may read a row. */
const dependsOnOthers = ({ rules }: ModelNode): boolean =>
  /"(?:some|aggregate)"|"path":\["/.test(JSON.stringify(rules?.read ?? null))

type Nested = readonly [RelationNode, Body]
