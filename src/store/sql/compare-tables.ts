/** Compares the tables of a database with what the models need, the same for every SQL database (semantics 38: only what loses nothing). */
import type { FieldNode } from '../../model/index.ts'
import type { SchemaDifference } from '../contract/index.ts'
import type { ConstraintShape, ExistingTable, Mend, SchemaDialect } from './schema-dialect.ts'
import type { IndexShape, TableShape } from './shape.ts'

export interface ComparedTable {
  readonly shape: TableShape
  /** Null: there is none. */
  readonly existing: ExistingTable | null
}

/** In an order in which the commands can be run. */
export function compareTables(tables: readonly ComparedTable[], dialect: SchemaDialect): readonly SchemaDifference[] {
  const found = tables.map(({ shape, existing }) =>
    existing === null ? missingTable(shape, dialect) : new Comparison(shape, existing, dialect).run(),
  )
  return [...found.flatMap(({ table }) => table), ...found.flatMap(({ references }) => references)]
}

interface TableDifferences {
  readonly table: readonly SchemaDifference[]
  /** These need the tables that they lead to. */
  readonly references: readonly SchemaDifference[]
}

function missingTable(shape: TableShape, dialect: SchemaDialect): TableDifferences {
  const model = shape.model.name
  const table = dialect.tableName(shape.model)
  const commands = [dialect.createTable(shape), ...shape.indexes.map(index => dialect.createIndex(shape, index))]
  const apart = dialect.referencesApart ? dialect.constraints(shape).filter(({ kind }) => kind === 'reference') : []
  return {
    table: [{ model, description: `The table "${table}" of ${model} is missing.`, commands }],
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
  /** Why the table has to be made anew. */
  readonly #reasons: string[] = []

  constructor(shape: TableShape, existing: ExistingTable, dialect: SchemaDialect) {
    this.#shape = shape
    this.#existing = existing
    this.#dialect = dialect
    this.#table = dialect.tableName(shape.model)
    this.#model = shape.model.name
  }

  run(): TableDifferences {
    for (const field of this.#shape.columns) this.#compareColumn(field)
    this.#compareKey()
    this.#compareUnknown()
    for (const constraint of this.#dialect.constraints(this.#shape)) this.#compareConstraint(constraint)
    this.#compareUndeclared()
    if (this.#reasons.length > 0) this.#rebuild()
    for (const index of this.#shape.indexes) this.#compareIndex(index)
    return { table: [...this.#differences, ...this.#indexes], references: this.#references }
  }

  #differ(description: string, commands: readonly string[] | null): void {
    this.#differences.push({ model: this.#model, description, commands })
  }

  /** `reason` says the same as the description, as one of several. */
  #mend(description: string, mend: Mend, reason: string): void {
    if (mend === 'rebuild') this.#reasons.push(reason)
    else this.#differ(description, mend)
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
    if (column.type !== type) this.#differ(`${place} is ${column.type}, and ${name} needs ${type}.`, null)
    else if (collation !== null && !collation.isSame(column.collation)) {
      this.#differ(
        `${place} compares text by "${column.collation}", and ${name} by code point ("${collation.name}").`,
        null,
      )
    }
    if (!column.required && !field.nullable && !this.#dialect.isAlwaysThere(field))
      this.#differ(`${place} allows null, and ${name} refuses it.`, null)
    if (column.required && field.nullable) {
      this.#mend(
        `${place} refuses null, and ${name} allows it.`,
        this.#dialect.allowNull(this.#shape, field),
        `its column "${field.column}" refuses null`,
      )
    }
  }

  #missingColumn(field: FieldNode, missing: string): void {
    const { empty } = this.#existing
    const fillable = field.nullable || (field.default?.from === 'literal' && field.default.value !== null)
    const isKey = this.#shape.key.includes(field)
    const mend = isKey || !(fillable || empty) ? null : this.#dialect.addColumn(this.#shape, field, empty)
    const advice = ' Rows that are there have no value for it; a default or optional() would give them one.'
    this.#mend(mend === null ? missing + advice : missing, mend, `its column "${field.column}" is missing`)
  }

  #compareKey(): void {
    const has = this.#existing.key
    const needs = this.#shape.key.map(({ column }) => column)
    if (has.join() === needs.join()) return
    this.#differ(
      `The key of the table "${this.#table}" is (${has.join(', ')}), and ${this.#model} needs (${needs.join(', ')}).`,
      null,
    )
  }

  /** What Plinth does not know must be able to stay empty, or no row could be inserted. */
  #compareUnknown(): void {
    const known = new Set(this.#shape.columns.map(({ column }) => column))
    for (const { name, required, filled } of this.#existing.columns) {
      if (known.has(name) || !required || filled) continue
      this.#differ(`The column "${this.#table}.${name}" refuses null, and ${this.#model} has no field for it.`, null)
    }
  }

  #compareConstraint(constraint: ConstraintShape): void {
    const { name, kind } = constraint
    const { constraints, empty } = this.#existing
    const found = constraints.get(name)
    const judged = found === undefined ? 'missing' : constraint.compare(found)
    if (judged === 'same') return
    if (judged === 'narrower') {
      this.#mend(
        this.#changedConstraint(constraint, found ?? ''),
        this.#dialect.widenConstraint(this.#shape, constraint),
        `its constraint "${name}" allows less than is declared`,
      )
      return
    }
    if (judged === 'different') {
      this.#differ(this.#changedConstraint(constraint, found ?? ''), null)
      return
    }
    if (constraint.comesWithColumn && constraint.columns.some(field => !this.#hasColumn(field))) return
    if ([...constraints.values()].some(one => constraint.isServedBy(one))) return
    const commands = empty ? commandsOf(this.#dialect.addConstraint(this.#shape, constraint)) : null
    const difference = { model: this.#model, description: missingConstraint(this.#table, constraint), commands }
    if (kind === 'reference' && this.#dialect.referencesApart) this.#references.push(difference)
    else this.#differences.push(difference)
  }

  #changedConstraint({ name, text }: ConstraintShape, found: string): string {
    return `The constraint "${name}" of the table "${this.#table}" is "${found}", and ${this.#model} needs "${text}".`
  }

  #hasColumn(field: FieldNode): boolean {
    return this.#existing.columns.some(({ name }) => name === field.column)
  }

  #compareUndeclared(): void {
    const declared = new Set(this.#dialect.constraints(this.#shape).map(({ name }) => name))
    for (const name of this.#existing.constraints.keys()) {
      if (declared.has(name)) continue
      const mend = this.#dialect.dropConstraint(this.#shape, name)
      if (mend === 'keep') continue
      const what = `constraint "${name}"`
      this.#mend(
        `The ${what} of the table "${this.#table}" is declared no more.`,
        mend,
        `its ${what} is declared no more`,
      )
    }
  }

  #compareIndex(index: IndexShape): void {
    const { indexes } = this.#existing
    const found = indexes.get(index.name)
    const same = (text: string): boolean => this.#dialect.isIndex(this.#shape, index, text)
    if (found === undefined ? [...indexes.values()].some(same) : same(found)) return
    const what = `The ${index.unique ? 'unique index' : 'index'} "${index.name}" of ${this.#model}`
    const create = this.#dialect.createIndex(this.#shape, index)
    const description = found === undefined ? `${what} is missing.` : `${what} has changed.`
    const commands = found === undefined ? [create] : [this.#dialect.dropIndex(this.#shape, index.name), create]
    this.#indexes.push({ model: this.#model, description, commands })
  }

  #rebuild(): void {
    const movable = this.#differences.every(({ commands }) => commands !== null)
    this.#differ(
      `The table "${this.#table}" of ${this.#model} is stricter than declared: ${this.#reasons.join('; ')}.`,
      movable ? this.#dialect.rebuildTable(this.#shape, this.#existing) : null,
    )
  }
}
