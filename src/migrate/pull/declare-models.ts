/** From the description of a database to declarations of models. */
import { kebabCase, plural } from '../../lib/index.ts'
import {
  canBeIndexed,
  canBeKey,
  canBeUnique,
  databaseName,
  type FieldType,
  foreignName,
  kindOf,
} from '../../model/index.ts'
import type {
  DescribedColumn,
  DescribedDatabase,
  DescribedReference,
  DescribedTable,
} from '../../store/contract/index.ts'
import { type Argument, Chain, type ModelDeclaration } from './declaration.ts'
import { call, columnCall, fieldChain, when } from './field-chain.ts'
import { columnIn, referencesIn, sameColumns } from './references.ts'
import { planModels, type RelationPlan, type TablePlan } from './plan-models.ts'
import { TakenNames } from './words.ts'

export interface PulledModels {
  readonly models: readonly ModelDeclaration[]
  /** Sentences about what models cannot express. */
  readonly notes: readonly string[]
}

export function declareModels(described: DescribedDatabase): PulledModels {
  const notes = [...described.notes]
  const database = {
    ...described,
    tables: withoutTwins(described.tables, notes).map(table => withUsableKey(table, notes)),
  }
  const references = referencesIn(database)
  const tables = database.tables.filter(({ name }) => !references.joins.has(name))
  const plans = planModels(tables, references)
  const collections = new TakenNames()
  const models = [...plans.values()]
    .map(plan => declare(plan, database.store, collections, notes))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return { models, notes: [...notes, ...references.notes, ...database.tables.flatMap(table => table.notes)] }
}

/** Names that differ by case alone are one to other databases and to URLs. */
function withoutTwins(tables: readonly DescribedTable[], notes: string[]): readonly DescribedTable[] {
  const known = new Set<string>()
  const isTwin = (name: string): boolean => {
    const twin = known.has(name.toLowerCase())
    known.add(name.toLowerCase())
    return twin
  }
  return tables
    .filter(({ name }) => {
      const twin = isTwin(name)
      if (twin) notes.push(`The table "${name}" has the name of another one but for case, and is left out.`)
      return !twin
    })
    .map(table => {
      const seen = new Set<string>()
      const columns = table.columns.filter(({ name }) => {
        const twin = seen.has(name.toLowerCase())
        seen.add(name.toLowerCase())
        if (twin)
          notes.push(`The column "${table.name}.${name}" has the name of another one but for case, and is left out.`)
        return !twin
      })
      return { ...table, columns }
    })
}

/** Rows are addressed by values that are equal or not: by those of the key, or else by what is unique and always there. */
function withUsableKey(table: DescribedTable, notes: string[]): DescribedTable {
  const unfit = table.key.filter(name => {
    const column = columnIn(table, name)
    return column === undefined || !canBeKey(column.type)
  })
  if (table.view || (unfit.length === 0 && table.key.length > 0)) return table
  const instead = table.uniques.filter(unique => unique.every(name => isAddress(columnIn(table, name))))
  const [shortest = []] = instead.toSorted((one, other) => one.length - other.length)
  if (shortest.length > 0) return { ...table, key: shortest, uniques: table.uniques.filter(one => one !== shortest) }
  if (unfit.length === 0) return table
  notes.push(
    `The key of "${table.name}" holds "${unfit.join('", "')}", by which no row can be addressed; its rows can only be listed.`,
  )
  return { ...table, key: [] }
}

/** Moments may be told apart more finely than a field shows. */
const isAddress = (column: DescribedColumn | undefined): boolean =>
  column !== undefined && !column.nullable && canBeKey(column.type) && !['datetime', 'time'].includes(column.type.kind)

function declare(plan: TablePlan, store: string, collections: TakenNames, notes: string[]): ModelDeclaration {
  const { table, fields, relations, others, model } = plan
  const own = relations.filter(({ reference }) => reference.form === 'own')
  const declared = table.columns.map(column => {
    const relation = own.find(({ reference }) => reference.columns[0] === column.name)
    const name = fields.get(column.name) ?? column.name
    if (relation !== undefined) return { name: relation.name, chain: ownRelation(plan, relation, column, store) }
    const alone = (names: readonly string[]): boolean => names.length === 1 && names[0] === column.name
    const exact = {
      unique: table.uniques.some(alone) && canBeUnique(column.type),
      indexed:
        table.indexes.some(({ columns }) => alone(columns.map(each => each.column)) && !columns[0]?.descending) &&
        canBeIndexed(column.type),
    }
    const folded = table.ignoringCase.filter(one => one.column === column.name)
    const facts = {
      name,
      store,
      isKey: alone(table.key),
      unique: exact.unique || folded.some(({ unique }) => unique),
      indexed: exact.indexed || folded.some(({ unique }) => !unique),
      ignoringCase: { unique: !exact.unique, indexed: !exact.indexed },
    }
    return { name, chain: fieldChain(followed(column, plan), facts) }
  })
  const over = relations
    .filter(({ reference }) => reference.form === 'over')
    .map(relation => ({ name: relation.name, chain: overRelation(plan, relation) }))
  return { name: model, fields: [...declared, ...over, ...others], options: optionsOf(plan, own, collections, notes) }
}

