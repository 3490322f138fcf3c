/** From the description of a database to declarations of models. */
import { capitalise, kebabCase, plural, uncapitalise } from '../../lib/index.ts'
import { databaseName, foreignName } from '../../model/index.ts'
import type {
  DescribedColumn,
  DescribedDatabase,
  DescribedReference,
  DescribedTable,
} from '../../store/contract/index.ts'
import { type Argument, Chain, type ModelDeclaration } from './declaration.ts'
import { call, canBeIndexed, canBeKey, canBeUnique, columnCall, fieldChain, when } from './field-chain.ts'
import { columnIn, type PulledReference, type References, referencesIn, sameColumns } from './references.ts'
import { camelCase, fieldName, modelName, TakenNames, usable, wordsOf } from './words.ts'

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
  const plans = planTables(tables, references)
  for (const plan of plans.values()) nameRelations(plan, plans)
  for (const plan of plans.values()) nameInverses(plan, plans)
  for (const join of references.joins.entries()) nameJoin(join, plans)
  const collections = new TakenNames()
  const models = [...plans.values()]
    .map(plan => declare(plan, plans, database.store, collections, notes))
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

/** Rows are addressed by values that are equal or not. */
function withUsableKey(table: DescribedTable, notes: string[]): DescribedTable {
  const unfit = table.key.filter(name => {
    const column = columnIn(table, name)
    return column === undefined || !canBeKey(column)
  })
  if (unfit.length === 0) return table
  notes.push(
    `The key of "${table.name}" holds "${unfit.join('", "')}", by which no row can be addressed; its rows can only be listed.`,
  )
  return { ...table, key: [] }
}

interface RelationPlan {
  readonly reference: PulledReference
  readonly target: TablePlan
  name: string
}

interface TablePlan {
  readonly table: DescribedTable
  readonly model: string
  readonly names: TakenNames
  /** The name of the field of each column. */
  readonly fields: ReadonlyMap<string, string>
  readonly relations: RelationPlan[]
  /** The other ends of relations, and links. */
  readonly others: { readonly name: string; readonly chain: Chain }[]
}

type Plans = ReadonlyMap<string, TablePlan>

function planTables(tables: readonly DescribedTable[], references: References): Plans {
  const models = new TakenNames()
  const plans = new Map<string, TablePlan>()
  for (const [place, table] of tables.entries()) {
    const own = (references.of.get(table.name) ?? []).filter(({ form }) => form === 'own')
    const names = new TakenNames()
    const fields = new Map<string, string>()
    for (const [index, { name }] of table.columns.entries()) {
      const reference = own.find(({ columns }) => columns[0] === name)
      const wanted = reference === undefined ? fieldName(name, index + 1) : scalarName(name, reference)
      fields.set(name, names.take(wanted))
    }
    plans.set(table.name, {
      table,
      model: models.take(modelName(table.name, place + 1)),
      names,
      fields,
      relations: [],
      others: [],
    })
  }
  for (const plan of plans.values()) {
    for (const reference of references.of.get(plan.table.name) ?? []) {
      const target = plans.get(reference.table)
      if (target !== undefined) plan.relations.push({ reference, target, name: '' })
    }
  }
  return plans
}

/** The words of a column without those that say that it refers: `author_id` and `authorId` are author. */
function relationWords(column: string, target: string): readonly string[] {
  const words = wordsOf(column)
  for (const ending of [wordsOf(target), ['id']]) {
    const start = words.length - ending.length
    if (start > 0 && words.slice(start).join() === ending.join()) return words.slice(0, start)
  }
  return words
}

/** `author_id` is authorId; a column `author` that holds the key `id` of an author is authorId, too. */
function scalarName(column: string, { targetColumns: [target = ''] }: DescribedReference): string {
  const words = relationWords(column, target)
  return usable(
    words.length < wordsOf(column).length ? camelCase(wordsOf(column)) : camelCase([...words, ...wordsOf(target)]),
  )
}

function nameRelations(plan: TablePlan, plans: Plans): void {
  for (const relation of plan.relations) {
    const { columns, targetColumns, table } = relation.reference
    const [column = ''] = columns
    const [target = ''] = targetColumns
    const there = plans.get(table)?.model ?? ''
    const name = columns.length === 1 ? camelCase(relationWords(column, target)) : uncapitalise(there)
    const usual = usable(/^[a-z]/u.test(name) ? name : uncapitalise(there))
    const byColumns = `${uncapitalise(there)}By${columns.map(each => capitalise(plan.fields.get(each) ?? '')).join('And')}`
    relation.name = plan.names.take(usual, usable(uncapitalise(there)), byColumns)
  }
}

