/** Compares the tables of a database with what the models need, the same for every SQL database (semantics 38: only what loses nothing). */
import { type FieldNode, spokenName } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ConstraintShape, ExistingTable, Filling, Mend, SchemaDialect } from './schema-dialect.ts'
import type { IndexShape, TableShape } from './shape.ts'

export interface ComparedTable {
  readonly shape: TableShape
  /** Null: there is none. */
  readonly existing: ExistingTable | null
}

/** In an order in which the commands can be run. */
export function compareTables(tables: readonly ComparedTable[], dialect: SchemaDialect): readonly SchemaDifference[] {
  const found = tables.map(({ shape, existing }) => {
    if (existing !== null) return new Comparison(shape, existing, dialect).run()
    return shape.model.view ? missingView(shape, dialect) : missingTable(shape, dialect)
  })
  return [...found.flatMap(({ table }) => table), ...found.flatMap(({ references }) => references)]
}

interface TableDifferences {
  readonly table: readonly SchemaDifference[]
  /** These need the tables that they lead to. */
  readonly references: readonly SchemaDifference[]
}

function missingView({ model }: TableShape, dialect: SchemaDialect): TableDifferences {
  const description = `The view "${dialect.tableName(model)}" of ${model.name} is missing.`
  return { table: [{ model: model.name, description, commands: null }], references: [] }
}

function missingTable(shape: TableShape, dialect: SchemaDialect): TableDifferences {
  const model = shape.model.name
  const table = dialect.tableName(shape.model)
  const indexes = dialect.indexesApart ? shape.indexes.map(index => dialect.createIndex(shape, index, null)) : []
  const commands = [dialect.createTable(shape), ...indexes]
  const apart = dialect.referencesApart ? dialect.constraints(shape).filter(({ kind }) => kind === 'reference') : []
  return {
    table: [{ model, description: `The table "${table}" of ${spokenName(shape.model)} is missing.`, commands }],
    references: apart.map(reference => ({
      model,
      description: missingConstraint(table, reference),
      commands: commandsOf(dialect.addConstraint(shape, reference)),
    })),
  }
}

const missingConstraint = (table: string, { kind, name, text }: ConstraintShape): string =>
  kind === 'reference'
    ? `The reference "${name}" of the table "${table}" is missing.`
    : `The constraint "${name}" of the table "${table}" is missing: ${text}.`

const commandsOf = (mend: Mend): readonly string[] | null => (mend === 'rebuild' ? null : mend)

class Comparison {
  readonly #shape: TableShape
  readonly #existing: ExistingTable
  readonly #dialect: SchemaDialect
  readonly #table: string
  readonly #model: string
  readonly #differences: SchemaDifference[] = []
  readonly #indexes: SchemaDifference[] = []
  readonly #references: SchemaDifference[] = []
  /** What only a table that is made anew can have. */
  readonly #rebuilt: Omit<SchemaDifference, 'commands'>[] = []
  /** The columns that come with it. */
  readonly #added = new Map<FieldNode, Filling | null>()
  /** Columns that cannot be added: what rests on them has to wait. */
  readonly #withheld = new Set<FieldNode>()

  constructor(shape: TableShape, existing: ExistingTable, dialect: SchemaDialect) {
    this.#shape = shape
    this.#existing = existing
    this.#dialect = dialect
    this.#table = dialect.tableName(shape.model)
    this.#model = shape.model.name
  }

  run(): TableDifferences {
    for (const field of this.#shape.columns) this.#compareColumn(field)
    if (this.#shape.model.view) return { table: this.#differences, references: [] }
    this.#compareKey()
    this.#compareUnknown()
    const declared = this.#dialect.constraints(this.#shape)
    for (const constraint of declared) this.#compareConstraint(constraint)
    this.#compareUndeclared(new Set(declared.map(({ name }) => name)))
    if (this.#rebuilt.length > 0) this.#rebuild()
    for (const index of this.#shape.indexes) this.#compareIndex(index)
    this.#compareUndeclaredUniques()
    return { table: [...this.#differences, ...this.#indexes], references: this.#references }
  }

  #differ(description: string, mend: Mend, tolerable = false): void {
    this.#tell({ model: this.#model, description, tolerable }, mend)
  }

  #tell(difference: Omit<SchemaDifference, 'commands'>, mend: Mend): void {
    if (mend === 'rebuild') this.#rebuilt.push(difference)
    else this.#differences.push({ ...difference, commands: mend })
  }

  /** A table without rows has nothing to lose. */
  #whenEmpty(mend: () => Mend): Mend {
    return this.#existing.empty ? mend() : null
  }

  #compareColumn(field: FieldNode): void {
    const name = `${this.#model}.${field.name}`
    const column = this.#existing.columns.find(one => one.name === field.column)
    if (column === undefined) {
      this.#missingColumn(field, `The column "${field.column}" of ${name} is missing.`)
      return
    }
    const place = `The column "${this.#table}.${field.column}"`
    const type = this.#dialect.columnType(this.#shape, field)
    const collation = this.#dialect.collation(field)
    const changeType = (): Mend => this.#dialect.changeType(this.#shape, field)
    if (column.type !== type)
      this.#differ(
        `${place} is ${column.type}, and ${name} needs ${type}.`,
        this.#whenEmpty(changeType),
        hasMoreRoom(column.type, type),
      )
    else if (collation !== null && !collation.isSame(column.collation)) {
      this.#differ(
        `${place} compares text by "${column.collation}", and ${name} by code point ("${collation.name}").`,
        this.#whenEmpty(changeType),
      )
    }
    if (this.#shape.model.view) return
    if (!column.required && !field.nullable && !this.#isAlwaysThere(field)) {
      this.#differ(
        `${place} allows null, and ${name} refuses it.`,
        this.#whenEmpty(() => this.#dialect.refuseNull(this.#shape, field)),
        true,
      )
    }
    if (column.required && field.nullable)
      this.#differ(`${place} refuses null, and ${name} allows it.`, this.#dialect.allowNull(this.#shape, field.column))
  }