/** A field that refers is of the kind of what it refers to. */
function followed(column: DescribedColumn, plan: TablePlan, seen: readonly DescribedColumn[] = []): DescribedColumn {
  const relation = plan.relations.find(({ reference }) => reference.columns.includes(column.name))
  const place = relation?.reference.columns.indexOf(column.name) ?? -1
  const there = columnIn(relation?.target.table, relation?.reference.targetColumns[place])
  if (relation === undefined || there === undefined || seen.includes(there)) return column
  const { type } = followed(there, relation.target, [...seen, column])
  // What refers is not counted up, whatever the column could do.
  const { default: filling } = column
  return { ...column, type, default: filling?.from === 'sequence' || filling?.from === 'uuid' ? null : filling }
}

/** What a key takes that the database counts up. */
const countedUp: FieldType = { kind: 'integer', options: { min: 1 } }

/** A default that no key can be, as the 0 of many tables that others made, leads to no row: whoever writes has to say a key. */
function fitting(filling: DescribedColumn['default'], there: DescribedColumn | undefined): DescribedColumn['default'] {
  if (filling?.from !== 'literal' || there === undefined) return filling
  const type = there.default?.from === 'sequence' ? countedUp : there.type
  return kindOf(type).parseNative(filling.value, type, '').ok ? filling : null
}

const onDeleteOf = ({ onDelete }: DescribedReference, nullable: boolean): Readonly<Record<string, Argument>> =>
  onDelete === 'restrict' || (onDelete === 'setNull' && !nullable) ? {} : { onDelete }

const given = (options: Readonly<Record<string, Argument>>): readonly Argument[] =>
  Object.keys(options).length === 0 ? [] : [options]

function ownRelation(
  plan: TablePlan,
  { reference, target, name }: RelationPlan,
  column: DescribedColumn,
  store: string,
): Chain {
  const [targetColumn = ''] = reference.targetColumns
  const there = columnIn(target.table, targetColumn)
  const scalar = plan.fields.get(column.name) ?? ''
  const usual = foreignName(name, target.fields.get(targetColumn) ?? '')
  const options = { ...(scalar === usual ? {} : { field: scalar }), ...onDeleteOf(reference, column.nullable) }
  const inherited =
    there !== undefined &&
    there.usual === column.usual &&
    (column.usual || JSON.stringify(there.native) === JSON.stringify(column.native))
  const unique = plan.table.uniques.some(names => sameColumns(names, reference.columns))
  const { comment, nullable } = column
  const filling = fitting(column.default, there)
  return new Chain(
    call('belongsTo', target.model, ...given(options)),
    ...when(nullable, () => call('optional')),
    ...(filling?.from === 'literal' ? [call('default', filling.value)] : []),
    ...when(unique, () => call('unique')),
    ...when(comment !== null, () => call('describe', comment)),
    ...columnCall(column, { name: scalar, store }, inherited ? null : column.native),
  )
}

function overRelation({ table, fields }: TablePlan, { reference, target }: RelationPlan): Chain {
  const { columns, targetColumns } = reference
  const on = Object.fromEntries(
    targetColumns.map((name, index) => [target.fields.get(name) ?? name, fields.get(columns[index] ?? '') ?? '']),
  )
  const nullable = columns.some(name => columnIn(table, name)?.nullable === true)
  return new Chain(
    call('belongsTo', target.model, { on, ...onDeleteOf(reference, nullable) }),
    ...when(nullable, () => call('optional')),
  )
}

function optionsOf(
  { table, model, fields }: TablePlan,
  own: readonly RelationPlan[],
  collections: TakenNames,
  notes: string[],
): Readonly<Record<string, Argument>> {
  const nameOf = (column: string): string => fields.get(column) ?? column
  const usable = (columns: readonly string[], fit: (type: FieldType) => boolean): boolean =>
    columns.every(name => {
      const column = columnIn(table, name)
      return column !== undefined && fit(column.type)
    })
  const { key, uniques, indexes, view, name, comment } = table
  const unique = uniques
    .filter(columns => columns.length > 1 && usable(columns, canBeUnique))
    .map(columns => columns.map(nameOf))
  const isDeclared = (columns: readonly string[]): boolean =>
    columns.length === 1 && !own.some(({ reference }) => reference.columns[0] === columns[0])
  const index = indexes
    .filter(({ columns }) =>
      usable(
        columns.map(({ column }) => column),
        canBeIndexed,
      ),
    )
    .filter(({ columns }) => !isDeclared(columns.map(({ column }) => column)) || columns[0]?.descending === true)
    .map(({ columns }) => columns.map(({ column, descending }) => `${descending ? '-' : ''}${nameOf(column)}`))
  const collection = plural(kebabCase(model))
  const taken = collections.take(collection)
  if (!view && key.length === 0)
    notes.push(`The table "${name}" has no key: its rows can be listed and added, and have no address.`)
  return {
    ...(key.length === 1 || view ? {} : { key: key.map(nameOf) }),
    ...(unique.length === 0 ? {} : { unique }),
    ...(index.length === 0 ? {} : { index }),
    ...(databaseName(model) === name ? {} : { table: name }),
    ...(taken === collection ? {} : { plural: taken }),
    ...(view ? { view: true } : { adopted: true }),
    ...(comment === null ? {} : { description: comment }),
  }
}
