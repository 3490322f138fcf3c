/** A small shop in a real SQLite file: the models, and plans written by hand so that the store is asked alone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wholeText } from '../../src/lib/index.ts'
import {
  always,
  type Condition,
  defineSchema,
  field,
  type FieldType,
  graphOf,
  model,
  type Predicate,
  type Value,
} from '../../src/model/index.ts'
import {
  type DeletePlan,
  type ExecutionContext,
  type FindPlan,
  type FindResult,
  type InsertPlan,
  type Output,
  type Parameter,
  planFormat,
  type TransactionHandle,
  type UpdatePlan,
} from '../../src/query/index.ts'
import type { Eventually } from '../../src/store/contract/index.ts'
import { SqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/index.ts'
import { systemContext } from '../fixtures/system-context.ts'

const Customer = model({
  number: field.integer().key(),
  email: field.email().unique(),
  orders: field.hasMany('Order', 'customer'),
})

const Order = model(
  {
    number: field.integer().key(),
    placedAt: field.datetime(),
    total: field.decimal({ precision: 10, scale: 2 }).optional(),
    note: field.text().optional(),
    customer: field.belongsTo('Customer'),
    lines: field.hasMany('Line', 'order'),
  },
  {
    index: [['placedAt', 'number']],
    check: { notNegative: ({ total }: { total: { gte(value: string): Condition } }) => total.gte('0.00') },
  },
)

const Line = model({
  number: field.integer().key(),
  order: field.belongsTo('Order', { onDelete: 'cascade' }),
  product: field.belongsTo('Product'),
})

const Product = model({
  number: field.integer().key(),
  name: field.text(),
  state: field.enum(['new', 'sold']),
})

/** One field of every way in which SQLite keeps values. */
const Sample = model({
  number: field.integer().key(),
  text: field.text().optional(),
  whole: field.integer().optional(),
  big: field.bigint().optional(),
  money: field.decimal({ precision: 18, scale: 4 }).optional(),
  real: field.float().optional(),
  flag: field.boolean().optional(),
  day: field.date().optional(),
  hour: field.time().optional(),
  moment: field.datetime().optional(),
  uuid: field.uuid().optional(),
  data: field.json().optional(),
  bytes: field.bytes().optional(),
  list: field.array(field.text()).optional(),
})

export const shop = graphOf(defineSchema({ Customer, Order, Line, Product, Sample }))

export interface Opened extends AsyncDisposable {
  readonly store: SqliteStore
  readonly file: string
}

/** An open store with the shop's tables in a file of its own, gone when the test is done. */
export function openShop(options: Partial<SqliteStoreOptions> = {}): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-shop-'))
  const file = options.file ?? join(folder, 'shop.db')
  const store = new SqliteStore({ ...options, file })
  store.open(shop)
  store.applySchema(store.compareSchema(shop))
  return {
    store,
    file,
    async [Symbol.asyncDispose]() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export const contextWith = (changes: Partial<ExecutionContext> = {}): ExecutionContext =>
  systemContext({ now: '2026-11-22T12:00:00.000Z', ...changes })

export const inside = (transaction: TransactionHandle): ExecutionContext => contextWith({ transaction })

export const typeOf = (modelName: string, name: string): FieldType => {
  const type = shop.models[modelName]?.fields[name]?.type
  if (type === undefined) throw new Error(`The shop has no ${modelName}.${name}.`)
  return type
}

export const fieldOf = (name: string, row = 0) => ({ kind: 'field', row, path: [], field: name }) as const

export const slot = (index: number) => ({ kind: 'parameter', index }) as const

/** A value that a test binds. */
export const given = (type: FieldType, list = false): Parameter => ({ source: 'step', name: 'given', type, list })

export const equals = (name: string, index: number): Predicate => ({
  kind: 'compare',
  operator: 'eq',
  left: fieldOf(name),
  right: slot(index),
})

const base = { format: planFormat, caller: 'system' } as const

export function insertPlan(
  modelName: string,
  fields: readonly string[],
  changes: Partial<InsertPlan> = {},
): InsertPlan {
  return {
    ...base,
    kind: 'insert',
    model: modelName,
    parameters: [],
    fields: fields.map(name => ({ field: name, type: typeOf(modelName, name) })),
    many: false,
    check: null,
    ignoreConflictOn: null,
    returning: [],
    answer: null,
    ...changes,
  }
}

export const updatePlan = (modelName: string, changes: Partial<UpdatePlan>): UpdatePlan => ({
  ...base,
  kind: 'update',
  model: modelName,
  parameters: [],
  where: always,
  set: [],
  answer: null,
  single: false,
  returning: [],
  ...changes,
})

export const deletePlan = (modelName: string, changes: Partial<DeletePlan> = {}): DeletePlan => ({
  ...base,
  kind: 'delete',
  model: modelName,
  parameters: [],
  where: always,
  single: false,
  returning: [],
  ...changes,
})

export interface FindParts {
  readonly parameters?: readonly Parameter[]
  readonly where?: Predicate
  readonly outputs?: readonly Output[]
  readonly order?: FindPlan['root']['order']
  readonly limit?: number
  readonly cardinality?: 'one' | 'many'
  readonly backward?: boolean
  readonly positions?: boolean
}

export function findPlan(modelName: string, parts: FindParts = {}): FindPlan {
  return {
    ...base,
    kind: 'find',
    model: modelName,
    parameters: parts.parameters ?? [],
    reads: { models: {}, caller: [], now: false },
    root: {
      model: modelName,
      row: 0,
      where: parts.where ?? always,
      order: parts.order ?? [],
      limit: parts.limit ?? null,
      offset: null,
      outputs: parts.outputs ?? Object.keys(shop.models[modelName]?.fields ?? {}).map(name => output(modelName, name)),
    },
    cardinality: parts.cardinality ?? 'many',
    positions: parts.positions ?? false,
    backward: parts.backward ?? false,
    count: null,
    versionField: null,
    limitProducts: [],
    decodes: false,
  }
}

export const output = (modelName: string, name: string, row = 0): Output => ({
  kind: 'value',
  output: name,
  of: fieldOf(name, row),
  type: typeOf(modelName, name),
  visible: null,
  assemble: 'store',
})

export const ascending = (modelName: string, name: string, direction: 'ascending' | 'descending' = 'ascending') => ({
  of: fieldOf(name),
  type: typeOf(modelName, name),
  direction,
  nullable: shop.models[modelName]?.fields[name]?.nullable ?? false,
})

export async function insert(
  store: SqliteStore,
  modelName: string,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const fields = Object.keys(rows[0] ?? {})
  const prepared = store.prepareInsert(insertPlan(modelName, fields, { many: true }))
  await prepared.run(
    rows.map(row => fields.map(name => row[name] ?? null)),
    [],
    contextWith(),
  )
}

export const all = async (store: SqliteStore, modelName: string, parts: FindParts = {}): Promise<unknown> =>
  JSON.parse(wholeText((await store.prepareFind(findPlan(modelName, parts)).run([], contextWith())).json ?? 'null'))

/** A result with its JSON in one piece. */
export const whole = async (result: Eventually<FindResult>) => {
  const { json, ...rest } = await result
  return { ...rest, json: json === null ? null : wholeText(json) }
}
