/** The db's operations on one model: arguments → operation → rows in JavaScript form. */
import { refusal, wordsOfOthers } from '../error/index.ts'
import type { Engine, FoundRows } from '../engine/index.ts'
import { wholeText } from '../lib/index.ts'
import type { ModelNode } from '../model/index.ts'
import {
  emptyFind,
  type ExecutionContext,
  type FilterRequest,
  type FindRequest,
  type Selection,
} from '../query/index.ts'
import { hasParts, uniqueFields } from './address.ts'
import type { RowAddress, Written } from './contract.ts'
import { createRows } from './create.ts'
import { deleteRow } from './delete/delete.ts'
import { deleteMany } from './delete/delete-many.ts'
import { nativeRows } from './native-rows.ts'
import { type AggregateArguments, readAggregate } from './read-aggregate.ts'
import { type FindArguments, readSelection, readSort, readWhere, requireOptions, Values } from './read-arguments.ts'
import { restoreRow } from './delete/restore.ts'
import { updateMany } from './update-many.ts'
import { updateRow } from './update.ts'
import { upsertRow } from './upsert.ts'

type Row = Record<string, unknown>

/** What a write is to give back, besides what it writes. */
interface WriteArguments {
  readonly select?: unknown
  readonly include?: unknown
}

interface UpsertArguments {
  /** Fields that are unique together; the key's when left out. */
  readonly on?: readonly string[]
  readonly create: unknown
  readonly update: unknown
}

/** The operations of one model without their types, which `Db` adds. */
export interface UntypedModelDb {
  find(options?: FindArguments): Promise<Row[]>
  page(
    options?: FindArguments,
  ): Promise<{ rows: Row[]; page: { after: string | null; before: string | null }; count?: number }>
  first(options?: FindArguments): Promise<Row | null>
  get(key: unknown, options?: FindArguments): Promise<Row>
  create(row: unknown, options?: WriteArguments): Promise<unknown>
  update(
    key: unknown,
    changes: unknown,
    options?: WriteArguments & { readonly ifVersion?: number },
  ): Promise<Row | null>
  upsert(row: UpsertArguments, options?: WriteArguments): Promise<Row | null>
  delete(key: unknown, options?: { readonly ifVersion?: number }): Promise<void>
  restore(key: unknown, options?: WriteArguments): Promise<Row | null>
  updateMany(options: { readonly where: unknown; readonly changes: unknown }): Promise<{ count: number }>
  deleteMany(options: { readonly where: unknown }): Promise<{ count: number }>
  count(options?: { readonly where?: unknown; readonly withDeleted?: boolean }): Promise<number>
  aggregate(options: AggregateArguments): Promise<Row[]>
}

const rowWords = ['where', 'sort', 'withDeleted']
const writeWords = ['select', 'include']

/** The options of each operation. */
const words = {
  find: [...writeWords, ...rowWords, 'limit', 'offset'],
  page: [...writeWords, ...rowWords, 'limit', 'offset', 'after', 'before', 'count'],
  first: [...writeWords, ...rowWords],
  get: [...writeWords, 'withDeleted'],
  write: writeWords,
  update: [...writeWords, 'ifVersion'],
  upsert: ['on', 'create', 'update'],
  delete: ['ifVersion'],
  updateMany: ['where', 'changes'],
  deleteMany: ['where'],
  count: ['where', 'withDeleted'],
  aggregate: [...rowWords, 'groupBy', 'count', 'sum', 'avg', 'min', 'max', 'limit'],
} as const satisfies Partial<Record<keyof UntypedModelDb | 'write', readonly string[]>>

