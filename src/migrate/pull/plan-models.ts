/** Which models there will be, and what their fields, relations and links are called. */
import { capitalise, kebabCase, plural, uncapitalise } from '../../lib/index.ts'
import type { DescribedReference, DescribedTable } from '../../store/contract/index.ts'
import { Chain } from './declaration.ts'
import { call } from './field-chain.ts'
import { type PulledReference, type References, sameColumns } from './references.ts'
import { camelCase, fieldName, modelName, TakenNames, usable, wordsOf } from './words.ts'

export interface RelationPlan {
  readonly reference: PulledReference
  readonly target: TablePlan
  name: string
}

export interface TablePlan {
  readonly table: DescribedTable
  readonly model: string
  readonly names: TakenNames
  /** The name of the field of each column. */
  readonly fields: ReadonlyMap<string, string>
  readonly relations: RelationPlan[]
  /** The other ends of relations, and links. */
  readonly others: { readonly name: string; readonly chain: Chain }[]
}

export type Plans = ReadonlyMap<string, TablePlan>

/** Every table that becomes a model, with its names. */
export function planModels(tables: readonly DescribedTable[], references: References): Plans {
  const plans = planTables(tables, references)
  for (const plan of plans.values()) nameRelations(plan, plans)
  for (const plan of plans.values()) nameInverses(plan, plans)
  for (const join of references.joins.entries()) nameJoin(join, plans)
  return plans
}

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

/** The words of a column without those that say that it refers: `author_id` and `authorId` are author. None are left of `id`. */
function relationWords(column: string, target: string): readonly string[] {
  const words = wordsOf(column)
  for (const ending of [wordsOf(target), ['id']]) {
    const start = words.length - ending.length
    if (start > 0 && words.slice(start).join() === ending.join()) return words.slice(0, start)
  }
  const last = words.at(-1) ?? ''
  if (words.length === 1 && last === 'id') return []
  // Where keys are called `hostid`, what ends like them refers.
  return joinedId.test(wordsOf(target).at(-1) ?? '') && joinedId.test(last)
    ? [...words.slice(0, -1), last.slice(0, -'id'.length)]
    : words
}

const joinedId = /.id$/u

/** `author_id` is authorId; a column `author` that holds the key `id` of an author is authorId, too. */
function scalarName(column: string, { targetColumns: [target = ''] }: DescribedReference): string {
  const words = relationWords(column, target)
  const own = wordsOf(column)
  return usable(words.join() === own.join() ? camelCase([...words, ...wordsOf(target)]) : camelCase(own))
}

function nameRelations(plan: TablePlan, plans: Plans): void {
  for (const relation of plan.relations) {
    const { columns, targetColumns, table } = relation.reference
    const [column = ''] = columns
    const [target = ''] = targetColumns
    const there = plans.get(table)?.model ?? ''
    const name = columns.length === 1 ? camelCase(relationWords(column, target)) : uncapitalise(there)
    const usual = usable(/^[a-z]/u.test(name) && usable(name) === name ? name : uncapitalise(there))
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
