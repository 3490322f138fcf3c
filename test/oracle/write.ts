/**
 * Carries out a write by brute force: what the rows are afterwards, or that it is refused. It knows what a write means and nothing of how it is
 * done; where more than one meaning would do, it says so and decides nothing.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ModelNode, Value } from '../../src/model/index.ts'
import type { FilterRequest } from '../../src/query/index.ts'
import { remove } from './deletion.ts'
import { checkFilter, fulfils, type Refusals } from './filter.ts'
import { mayTouchDeleted } from './find.ts'
import { Ledger, Refused, type Rows, Undecided, type Writing } from './ledger.ts'
import { fieldCertainty, modelClosed } from './rights.ts'
import { modelOf, type Row, rowsOf } from './world.ts'
import { NestedWrites } from './nested-writes.ts'
import type { Body } from './written-row.ts'

export type WriteRequest =
  | { readonly operation: 'create'; readonly model: string; readonly body: Body }
  | { readonly operation: 'createMany'; readonly model: string; readonly bodies: readonly Body[] }
  | { readonly operation: 'update'; readonly model: string; readonly key: readonly Value[]; readonly body: Body }
  | {
      readonly operation: 'upsert'
      readonly model: string
      readonly on: readonly string[]
      readonly create: Body
      readonly update: Body
    }
  | { readonly operation: 'delete' | 'restore'; readonly model: string; readonly key: readonly Value[] }
  | {
      readonly operation: 'updateMany'
      readonly model: string
      readonly where: FilterRequest
      readonly values: readonly Value[]
      readonly body: Body
    }
  | {
      readonly operation: 'deleteMany'
      readonly model: string
      readonly where: FilterRequest
      readonly values: readonly Value[]
    }

/**
 * `rows`: all of them, as they are afterwards; keys that the server makes are `new Model 1`, `new Model 2` …, in the order in which the rows of a
 * model are made. `undecided`: why the oracle does not say.
 */
export type WriteOutcome =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'done'; readonly rows: Rows }
  | { readonly kind: 'undecided'; readonly why: string }

export function write(request: WriteRequest, writing: Writing): WriteOutcome {
  const ledger = new Ledger(writing)
  try {
    new Attempt(ledger).perform(request)
    return { kind: 'done', rows: ledger.rows }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', why: error.message }
    if (error instanceof Undecided) return { kind: 'undecided', why: error.message }
    // A key that the server is yet to make has a name here, and no number.
    if (error instanceof RangeError)
      return { kind: 'undecided', why: 'a rule that asks for a number that is not there yet' }
    throw error
  }
}

