/** Writing over REST: create, upsert, update, delete, restore, and the same to all rows of a filter. */
import { LRUCache } from 'lru-cache'
import { refusal } from '../../error/index.ts'
import { isObject, piecesOf, wholeText } from '../../lib/index.ts'
import type { ModelNode } from '../../model/index.ts'
import {
  createRows,
  deleteMany,
  deleteRow,
  keySegment,
  restoreRow,
  type RowAddress,
  updateMany,
  updateRow,
  upsertRow,
  type Written,
} from '../../operation/index.ts'
import type { ExecutionContext, Selection } from '../../query/index.ts'
import {
  admission,
  type AdmittedOperation,
  type Answer,
  encodeText,
  type Exchange,
  malformed,
  type ModelOperation,
  type ModelRoute,
  once,
  type QueryShape,
  refuseConditions,
  tagOf,
  versionAsked,
} from '../contract/index.ts'
import { collectionPath, type RestApi, scopeOf, spellingsPerRoute } from './api.ts'
import { everything, queryShapes } from './find-query.ts'
import { maskQuery, type MaskedQuery, parseQuery, SlotNumbering } from './grammar/index.ts'
import { keyTexts } from './item-path.ts'
import { type Preference, readPrefer } from './prefer.ts'

const json = 'application/json'
const mergePatch = ['application/merge-patch+json', json]
const form = 'json'

export function createRoute(api: RestApi, model: ModelNode): ModelRoute {
  const query = queryShapes.create(model)
  const readQuery = writeQueries(api, model, query)
  return writeRoute(api, model, {
    method: 'POST',
    path: collectionPath(api, model),
    consumes: [json],
    operation: 'create',
    query,
    async write(exchange, context) {
      refuseConditions(exchange)
      const prefer = readPrefer(exchange.header('prefer'))
      const { select, on } = readQuery(exchange, prefer)
      const { body } = exchange
      if (on !== null) {
        if (!isObject(body)) throw refusal('request.body-wrong-shape', { expected: 'an object' })
        const update = Object.fromEntries(Object.entries(body).filter(([name]) => !on.includes(name)))
        const written = await upsertRow(
          api.engine,
          { model: model.name, form, select, on, create: body, update },
          context,
        )
        return writtenAnswer(api, model, written, prefer, written.created)
      }
      const many = Array.isArray(body)
      if (!many && !isObject(body))
        throw refusal('request.body-wrong-shape', { expected: 'an object or an array of objects' })
      const rows: readonly unknown[] = many ? body : [body]
      const written = await createRows(api.engine, { model: model.name, form, select, rows, many }, context)
      return many ? manyAnswer(written, prefer) : writtenAnswer(api, model, written, prefer, true)
    },
  })
}

export function updateRoute(api: RestApi, model: ModelNode): ModelRoute {
  const readQuery = writeQueries(api, model, queryShapes.write)
  return writeRoute(api, model, {
    method: 'PATCH',
    path: `${collectionPath(api, model)}/{key}`,
    consumes: mergePatch,
    operation: 'update',
    query: queryShapes.write,
    async write(exchange, context) {
      const ifVersion = versionAsked(exchange)
      const prefer = readPrefer(exchange.header('prefer'))
      const { select } = readQuery(exchange, prefer)
      const changes = objectBody(exchange)
      const input = {
        model: model.name,
        form,
        select,
        address: addressOf(model, exchange),
        changes,
        ifVersion,
      } as const
      return writtenAnswer(api, model, await updateRow(api.engine, input, context), prefer, false)
    },
  })
}

export function deleteRoute(api: RestApi, model: ModelNode): ModelRoute {
  return writeRoute(api, model, {
    method: 'DELETE',
    path: `${collectionPath(api, model)}/{key}`,
    consumes: null,
    operation: 'delete',
    query: queryShapes.nothing,
    async write(exchange, context) {
      const ifVersion = versionAsked(exchange)
      parseQuery(scopeOf(api, model), maskQuery(exchange.search).skeleton, queryShapes.nothing)
      await deleteRow(api.engine, { model: model.name, form, address: addressOf(model, exchange), ifVersion }, context)
      return { status: 204, type: null, body: null }
    },
  })
}

export function restoreRoute(api: RestApi, model: ModelNode): ModelRoute {
  const readQuery = writeQueries(api, model, queryShapes.write)
  return writeRoute(api, model, {
    method: 'POST',
    path: `${collectionPath(api, model)}/{key}/restore`,
    consumes: null,
    operation: 'restore',
    query: queryShapes.write,
    async write(exchange, context) {
      refuseConditions(exchange)
      const prefer = readPrefer(exchange.header('prefer'))
      const { select } = readQuery(exchange, prefer)
      const input = { model: model.name, form, select, address: addressOf(model, exchange) } as const
      return writtenAnswer(api, model, await restoreRow(api.engine, input, context), prefer, false)
    },
  })
}