const others = wordsOfOthers('db', {
  findMany: 'find',
  findAll: 'find',
  all: 'find',
  list: 'find',
  select: 'find',
  findOne: 'first',
  findFirst: 'first',
  findUnique: 'get',
  findUniqueOrThrow: 'get',
  findById: 'get',
  findByPk: 'get',
  insert: 'create',
  insertMany: 'create',
  createMany: 'create',
  save: 'create" or "update',
  updateOne: 'update',
  destroy: 'delete',
  remove: 'delete',
  deleteOne: 'delete',
  exists: 'count',
  groupBy: 'aggregate',
  paginate: 'page',
})

export function modelDb(engine: Engine, model: ModelNode, makeContext: () => ExecutionContext): UntypedModelDb {
  async function read(
    options: FindArguments,
    address: RowAddress | null,
    context = makeContext(),
  ): Promise<{ readonly rows: Row[]; readonly found: FoundRows }> {
    const values = new Values()
    const seek = options.after === undefined ? (options.before === undefined ? null : 'before') : 'after'
    if (seek === 'after' && options.before !== undefined) {
      throw refusal('request.parameter-conflict', { name: 'after', other: 'before' })
    }
    const request: FindRequest = {
      ...emptyFind,
      model: model.name,
      by: address === null ? null : { fields: address.fields, slots: address.values.map(value => values.slot(value)) },
      select: readSelection(engine.graph, model, options, values),
      where: readWhere(engine.graph, model, options.where, values),
      sort: readSort(options.sort),
      limit: options.limit === undefined ? null : values.slot(options.limit),
      offset: options.offset === undefined ? null : values.slot(options.offset),
      seek: seek === null ? null : { direction: seek },
      count: options.count === true,
      withDeleted: options.withDeleted === true,
    }
    const prepared = engine.find(request, context.caller.class)
    const cursor = options.after ?? options.before ?? null
    const given = { form: 'native', values: values.list, cursor } as const
    const found = await engine.transactions.read(context, async () => prepared.run(given, context))
    const rows = found.json === null ? [] : nativeRows(prepared.planned(context.caller).plan, wholeText(found.json))
    return { rows, found }
  }

  /** What a write gives back, read again where the row is the caller's to read. */
  function written(outcome: Written, selection: Selection, context: ExecutionContext): Row[] {
    // Nothing to convert; a model that is closed to the caller would have no plan to convert by.
    if (outcome.json === null || outcome.json === '[]') return []
    const { plan } = engine
      .find({ ...emptyFind, model: model.name, select: selection }, context.caller.class)
      .planned(context.caller)
    return nativeRows(plan, wholeText(outcome.json))
  }

  function selectionOf({ select, include }: WriteArguments): Selection {
    const values = new Values()
    const selection = readSelection(engine.graph, model, { select, include }, values)
    if (values.list.length === 0) return selection
    throw refusal('request.malformed-parameter', {
      name: 'select',
      reason: 'what a write gives back cannot be filtered or limited; read the row again',
    })
  }

  /** Null when the write stands and its writer may not read the row. */
  function oneWritten(outcome: Written, selection: Selection, context: ExecutionContext): Row | null {
    return written(outcome, selection, context)[0] ?? null
  }

  function readFilter(where: unknown): { readonly where: FilterRequest; readonly values: readonly unknown[] } {
    const values = new Values()
    return { where: readWhere(engine.graph, model, where, values) ?? { kind: 'and', of: [] }, values: values.list }
  }

  const form = 'native' as const

  const operations = {
    __proto__: others,
    async find(options = {}) {
      requireOptions(options, words.find)
      return (await read(options, null)).rows
    },
    async page(options = {}) {
      requireOptions(options, words.page)
      const { rows, found } = await read(options, null)
      const page = { after: found.after, before: found.before }
      return found.count === null ? { rows, page } : { rows, page, count: found.count }
    },
    async first(options = {}) {
      requireOptions(options, words.first)
      return (await read({ ...options, limit: 1 }, null)).rows[0] ?? null
    },
    async get(key, options = {}) {
      requireOptions(options, words.get)
      const context = makeContext()
      const [row] = (await read(options, readAddress(model, key, context), context)).rows
      if (row === undefined) throw refusal('request.not-found', { model: model.name })
      return row
    },
    async create(row, options = {}) {
      requireOptions(options, words.write)
      const context = makeContext()
      const many = Array.isArray(row)
      const rows: readonly unknown[] = many ? row : [row]
      const select = selectionOf(options)
      const outcome = await createRows(engine, { model: model.name, form, rows, many, select }, context)
      return many ? written(outcome, select, context) : oneWritten(outcome, select, context)
    },
    async update(key, changes, options = {}) {
      requireOptions(options, words.update)
      const context = makeContext()
      const select = selectionOf(options)
      const address = readAddress(model, key, context)
      const ifVersion = options.ifVersion ?? null
      const input = { model: model.name, form, address, changes, ifVersion, select }
      return oneWritten(await updateRow(engine, input, context), select, context)
    },
    async upsert(row, options = {}) {
      requireOptions(row, words.upsert)
      requireOptions(options, words.write)
      const context = makeContext()
      const select = selectionOf(options)
      const { on = model.key, create, update } = row
      const outcome = await upsertRow(engine, { model: model.name, form, on, create, update, select }, context)
      return oneWritten(outcome, select, context)
    },
    async delete(key, options = {}) {
      requireOptions(options, words.delete)
      const context = makeContext()
      const address = readAddress(model, key, context)
      const ifVersion = options.ifVersion ?? null
      await deleteRow(engine, { model: model.name, form, address, ifVersion }, context)
    },
    async restore(key, options = {}) {
      requireOptions(options, words.write)
      const context = makeContext()
      const select = selectionOf(options)
      const outcome = await restoreRow(
        engine,
        { model: model.name, form, address: readAddress(model, key, context), select },
        context,
      )
      return oneWritten(outcome, select, context)
    },
    async updateMany(options) {
      requireOptions(options, words.updateMany)
      const { where, changes } = options
      const { count } = await updateMany(
        engine,
        { model: model.name, form, ...readFilter(where), changes, changesForm: form },
        makeContext(),
      )
      return { count }
    },
    async deleteMany(options) {
      requireOptions(options, words.deleteMany)
      const { where } = options
      const { count } = await deleteMany(engine, { model: model.name, form, ...readFilter(where) }, makeContext())
      return { count }
    },
    async count(options = {}) {
      requireOptions(options, words.count)
      const { where, withDeleted = false } = options
      const filter = readFilter(where)
      const request = {
        operation: 'aggregate',
        model: model.name,
        where: filter.where,
        groupBy: [],
        measures: [{ output: 'count', function: 'count', field: null }],
        sort: [],
        limit: null,
        withDeleted,
      } as const
      const context = makeContext()
      const prepared = engine.aggregate(request, context.caller.class)
      const given = { form, values: filter.values, cursor: null }
      const { json } = await engine.transactions.read(context, async () => prepared.run(given, context))
      const [row] = JSON.parse(json) as { count: number }[]
      return row?.count ?? 0
    },
    async aggregate(options) {
      requireOptions(options, words.aggregate)
      return readAggregate(engine, model, options, makeContext())
    },
  } satisfies UntypedModelDb & { readonly __proto__: object }
  return operations
}

/** A row by its key, or by the values of a unique: a bare value for a key of one field, an object otherwise. */
function readAddress(model: ModelNode, key: unknown, { caller }: ExecutionContext): RowAddress {
  if (!hasParts(key)) {
    if (model.key.length === 1) return { fields: model.key, values: [key] }
    if (model.key.length === 0)
      throw refusal('request.no-key', { model: model.name, what: 'finding a row by one value' })
    const reason = `that of a row of ${model.name} is an object with "${model.key.join('" and "')}"`
    throw refusal('request.malformed-parameter', { name: 'key', reason })
  }
  const fields = uniqueFields(model, Object.keys(key), caller.class)
  return { fields, values: fields.map(field => key[field]) }
}