/** `comments`, or `articlesByEditor` where several relations lead here. */
function nameInverses(plan: TablePlan, plans: Plans): void {
  for (const { reference, target, name } of plan.relations) {
    const one =
      plan.table.uniques.some(unique => sameColumns(unique, reference.columns)) ||
      sameColumns(plan.table.key, reference.columns)
    const several = plan.relations.filter(each => each.target === target).length > 1 || target === plan
    const noun = uncapitalise(one ? plan.model : pluralOf(plan.model))
    const far = plans.get(target.table.name)
    const precise = `${noun}By${capitalise(name)}`
    const usual = target === plan && name === 'parent' ? 'children' : several ? precise : noun
    const given = far?.names.take(usable(usual), precise)
    far?.others.push({ name: given ?? noun, chain: new Chain(call(one ? 'hasOne' : 'hasMany', plan.model, name)) })
  }
}

const pluralOf = (model: string): string => {
  const words = kebabCase(model).split('-')
  return camelCase([...words.slice(0, -1), plural(words.at(-1) ?? '')])
}

/** Both ends of a table of links; the first carries its name. */
function nameJoin(
  [name, [first, second]]: [string, readonly [DescribedReference, DescribedReference]],
  plans: Plans,
): void {
  const [here, there] = [plans.get(first.table), plans.get(second.table)]
  const [local = '', remote = ''] = [first.columns[0], second.columns[0]]
  if (here === undefined || there === undefined) return
  const nameOf = (target: TablePlan, column: string, targetColumn: string): string =>
    here === there
      ? pluralOf(capitalise(camelCase(relationWords(column, targetColumn))))
      : uncapitalise(pluralOf(target.model))
  const byTable = (noun: string): string => `${noun}By${capitalise(camelCase(wordsOf(name)))}`
  const forward = nameOf(there, remote, second.targetColumns[0] ?? '')
  const back = nameOf(here, local, first.targetColumns[0] ?? '')
  const forwardName = here.names.take(usable(forward), byTable(forward))
  const backName = there.names.take(usable(back), byTable(back))
  const link = { table: { name, local, remote } }
  here.others.push({
    name: forwardName,
    chain: new Chain(call('manyToMany', there.model, { inverse: backName, ...link })),
  })
  there.others.push({ name: backName, chain: new Chain(call('manyToMany', here.model, { inverse: forwardName })) })
}

function declare(
  plan: TablePlan,
  plans: Plans,
  store: string,
  collections: TakenNames,
  notes: string[],
): ModelDeclaration {
  const { table, fields, relations, others, model } = plan
  const own = relations.filter(({ reference }) => reference.form === 'own')
  const declared = table.columns.map(column => {
    const relation = own.find(({ reference }) => reference.columns[0] === column.name)
    const name = fields.get(column.name) ?? column.name
    if (relation !== undefined) return { name: relation.name, chain: ownRelation(plan, relation, column, store) }
    const alone = (names: readonly string[]): boolean => names.length === 1 && names[0] === column.name
    const facts = {
      name,
      store,
      isKey: alone(table.key),
      unique: table.uniques.some(alone) && canBeUnique(column),
      indexed: table.indexes.some(({ columns }) => alone(columns.map(each => each.column)) && !columns[0]?.descending),
    }
    return {
      name,
      chain: fieldChain(followed(column, plan, plans), { ...facts, indexed: facts.indexed && canBeIndexed(column) }),
    }
  })
  const over = relations
    .filter(({ reference }) => reference.form === 'over')
    .map(relation => ({ name: relation.name, chain: overRelation(plan, relation) }))
  return { name: model, fields: [...declared, ...over, ...others], options: optionsOf(plan, own, collections, notes) }
}

/** A field that refers is of the kind of what it refers to. */
function followed(
  column: DescribedColumn,
  plan: TablePlan,
  plans: Plans,
  seen: readonly DescribedColumn[] = [],
): DescribedColumn {
  const relation = plan.relations.find(({ reference }) => reference.columns.includes(column.name))
  const place = relation?.reference.columns.indexOf(column.name) ?? -1
  const there = columnIn(relation?.target.table, relation?.reference.targetColumns[place])
  if (relation === undefined || there === undefined || seen.includes(there)) return column
  const { type } = followed(there, relation.target, plans, [...seen, column])
  // What refers is not counted up, whatever the column could do.
  const { default: filling } = column
  return { ...column, type, default: filling?.from === 'sequence' || filling?.from === 'uuid' ? null : filling }
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
  const { default: filling, comment, nullable } = column
  return new Chain(
    call('belongsTo', target.model, ...given(options)),
    ...when(nullable, () => call('optional')),
    ...(filling?.from === 'literal' ? [call('default', filling.value as Argument)] : []),
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
  const usable = (columns: readonly string[], fit: (column: DescribedColumn) => boolean): boolean =>
    columns.every(name => {
      const column = columnIn(table, name)
      return column !== undefined && fit(column)
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
