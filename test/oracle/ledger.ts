/** The rows during a write that the oracle carries out, and what every change of them has to fulfil. */
import type { FieldNode, ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import type { Caller } from '../../src/query/index.ts'
import { folded } from './datum.ts'
import { Judge } from './evaluate.ts'
import { certainty, fieldCertainty, modelClosed } from './rights.ts'
import { modelOf, type Row, type World } from './world.ts'
import { bodies, type Body, initial, isMade, keyOf, slugOf, taken } from './written-row.ts'

export interface Writing {
  readonly world: World
  readonly caller: Caller
  readonly now: string
}

export type Rows = Readonly<Record<string, readonly Row[]>>
export type Nested = readonly [RelationNode, Body]
type Values = Readonly<Record<string, Value>>
type Operation = 'create' | 'update' | 'delete'

export class Refused extends Error {}
export class Undecided extends Error {}

/** What has become of a row, and which of its fields its writer has named. */
interface Touched {
  readonly model: ModelNode
  readonly row: Row
  readonly operation: 'create' | 'update'
  readonly written: readonly string[]
  /** What other rows of the same statement name. */
  readonly beside: readonly string[]
}

export class Ledger {
  readonly world: World
  readonly caller: Caller
  readonly now: string
  /** Who may do what, by the rows as they were. */
  readonly before: Judge
  readonly rows: Record<string, Row[]>
  readonly #touched: Touched[] = []
  /** Rows that were referred to, and whether the caller saw them then. */
  readonly #shown: { readonly model: ModelNode; readonly row: Row; readonly isSeen: boolean }[] = []
  /** Rows that were allowed as soon as they had become what they are. */
  readonly #allowed = new Set<Row>()
  readonly #made = new Map<string, number>()
  #clashed = false

  constructor({ world, caller, now }: Writing) {
    this.world = world
    this.caller = caller
    this.now = now
    this.before = new Judge(world, caller, now)
    this.rows = Object.fromEntries(Object.entries(world.rows).map(([model, rows]) => [model, [...rows]]))
  }

  /** Who may do what by now. */
  judge(): Judge {
    return new Judge({ ...this.world, rows: this.rows }, this.caller, this.now)
  }

  /** All of them are made at once: none is there for the others. */
  insert(
    model: ModelNode,
    rows: readonly { readonly values: Values; readonly written: readonly string[] }[],
  ): readonly Row[] {
    for (const { name, default: source } of Object.values(model.fields)) {
      const given = rows.filter(({ values }) => values[name] !== undefined)
      if (source?.from === 'sequence' && given.length > 0 && given.length < rows.length)
        throw new Refused(`${model.name}.${name} is given to some rows and not to others`)
    }
    const made = rows.map(({ values, written }) => {
      const row = this.#complete(model, values)
      this.#requireReferences(model, row, written)
      return { row, written }
    })
    const all = (this.rows[model.name] ??= [])
    const named = [...new Set(rows.flatMap(({ written }) => written))]
    for (const { row, written } of made) {
      all.push(row)
      const beside = named.filter(name => !written.includes(name))
      this.#touch({ model, row, operation: 'create', written, beside })
    }
    return made.map(({ row }) => row)
  }

  #complete(model: ModelNode, values: Values): Row {
    const row: Record<string, Value> = {}
    for (const field of Object.values(model.fields)) {
      const given = values[field.name]
      if (given === undefined && isMade(field)) {
        const number = (this.#made.get(model.name) ?? 0) + 1
        this.#made.set(model.name, number)
        row[field.name] = `new ${model.name} ${number}`
        continue
      }
      const value = given ?? initial(field, values, this.now)
      if (value === undefined) throw new Refused(`${model.name}.${field.name} is missing`)
      row[field.name] = value
    }
    return row
  }

  /** `counts`: it is a change, whatever is set. `ruled`: the rule holds for the row as it becomes, too. */
  change(model: ModelNode, row: Row, values: Values, written: readonly string[], counts: boolean, ruled = true): Row {
    if (ruled) for (const name of written) this.requireField(model, row, name)
    const changed = this.#changed(model, row, values, counts)
    // Marking a row is a change of it that its moment does not count.
    if (!ruled && row['updatedAt'] !== undefined) changed['updatedAt'] = row['updatedAt']
    this.#replace(model, row, changed)
    this.#requireReferences(model, changed, written)
    if (ruled) this.#touch({ model, row: changed, operation: 'update', written, beside: [] })
    else this.#noteUnique(model, changed)
    return changed
  }

  /** All of them become as they will be at once. */
  changeAll(
    model: ModelNode,
    changes: readonly { readonly row: Row; readonly values: Values }[],
    written: readonly string[],
  ): void {
    const changed = changes.map(({ row, values }) => {
      const after = this.#changed(model, row, values, true)
      this.#replace(model, row, after)
      return after
    })
    for (const row of changed) this.#requireReferences(model, row, written)
    for (const row of changed) this.#touch({ model, row, operation: 'update', written, beside: [] })
  }

  #changed(model: ModelNode, row: Row, values: Values, counts: boolean): Record<string, Value> {
    const changed: Record<string, Value> = { ...row, ...values }
    if (!counts) return changed
    for (const field of Object.values(model.fields)) {
      const { name, from, default: source } = field
      if (values[name] !== undefined) continue
      if (source?.from === 'now' && source.onUpdate) changed[name] = this.now
      const text = from === null ? undefined : values[from]
      if (typeof text === 'string' && !field.immutable) changed[name] = slugOf(text)
    }
    const { versionField } = model
    if (versionField !== null && values[versionField] === undefined)
      changed[versionField] = Number(row[versionField]) + 1
    return changed
  }

  #replace(model: ModelNode, row: Row, changed: Row): void {
    const rows = this.rows[model.name] ?? []
    const place = rows.indexOf(row)
    if (place < 0) throw new Undecided('a row that is changed twice')
    rows[place] = changed
  }

  #touch(touched: Touched): void {
    this.#noteUnique(touched.model, touched.row)
    this.#touched.push(touched)
    const { model, row, operation, written } = touched
    if (this.isAllowed(model, row, operation, written, this.judge())) this.#allowed.add(row)
  }

  /** A value that another row still has for a moment: databases look at once. */
  #noteUnique(model: ModelNode, row: Row): void {
    if (taken(model, this.rows[model.name] ?? [], row) !== null) this.#clashed = true
  }

  /** What the caller wrote leads to rows that the caller may read; everything leads somewhere. */
  #requireReferences(model: ModelNode, row: Row, written: readonly string[]): void {
    for (const relation of Object.values(model.relations)) {
      if (relation.kind !== 'belongsTo' || !relation.on.some(({ local }) => written.includes(local))) continue
      const parts = relation.on.map(({ local }) => row[local] ?? null)
      if (parts.every(part => part === null)) continue
      if (parts.includes(null)) throw new Refused(`half of ${model.name}.${relation.name}`)
      const target = modelOf(this.world, relation.target)
      const isSame = (one: Row): boolean => relation.on.every(({ local, remote }) => one[remote] === row[local])
      const end = [...(this.rows[relation.target] ?? [])].find(isSame)
      if (end === undefined && target === model && isSame(row)) throw new Undecided('a new row that refers to itself')
      // The system may refer to what a scope hides, such as a deleted row: it is there.
      const isSeen = end !== undefined && (this.caller.class === 'system' || this.seen(target, end))
      if (end !== undefined) this.#shown.push({ model: target, row: end, isSeen })
      if (!isSeen) throw new Refused(`${model.name}.${relation.name} leads to nothing`)
    }
  }

  /** The row with this key, whoever may see it. */
  stored(model: ModelNode, key: readonly Value[]): Row | null {
    return this.addressed(model, model.key, key)[0] ?? null
  }

  keyOfRow(model: ModelNode, row: Row): readonly Value[] {
    return model.key.map(name => row[name] ?? null)
  }

  /** Rows with these values, as the unique over the fields compares them. */
  addressed(model: ModelNode, fields: readonly string[], tuple: readonly Value[]): readonly Row[] {
    return (this.rows[model.name] ?? []).filter(row =>
      this.isSaid(
        model,
        fields,
        fields.map(name => row[name] ?? null),
        tuple,
      ),
    )
  }

  /** Whether both say the same row, as the unique over the fields compares them. */
  isSaid(model: ModelNode, fields: readonly string[], one: readonly Value[], other: readonly Value[]): boolean {
    const unique = model.uniques.find(each => JSON.stringify(each.fields) === JSON.stringify(fields))
    return fields.every((name, index) => {
      const said = (value: Value | undefined): Value | undefined =>
        typeof value === 'string' && unique?.ignoreCase?.includes(name) === true ? folded(value) : value
      return said(one[index]) === said(other[index])
    })
  }

  /** The row with this key, if the caller sees it by now. */
  visible(model: ModelNode, key: readonly Value[]): Row | null {
    const row = this.stored(model, key)
    return row !== null && this.seen(model, row) ? row : null
  }

  /** A row that a body names by its key: who may not read the key cannot name it. */
  named(model: ModelNode, address: unknown): Row {
    if (model.key.some(name => fieldCertainty(this.before, model.name, name) !== true))
      throw new Refused(`the key of ${model.name} is closed`)
    const row = this.visible(model, keyOf(model, address))
    if (row === null) throw new Refused(`there is no such ${model.name}`)
    this.#shown.push({ model, row, isSeen: true })
    return row
  }

  isVisible(model: ModelNode, row: Row): boolean {
    return (
      this.before.inScope(model.name, row) &&
      !modelClosed(this.before, model.name) &&
      this.before.mayRead(model.name, row)
    )
  }

  /** Whether the caller sees a row as it is by now. */
  seen(model: ModelNode, row: Row): boolean {
    const judge = this.judge()
    return judge.inScope(model.name, row) && !modelClosed(judge, model.name) && judge.mayRead(model.name, row)
  }

  /** The fields and relations of a body; what nobody may write from outside is refused. */
  read(model: ModelNode, body: Body, mode: 'create' | 'update'): { values: Record<string, Value>; nested: Nested[] } {
    const values: Record<string, Value> = {}
    const nested: Nested[] = []
    for (const [name, given] of Object.entries(body)) {
      if (given === undefined) continue
      const relation = model.relations[name]
      if (relation !== undefined) {
        for (const { local } of relation.kind === 'belongsTo' ? relation.on : []) {
          this.requireWritable(model, local, mode)
          if (model.fields[local]?.relation === name && body[local] !== undefined)
            throw new Refused(`${name} is given twice`)
        }
        for (const word of ['create', 'connectOrCreate', 'setOrCreate'])
          for (const inner of bodies((given as Body)[word]))
            this.read(modelOf(this.world, relation.target), inner, 'create')
        this.#requireWords(relation, given as Body)
        nested.push([relation, given as Body])
        continue
      }
      const field = this.requireWritable(model, name, mode)
      if (given === null && !field.nullable) throw new Refused(`${name} cannot be null`)
      values[name] = given as Value
    }
    return { values, nested }
  }

  /** Whoever cannot write the reference of a child cannot write it from its parent. */
  #requireWords({ kind, target, on }: RelationNode, words: Body): void {
    if (kind !== 'hasMany' && kind !== 'hasOne') return
    const child = modelOf(this.world, target)
    for (const word of Object.keys(words)) {
      const mode = word === 'create' || word.endsWith('OrCreate') ? 'create' : 'update'
      for (const { remote } of on) this.requireWritable(child, remote, mode)
    }
    if (words['disconnect'] !== undefined && on.every(({ remote }) => child.fields[remote]?.nullable !== true))
      throw new Refused(`${target} has to belong to something`)
  }

  requireWritable(model: ModelNode, name: string, mode: 'create' | 'update'): FieldNode {
    const field = model.fields[name]
    if (field === undefined) throw new Refused(`${model.name} has no ${name}`)
    const server = field.readOnly || field.private || name === model.versionField || name === model.softDeleteField
    if (server && this.caller.class !== 'system') throw new Refused(`${name} is the server's`)
    if (mode === 'update' && (field.immutable || model.key.includes(name)))
      throw new Refused(`${name} cannot be changed`)
    return field
  }

  /** Closed to the caller whatever the row. */
  requireOpen(model: ModelNode, operation: Operation): void {
    if (this.caller.class === 'system') return
    const rule = model.rules?.[operation]
    if (rule === undefined || certainty(this.before, rule) === false)
      throw new Refused(`${operation} of ${model.name} is closed`)
    if (operation !== 'create' && modelClosed(this.before, model.name)) throw new Refused(`${model.name} is closed`)
  }

  requireFieldOpen(model: ModelNode, name: string): void {
    const rule = model.rules?.fields[name]?.write
    if (this.caller.class !== 'system' && rule !== undefined && certainty(this.before, rule) === false)
      throw new Refused(`writing ${model.name}.${name} is closed`)
  }

  isAllowed(
    model: ModelNode,
    row: Row,
    operation: Operation,
    written: readonly string[],
    judge = this.before,
  ): boolean {
    if (this.caller.class === 'system') return true
    const rules = [model.rules?.[operation], ...written.map(name => model.rules?.fields[name]?.write ?? null)]
    return rules.every(rule => rule === null || (rule !== undefined && judge.holds(rule, [{ model: model.name, row }])))
  }

  requireAllowed(model: ModelNode, row: Row, operation: Operation, judge = this.before): void {
    if (!this.isAllowed(model, row, operation, [], judge)) throw new Refused(`${operation} of the row`)
  }

  requireField(model: ModelNode, row: Row, name: string, judge = this.before): void {
    const rule = model.rules?.fields[name]?.write
    if (this.caller.class === 'system' || rule === undefined) return
    if (!judge.holds(rule, [{ model: model.name, row }])) throw new Refused(`the rule of ${model.name}.${name}`)
  }

  /** Rules and scopes hold for rows as they have become, and so does what is unique. */
  judgeTouched(): void {
    const judge = this.judge()
    for (const { model, row, operation, written, beside } of this.#touched) {
      if (this.#allowed.has(row) !== this.isAllowed(model, row, operation, written, judge))
        throw new Undecided('a row that the write allows or closes behind it')
      this.requireAllowed(model, row, operation, judge)
      for (const name of written) this.requireField(model, row, name, judge)
      if (!judge.inScope(model.name, row)) throw new Refused(`${model.name} leaves its scope`)
      if (!this.isAllowed(model, row, operation, beside, judge)) throw new Undecided('a field that another row names')
    }
    for (const { model } of this.#touched) {
      for (const row of this.rows[model.name] ?? []) {
        const fields = taken(model, this.rows[model.name] ?? [], row)
        if (fields !== null) throw new Refused(`${model.name} has these ${fields.join(', ')} already`)
      }
    }
    for (const { model, row, isSeen } of this.#shown) {
      const now = this.rows[model.name]?.find(one => model.key.every(name => one[name] === row[name]))
      if (dependsOnOthers(model) && now !== undefined && isSeen !== this.seen(model, now)) {
        throw new Undecided('a row that the write itself shows or hides')
      }
    }
    if (this.#clashed) throw new Undecided('what is unique in the end, and was not on the way')
  }
}

/** Whether rows of other tables decide who may read a row. */
const dependsOnOthers = ({ rules }: ModelNode): boolean =>
  /"(?:some|aggregate)"|"path":\["/.test(JSON.stringify(rules?.read ?? null))