class Attempt {
  readonly #ledger: Ledger
  readonly #nested: NestedWrites

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    this.#nested = new NestedWrites(ledger)
  }

  perform(request: WriteRequest): void {
    const model = modelOf(this.#ledger.world, request.model)
    switch (request.operation) {
      case 'create':
        this.#create(model, [request.body])
        break
      case 'createMany':
        this.#create(model, request.bodies)
        break
      case 'update':
        this.#update(model, this.#ledger.visible(model, request.key), request.key, request.body)
        break
      case 'upsert':
        this.#upsert(model, request)
        break
      case 'delete':
        this.#delete(model, request.key)
        break
      case 'restore':
        this.#restore(model, request.key)
        break
      case 'updateMany':
        this.#updateMany(model, request)
        break
      case 'deleteMany':
        this.#deleteMany(model, request)
        break
      default:
        request satisfies never
    }
    this.#ledger.judgeTouched()
  }

  #create(model: ModelNode, bodies: readonly Body[]): void {
    const ledger = this.#ledger
    ledger.requireOpen(model, 'create')
    const read = bodies.map(body => ledger.read(model, body, 'create'))
    const references = this.#nested.writeReferences(
      model,
      read.map(({ nested }) => nested),
    )
    const made = ledger.insert(
      model,
      read.map(({ values, nested }, index) => ({
        values: { ...values, ...references[index] },
        written: [
          ...Object.keys(values),
          ...nested.map(([relation]) => relation.name),
          ...Object.keys(references[index] ?? {}),
        ],
      })),
    )
    this.#nested.writeDependents(made.map((row, index) => ({ row, nested: read[index]?.nested ?? [] })))
  }

  #update(model: ModelNode, seen: Row | null, key: readonly Value[], body: Body): void {
    const ledger = this.#ledger
    ledger.requireOpen(model, 'update')
    if (seen === null) throw new Refused(`there is no such ${model.name}`)
    ledger.requireAllowed(model, seen, 'update')
    const { values, nested } = ledger.read(model, body, 'update')
    const [references = {}] = this.#nested.writeReferences(model, [nested])
    const row = ledger.stored(model, key)
    if (row === null) throw new Undecided('a row that its own references change')
    const written = [...Object.keys(values), ...nested.map(([relation]) => relation.name), ...Object.keys(references)]
    const given = { ...values, ...references }
    const counts = Object.keys(given).length > 0
    const changed = ledger.change(model, row, given, written, counts)
    const before = structuredClone(ledger.rows)
    this.#nested.writeDependents([{ row: changed, nested }])
    // What its relations are is the row's, too; what is empty or was so already changes nothing.
    if (!counts && !isDeepStrictEqual(before, ledger.rows)) ledger.change(model, changed, {}, [], true)
  }

  #upsert(model: ModelNode, { on, create, update }: Extract<WriteRequest, { operation: 'upsert' }>): void {
    const ledger = this.#ledger
    if (on.some(name => fieldCertainty(ledger.before, model.name, name) !== true)) throw new Refused('a closed unique')
    const tuple = on.map(name => (create[name] as Value | undefined) ?? null)
    if (tuple.includes(null)) throw new Refused('a unique that is not given')
    ledger.read(model, create, 'create')
    const there = ledger.addressed(model, on, tuple).filter(row => ledger.before.inScope(model.name, row))
    const [row] = there
    if (row === undefined) {
      this.#create(model, [create])
      return
    }
    if (!ledger.isVisible(model, row)) throw new Refused('what is there is not seen')
    this.#update(model, row, ledger.keyOfRow(model, row), update)
  }

  #delete(model: ModelNode, key: readonly Value[]): void {
    this.#ledger.requireOpen(model, 'delete')
    const row = this.#ledger.visible(model, key)
    if (row === null) throw new Refused(`there is no such ${model.name}`)
    this.#ledger.requireAllowed(model, row, 'delete')
    remove(this.#ledger, model, [row])
  }

  #restore(model: ModelNode, key: readonly Value[]): void {
    const ledger = this.#ledger
    const field = model.softDeleteField
    if (field === null) throw new Refused('nothing is only marked here')
    ledger.requireOpen(model, 'update')
    if (!mayTouchDeleted(ledger.before, model.name)) throw new Refused('what is deleted is closed')
    const row = ledger.stored(model, key)
    if (
      row === null ||
      !ledger.before.inScope(model.name, { ...row, [field]: null }) ||
      !ledger.before.mayRead(model.name, row)
    )
      throw new Refused(`there is no such ${model.name}`)
    ledger.requireAllowed(model, row, 'update')
    if (row[field] !== null) ledger.change(model, row, { [field]: null }, [], true, false)
  }

  #found(model: ModelNode, where: FilterRequest, values: readonly Value[]): readonly Row[] {
    const { before } = this.#ledger
    const refusals: Refusals = new Set()
    if (modelClosed(before, model.name)) throw new Refused(`${model.name} is closed`)
    checkFilter(before, model.name, where, refusals)
    if (refusals.size > 0) throw new Refused([...refusals].join(', '))
    return rowsOf(this.#ledger.world, model.name).filter(
      row => this.#ledger.isVisible(model, row) && fulfils(before, { model: model.name, row }, where, values),
    )
  }

  #updateMany(model: ModelNode, { where, values, body }: Extract<WriteRequest, { operation: 'updateMany' }>): void {
    const ledger = this.#ledger
    ledger.requireOpen(model, 'update')
    const read = ledger.read(model, body, 'update')
    const written = Object.keys(read.values)
    if (read.nested.length > 0) throw new Refused('relations of many rows')
    for (const name of written) {
      const isUnique = model.uniques.some(({ fields }) => fields.length === 1 && fields[0] === name)
      if (isUnique && read.values[name] !== null) throw new Refused('one unique value for many')
      ledger.requireFieldOpen(model, name)
    }
    const rows = this.#found(model, where, values).filter(row => ledger.isAllowed(model, row, 'update', written))
    if (written.length === 0) return
    ledger.changeAll(
      model,
      rows.map(row => ({ row, values: read.values })),
      written,
    )
  }

  #deleteMany(model: ModelNode, { where, values }: Extract<WriteRequest, { operation: 'deleteMany' }>): void {
    this.#ledger.requireOpen(model, 'delete')
    const rows = this.#found(model, where, values).filter(row => this.#ledger.isAllowed(model, row, 'delete', []))
    remove(this.#ledger, model, rows)
  }
}