export function updateManyRoute(api: RestApi, model: ModelNode): ModelRoute {
  return writeRoute(api, model, {
    method: 'PATCH',
    path: collectionPath(api, model),
    consumes: mergePatch,
    operation: 'updateMany',
    query: queryShapes.bulk,
    async write(exchange, context) {
      refuseConditions(exchange)
      const rows = filteredRows(api, model, exchange, 'update')
      const changes = objectBody(exchange)
      const input = { model: model.name, form: 'text', ...rows, changes, changesForm: form } as const
      const { count } = await updateMany(api.engine, input, context)
      return countAnswer(count)
    },
  })
}

export function deleteManyRoute(api: RestApi, model: ModelNode): ModelRoute {
  return writeRoute(api, model, {
    method: 'DELETE',
    path: collectionPath(api, model),
    consumes: null,
    operation: 'deleteMany',
    query: queryShapes.bulk,
    async write(exchange, context) {
      refuseConditions(exchange)
      const rows = filteredRows(api, model, exchange, 'delete')
      const { count } = await deleteMany(api.engine, { model: model.name, form: 'text', ...rows }, context)
      return countAnswer(count)
    },
  })
}

type WriteOperation = Exclude<ModelOperation, 'list' | 'one' | 'aggregate'>

const admittedAs: Readonly<Record<WriteOperation, AdmittedOperation>> = {
  create: 'create',
  update: 'update',
  updateMany: 'update',
  delete: 'delete',
  deleteMany: 'delete',
  restore: 'restore',
}

interface WriteRoute extends Pick<ModelRoute, 'method' | 'path' | 'consumes' | 'query'> {
  readonly operation: WriteOperation
  readonly write: (exchange: Exchange, context: ExecutionContext) => Promise<Answer>
}

function writeRoute(api: RestApi, model: ModelNode, { write, ...route }: WriteRoute): ModelRoute {
  return {
    ...route,
    model: model.name,
    caller: 'resolved',
    admit: admission(api.engine, model, admittedAs[route.operation]),
    bodyRequired: route.consumes !== null,
    produces: route.operation === 'delete' ? [] : [json],
    handler: exchange => once(api.engine, exchange, context => write(exchange, context)),
  }
}

function objectBody({ body }: Exchange): Readonly<Record<string, unknown>> {
  if (!isObject(body)) throw refusal('request.body-wrong-shape', { expected: 'an object' })
  return body
}

/** The texts of the path; those that cannot be a key address no row. */
function addressOf(model: ModelNode, exchange: Exchange): RowAddress {
  return { fields: model.key, values: keyTexts(model, exchange.segments[0] ?? '') ?? model.key.map(() => null) }
}

interface WriteQuery {
  readonly select: Selection | null
  readonly on: readonly string[] | null
}

/** Reads the query of a write; a spelling that was seen before is looked up. */
type WriteQueries = (exchange: Exchange, prefer: Preference) => WriteQuery

function writeQueries(api: RestApi, model: ModelNode, shape: QueryShape): WriteQueries {
  const known = new LRUCache<string, WriteQuery>({ max: spellingsPerRoute })
  return (exchange, prefer) => {
    const masked = maskQuery(exchange.search)
    let query = known.get(masked.skeleton)
    if (query === undefined) {
      const { select, lists } = parseQuery(scopeOf(api, model), masked.skeleton, shape)
      query = { select: select ?? everything, on: lists['on'] ?? null }
      known.set(masked.skeleton, query)
    }
    // Values travel beside reads; the answer of a write has none to bind.
    if (masked.values.length > 0) throw malformed('select', 'limits and filters inside of it are for reads')
    return prefer.minimal ? { ...query, select: null } : query
  }
}

function filteredRows(api: RestApi, model: ModelNode, exchange: Exchange, operation: string) {
  const masked: MaskedQuery = maskQuery(exchange.search)
  const { conditions } = parseQuery(scopeOf(api, model), masked.skeleton, queryShapes.bulk)
  const numbering = new SlotNumbering()
  const where = numbering.where(conditions)
  if (where === null) throw refusal('request.filter-required', { operation })
  return { where, values: numbering.order.map(place => masked.values[place]) }
}

function preferenceHeaders({ applied }: Preference): Record<string, string> {
  return applied === null ? {} : { 'Preference-Applied': applied }
}

function writtenAnswer(api: RestApi, model: ModelNode, written: Written, prefer: Preference, created: boolean): Answer {
  const [key] = written.keys
  const headers = preferenceHeaders(prefer)
  // The address of a row that its writer may not read would be no help.
  const isTold = written.json !== null || prefer.minimal
  if (created && isTold && key !== undefined && key.length > 0) {
    headers['Location'] = `${collectionPath(api, model)}/${keySegment(key)}`
  }
  if (written.json === null) {
    return { status: 204, type: null, body: null, headers }
  }
  const body = encodeText(piecesOf(written.json))
  headers['ETag'] = tagOf(written.version, body.hash)
  return { status: created ? 201 : 200, type: json, body, headers }
}

function manyAnswer(written: Written, prefer: Preference): Answer {
  const headers = preferenceHeaders(prefer)
  if (written.json === null) return { status: 204, type: null, body: null, headers }
  return { status: 201, type: json, body: wholeText(written.json), headers }
}

const countAnswer = (count: number): Answer => ({ status: 200, type: json, body: `{"count":${count}}` })
