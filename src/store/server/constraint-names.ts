/** What a broken constraint means in the words of the model, from the names that the database tells. */
import { spokenName, type ModelGraph, type ModelNode, type ToldCheck, toldCheck } from '../../model/index.ts'
import {
  brokenCheck,
  brokenUnique,
  missingReference,
  referenceInUse,
  refusedNull,
  type TableName,
} from '../contract/index.ts'
import {
  columnCheckName,
  type ComparedTable,
  type NamedChange,
  type ReferenceShape,
  type SchemaDialect,
  tableShapes,
} from '../sql/index.ts'
import type { BrokenConstraint } from './connection.ts'

type Meaning =
  | { readonly kind: 'unique'; readonly model: ModelNode; readonly fields: readonly string[] }
  | { readonly kind: 'check'; readonly model: ModelNode; readonly check: ToldCheck }
  | { readonly kind: 'reference'; readonly model: ModelNode; readonly reference: ReferenceShape }

/** What a write tells of itself; plans do. */
type Change =
  | { readonly kind: 'insert' | 'delete'; readonly model: string }
  | { readonly kind: 'update'; readonly model: string; readonly set: readonly { readonly field: string }[] }

/** How a database calls what the declaration does not name. */
export interface Naming {
  table(model: ModelNode): TableName
  /** The name of the key's constraint. */
  key(model: ModelNode): string
}

export class ConstraintNames {
  /** By table and name, since the names of constraints are unique per table only. */
  readonly #meanings = new Map<string, Meaning>()
  readonly #models = new Map<string, ModelNode>()
  readonly #tables = new Map<string, string>()
  readonly #constraintOnly = new Map<string, Meaning | null>()

  constructor(graph: ModelGraph, naming: Naming) {
    for (const { model, columns, references, checks, indexes } of tableShapes(graph)) {
      // Errors tell it without its schema.
      const table = naming.table(model).name
      this.#models.set(table, model)
      this.#tables.set(model.name, table)
      this.#add(model, naming.key(model), { kind: 'unique', model, fields: model.key })
      for (const { name, unique, columns: indexed } of indexes)
        if (unique) this.#add(model, name, { kind: 'unique', model, fields: indexed.map(({ field }) => field.name) })
      for (const field of columns)
        this.#add(model, columnCheckName(model, field.column), {
          kind: 'check',
          model,
          check: { name: field.name, fields: [field.name] },
        })
      for (const [index, { name }] of checks.entries()) {
        const declared = model.checks[index]
        if (declared !== undefined) this.#add(model, name, { kind: 'check', model, check: toldCheck(declared) })
      }
      for (const reference of references) this.#add(model, reference.name, { kind: 'reference', model, reference })
    }
  }

  /** The same for typed SQL; `change` is null where it does not tell what it changes. */
  refusalOfQuery(broken: BrokenConstraint, change: NamedChange | null, cause: unknown): unknown {
    const model = this.#models.get(change?.table ?? '')
    if (change === null || model === undefined) return this.refusalOf(broken, null, cause)
    const { kind, columns } = change
    if (kind !== 'update') return this.refusalOf(broken, { kind, model: model.name }, cause)
    const written = Object.values(model.fields).filter(({ column }) => columns === null || columns.includes(column))
    return this.refusalOf(broken, { kind, model: model.name, set: written.map(({ name }) => ({ field: name })) }, cause)
  }

  refusalOf(broken: BrokenConstraint, plan: Change | null, cause: unknown): unknown {
    if (broken.kind === 'notNull') {
      const model = this.#models.get(broken.table ?? this.#tables.get(plan?.model ?? '') ?? '')
      const name =
        Object.values(model?.fields ?? {}).find(({ column }) => column === broken.column)?.name ?? broken.column
      return refusedNull(name, cause)
    }
    const meaning =
      this.#find(broken.table, broken.name) ?? this.#find(this.#tables.get(plan?.model ?? '') ?? null, broken.name)
    // The check of a type of the database's own belongs to no table.
    if (meaning === undefined && broken.kind === 'check' && broken.table === null && plan !== null)
      return brokenCheck(plan.model, { name: broken.name, fields: [] }, cause)
    if (meaning === undefined) return cause
    switch (meaning.kind) {
      case 'unique':
        return brokenUnique(meaning.model, meaning.fields, cause)
      case 'check':
        return brokenCheck(meaning.model.name, meaning.check, cause)
      case 'reference': {
        const { model, reference } = meaning
        const { relation, columns, target } = reference
        if (!leadsNowhere(broken.kind, reference, model, plan))
          // Not always what the statement was about: a cascade may have led there.
          return referenceInUse(target.name, spokenName(model), cause)
        return missingReference({ relation, locals: columns.map(({ name }) => name), target: target.name }, cause)
      }
    }
  }

  /** Of a table that was there before its model the database knows what its constraints are called. */
  learn({ shape, existing }: ComparedTable, dialect: SchemaDialect): void {
    const { model, key, indexes, references } = shape
    if (existing === null || !model.adopted) return
    const columns = key.map(field => ({ field, descending: false, ignoreCase: false }))
    const ofKey = { name: '', unique: true, columns, liveOnly: null }
    const uniques = [ofKey, ...indexes.filter(({ unique }) => unique)]
    for (const [name, text] of existing.indexes) {
      const fields = uniques.find(index => dialect.isIndex(shape, index, text))?.columns.map(({ field }) => field.name)
      if (/^(?:create )?unique /iu.test(text))
        this.#add(model, name, { kind: 'unique', model, fields: fields ?? [name] })
    }
    const constraints = dialect.constraints(shape)
    for (const [name, text] of existing.constraints) {
      const served = constraints.find(({ kind, isServedBy }) => kind === 'reference' && isServedBy(text))
      const reference = references.find(one => one.name === served?.name)
      if (reference !== undefined) this.#add(model, name, { kind: 'reference', model, reference })
      else if (!constraints.some(one => one.name === name))
        this.#add(model, name, { kind: 'check', model, check: { name, fields: [] } })
    }
  }

  #add(model: ModelNode, name: string, meaning: Meaning): void {
    this.#meanings.set(`${this.#tables.get(model.name)}\n${name}`, meaning)
    this.#constraintOnly.set(name, this.#constraintOnly.has(name) ? null : meaning)
  }

  #find(table: string | null, name: string): Meaning | undefined {
    if (table !== null) return this.#meanings.get(`${table}\n${name}`)
    return this.#constraintOnly.get(name) ?? undefined
  }
}

/** Whether a reference was set to something that is not there; otherwise something is referred to that was to go. */
function leadsNowhere(
  told: BrokenConstraint['kind'],
  reference: ReferenceShape,
  model: ModelNode,
  plan: Change | null,
): boolean {
  if (told === 'missing') return true
  if (told === 'inUse') return false
  if (plan === null || plan.kind === 'insert') return true
  if (plan.kind !== 'update' || plan.model !== model.name) return false
  return reference.columns.some(({ name }) => plan.set.some(({ field }) => field === name))
}
