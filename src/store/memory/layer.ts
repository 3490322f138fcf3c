/** Tables as a stack of changes: a layer sees what is below it, and is merged down or forgotten as a whole. */
import { foldCase } from '../../lib/index.ts'
import type { Value } from '../../model/index.ts'

export type Row = Readonly<Record<string, Value>>

/** A row has a number of its own, so that models without a key and changes of a key need no special case. */
export type RowNumber = number

const absent = null

/** The rows of one model in one layer. */
export class Table {
  /** The highest number that the table's sequence has given out. */
  sequence: bigint
  readonly #below: Table | null
  /** Rows that this layer holds or, as `null`, has removed. */
  readonly #rows = new Map<RowNumber, Row | null>()
  readonly #indexes = new Map<string, Index>()

  constructor(below: Table | null) {
    this.#below = below
    this.sequence = below?.sequence ?? 0n
  }

  get(number: RowNumber): Row | null {
    const own = this.#rows.get(number)
    return own === undefined ? (this.#below?.get(number) ?? absent) : own
  }

  /** All rows, in the order in which they were inserted. */
  *entries(): Generator<readonly [RowNumber, Row]> {
    if (this.#below !== null) {
      for (const [number, row] of this.#below.entries()) {
        const own = this.#rows.get(number)
        if (own === undefined) yield [number, row]
        else if (own !== null) yield [number, own]
      }
    }
    for (const [number, row] of this.#rows) {
      if (row !== null && (this.#below === null || this.#below.get(number) === null)) yield [number, row]
    }
  }

  /** The rows whose `fields` have these values, but for letter case in `folded`; none when one of the values is null. */
  *find(
    fields: readonly string[],
    values: readonly Value[],
    folded: readonly string[] = [],
  ): Generator<readonly [RowNumber, Row]> {
    if (values.includes(null)) return
    if (this.#below !== null) {
      for (const entry of this.#below.find(fields, values, folded)) if (!this.#rows.has(entry[0])) yield entry
    }
    const index = this.#index(fields, folded)
    for (const number of index.rows.get(indexKey(index, values)) ?? []) {
      const row = this.#rows.get(number)
      if (row !== undefined && row !== null) yield [number, row]
    }
  }

  put(number: RowNumber, row: Row): void {
    this.#forget(number)
    this.#rows.set(number, row)
    for (const index of this.#indexes.values()) enter(index, number, row)
  }

  remove(number: RowNumber): void {
    this.#forget(number)
    if (this.#below === null) this.#rows.delete(number)
    else this.#rows.set(number, null)
  }

  mergeInto(target: Table): void {
    target.sequence = this.sequence
    for (const [number, row] of this.#rows) {
      if (row === null) target.remove(number)
      else target.put(number, row)
    }
  }

  #forget(number: RowNumber): void {
    const before = this.#rows.get(number)
    if (before === undefined || before === null) return
    for (const index of this.#indexes.values()) {
      const key = indexKeyOf(index, before)
      const rows = index.rows.get(key)
      rows?.delete(number)
      if (rows?.size === 0) index.rows.delete(key)
    }
  }

  #index(fields: readonly string[], folded: readonly string[]): Index {
    const name = `${fields.join(' ')}/${folded.join(' ')}`
    let index = this.#indexes.get(name)
    if (index === undefined) {
      index = { fields, folded, rows: new Map<string, Set<RowNumber>>() }
      for (const [number, row] of this.#rows) if (row !== null) enter(index, number, row)
      this.#indexes.set(name, index)
    }
    return index
  }
}

interface Index {
  readonly fields: readonly string[]
  /** Those whose letter case does not count. */
  readonly folded: readonly string[]
  readonly rows: Map<string, Set<RowNumber>>
}

function enter(index: Index, number: RowNumber, row: Row): void {
  const key = indexKeyOf(index, row)
  const numbers = index.rows.get(key)
  if (numbers === undefined) index.rows.set(key, new Set([number]))
  else numbers.add(number)
}

const indexKeyOf = (index: Index, row: Row): string =>
  indexKey(
    index,
    index.fields.map(field => row[field] ?? null),
  )

const indexKey = ({ fields, folded }: Index, values: readonly Value[]): string =>
  JSON.stringify(
    values.map((value, place) =>
      typeof value === 'string' && folded.includes(fields[place] ?? '') ? foldCase(value) : value,
    ),
  )

/** The tables of all models in one layer. */
export class Layer {
  readonly #below: Layer | null
  readonly #tables = new Map<string, Table>()

  constructor(below: Layer | null) {
    this.#below = below
  }

  /** The table as it is seen from here. */
  read(model: string): Table {
    return this.#tables.get(model) ?? this.#below?.read(model) ?? this.change(model)
  }

  /** The part of the table that belongs to this layer. */
  change(model: string): Table {
    let table = this.#tables.get(model)
    if (table === undefined) {
      table = new Table(this.#below === null ? null : this.#below.read(model))
      this.#tables.set(model, table)
    }
    return table
  }

  /** The same rows, whatever happens to this layer from now on. */
  copy(): Layer {
    const copy = new Layer(this.#below)
    for (const [model, table] of this.#tables) table.mergeInto(copy.change(model))
    return copy
  }

  /** Gives what changed here to the layer below. This layer must not be used afterwards. */
  merge(): void {
    if (this.#below === null) return
    for (const [model, table] of this.#tables) table.mergeInto(this.#below.change(model))
  }
}