  /** A key of a table that was there before: rows without one have no address. */
  #isAlwaysThere(field: FieldNode): boolean {
    if (this.#dialect.isAlwaysThere(field) || field.default?.from === 'database') return true
    return this.#shape.model.adopted && this.#shape.key.includes(field)
  }

  #missingColumn(field: FieldNode, missing: string): void {
    const differ = (more: string, mend: Mend): void => {
      const description = `${missing}${more}`
      this.#tell({ model: this.#model, description, tolerable: false, missingColumn: field.column }, mend)
    }
    const filling = fillingOf(field)
    const fits = this.#existing.empty || (filling !== 'none' && !this.#shape.key.includes(field))
    if (!fits) {
      this.#withheld.add(field)
      differ(' Rows that are there have no value for it; a default or optional() would give them one.', null)
      return
    }
    const given = this.#existing.empty || filling === 'none' ? null : filling
    const mend = this.#dialect.addColumn(this.#shape, field, given)
    if (mend === 'rebuild') this.#added.set(field, given)
    differ(told(given), mend)
  }

  #compareKey(): void {
    const has = this.#existing.key
    const needs = this.#shape.key.map(({ column }) => column)
    // Rows are not addressed by a key that no field can be.
    if (this.#shape.model.adopted && needs.length === 0) return
    // In which order the columns of a key stand decides what it finds fast, not what it says.
    const same = this.#shape.model.adopted
      ? has.toSorted().join() === needs.toSorted().join()
      : has.join() === needs.join()
    if (same || (this.#shape.model.adopted && this.#isUnique(this.#shape.key))) return
    this.#differ(
      `The key of the table "${this.#table}" is (${has.join(', ')}), and ${this.#model} needs (${needs.join(', ')}).`,
      this.#whenEmpty(() => this.#dialect.changeKey(this.#shape)),
    )
  }

  /** A table that was there before may have a unique index where a model has its key. */
  #isUnique(fields: readonly FieldNode[]): boolean {
    const columns = fields.map(field => ({ field, descending: false, ignoreCase: false }))
    const index = { name: 'key', unique: true, columns, liveOnly: null }
    return [...this.#existing.indexes.values()].some(text => this.#dialect.isIndex(this.#shape, index, text))
  }

  /** What Plinth does not know must be able to stay empty, or no row could be inserted. */
  #compareUnknown(): void {
    const known = new Set(this.#shape.columns.map(({ column }) => column))
    for (const { name, required, filled } of this.#existing.columns) {
      if (known.has(name) || !required || filled) continue
      this.#differ(
        `The column "${this.#table}.${name}" refuses null, and ${this.#model} has no field for it.`,
        this.#existing.key.includes(name) ? null : this.#dialect.allowNull(this.#shape, name),
      )
    }
  }

  #compareConstraint(constraint: ConstraintShape): void {
    const { constraints, empty } = this.#existing
    const found = constraints.get(constraint.name)
    if (found === undefined) {
      this.#missingConstraint(constraint)
      return
    }
    const judged = constraint.compare(found)
    if (judged === 'same') return
    const { name, text } = constraint
    this.#differ(
      `The constraint "${name}" of the table "${this.#table}" is "${found}", and ${this.#model} needs "${text}".`,
      judged === 'narrower' || empty ? this.#dialect.replaceConstraint(this.#shape, constraint) : null,
      judged !== 'narrower',
    )
  }

  #missingConstraint(constraint: ConstraintShape): void {
    const { constraints, unread, empty } = this.#existing
    const { kind, columns, comesWithColumn } = constraint
    if (kind === 'form' && this.#shape.model.adopted) return
    const fresh = columns.filter(field => !this.#hasColumn(field))
    if (fresh.some(field => this.#withheld.has(field))) return
    if (comesWithColumn && fresh.length > 0) return
    if ([...constraints.values()].some(one => constraint.isServedBy(one))) return
    // A reference of which one column is null leads nowhere, and all are null in a column that is new.
    const holds = empty || (kind === 'reference' && fresh.some(field => field.nullable && field.default === null))
    const mend = holds ? this.#dialect.addConstraint(this.#shape, constraint) : null
    const description =
      unread === undefined
        ? missingConstraint(this.#table, constraint)
        : `Whether the table "${this.#table}" has the constraint "${constraint.name}" is not known: what made it is not understood at ${unread}.`
    if (kind === 'reference' && this.#dialect.referencesApart)
      this.#references.push({ model: this.#model, description, commands: commandsOf(mend), tolerable: true })
    else this.#differ(description, mend, true)
  }

  #hasColumn(field: FieldNode): boolean {
    return this.#existing.columns.some(({ name }) => name === field.column)
  }

  #compareUndeclared(declared: ReadonlySet<string>): void {
    if (this.#shape.model.adopted) return
    for (const name of this.#existing.constraints.keys()) {
      if (declared.has(name)) continue
      const mend = this.#dialect.dropConstraint(this.#shape, name, this.#existing)
      if (mend !== 'keep')
        this.#differ(`The constraint "${name}" of the table "${this.#table}" is declared no more.`, mend, true)
    }
  }

  #compareIndex(index: IndexShape): void {
    if (index.columns.some(({ field }) => this.#withheld.has(field))) return
    const { indexes } = this.#existing
    const found = indexes.get(index.name)
    const same = (text: string): boolean => this.#dialect.isIndex(this.#shape, index, text)
    if (found === undefined ? [...indexes.values()].some(same) : same(found)) return
    const what = `The ${index.unique ? 'unique index' : 'index'} "${index.name}" of ${this.#model}`
    const create = this.#dialect.createIndex(this.#shape, index, this.#existing)
    const description = found === undefined ? `${what} is missing.` : `${what} has changed.`
    const commands = found === undefined ? [create] : [this.#dialect.dropIndex(this.#shape, index.name), create]
    this.#indexes.push({ model: this.#model, description, commands, tolerable: true })
  }

  /** A unique index that Plinth made refuses what is allowed now; whatever else is an index loses nothing by staying. */
  #compareUndeclaredUniques(): void {
    const { model, indexes: declared } = this.#shape
    if (model.adopted) return
    for (const [name, text] of this.#existing.indexes) {
      const made = name.startsWith(`${model.table}_`) && name.endsWith('_unique') && /^create unique /iu.test(text)
      if (!made || declared.some(index => index.name === name || this.#dialect.isIndex(this.#shape, index, text)))
        continue
      const description = `The unique index "${name}" of ${this.#model} is declared no more.`
      this.#indexes.push({
        model: this.#model,
        description,
        commands: [this.#dialect.dropIndex(this.#shape, name)],
        tolerable: true,
      })
    }
  }

  /** One table made anew mends all of them; the first one carries the commands. */
  #rebuild(): void {
    // Nobody knows what else a table says that was there before its model.
    const whole = !this.#shape.model.adopted && this.#differences.every(({ commands }) => commands !== null)
    const commands = whole ? this.#dialect.rebuildTable(this.#shape, this.#existing, this.#added) : null
    for (const [position, difference] of this.#rebuilt.entries()) {
      const own = position === 0 ? commands : []
      const waits = !whole && !this.#shape.model.adopted
      const description = waits ? `${difference.description} ${waitsForOthers}` : difference.description
      this.#differences.push({ ...difference, description, commands: commands === null ? null : own })
    }
    if (commands === null) for (const field of this.#added.keys()) this.#withheld.add(field)
  }
}

/** A table is made anew as a whole or not at all. */
const waitsForOthers = 'It comes by itself with the table, as soon as nothing else of it has to be done by hand.'

/** A text of more characters, or a number of more digits before the same point. */
function hasMoreRoom(found: string, needed: string): boolean {
  const form = /^(varchar|decimal|numeric)\((\d+)(,\d+)?\)(.*)$/u
  const [has, wants] = [form.exec(found), form.exec(needed)]
  if (has === null || wants === null) return found.startsWith('longtext') && needed.startsWith('varchar')
  const isSame = [1, 3, 4].every(part => has[part] === wants[part])
  return isSame && Number(has[2]) > Number(wants[2])
}

/** What rows that are there get; null where the column needs nothing, `none` where there is no honest value. */
function fillingOf(field: FieldNode): Filling | 'none' | null {
  if (field.nullable) return null
  switch (field.default?.from) {
    case 'literal':
      return field.default.value === null ? 'none' : null
    case 'now':
      return 'moment'
    case 'version':
      return 'firstVersion'
    default:
      return 'none'
  }
}

function told(filling: Filling | null): string {
  switch (filling) {
    case 'moment':
      return ' Rows that are there get the moment of the change.'
    case 'firstVersion':
      return ' Rows that are there get 1.'
    case null:
      return ''
  }
}
