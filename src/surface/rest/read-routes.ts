/** Reading over REST: a list, one row, aggregates. */
import type { Engine, FoundRows } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { piecesOf, whenSettled } from '../../lib/index.ts'
import { kindOf, type ModelNode } from '../../model/index.ts'
import type { CallerClass } from '../../query/index.ts'
import {
  admission,
  type Answer,
  type Eventually,
  type Exchange,
  type ModelRoute,
  pageLinks,
  readAnswer,
} from '../contract/index.ts'
import { collectionPath, type RestApi, scopeOf, spellingsPerRoute } from './api.ts'
import { prepareAggregate, prepareList, prepareOne, queryShapes, valuesOf } from './find-query.ts'
import { type ConditionScope, type MaskedQuery, maskQuery } from './grammar/index.ts'
import { keyTexts } from './item-path.ts'
import { spellingCache } from './spelling-cache.ts'

const json = 'application/json'

export function listRoute(api: RestApi, model: ModelNode): ModelRoute {
  const queryOf = readQueries(api, model, prepareList)
  return {
    ...readRoute(api, model, collectionPath(api, model)),
    model: model.name,
    operation: 'list',
    query: queryShapes.list(model),
    handler(exchange) {
      const masked = maskQuery(exchange.search)
      const query = queryOf(exchange, masked)
      const found = query.prepared.run(valuesOf(query, masked), exchange.context)
      return whenSettled(found, page => pageAnswer(exchange, page))
    },
  }
}

export function oneRoute(api: RestApi, model: ModelNode): ModelRoute {
  const queryOf = readQueries(api, model, prepareOne)
  return {
    ...readRoute(api, model, `${collectionPath(api, model)}/{key}`),
    model: model.name,
    operation: 'one',
    query: queryShapes.one(model),
    handler(exchange) {
      const masked = maskQuery(exchange.search)
      const query = queryOf(exchange, masked)
      const key = keyTexts(model, exchange.segments[0] ?? '')
      // What is closed to the caller is said first (semantics 9); then, a row with such a key does not exist.
      const absent = () => {
        query.prepared.planned(exchange.context.caller)
        return refusal('request.not-found', { model: model.name })
      }
      if (key === null) throw absent()
      const values = valuesOf(query, {
        skeleton: '',
        values: masked.values.length === 0 ? key : [...key, ...masked.values],
      })
      let found: Eventually<FoundRows>
      try {
        found = query.prepared.run(values, exchange.context)
      } catch (error) {
        // Binding reads the key anyway: that it is none is found out from what went wrong, and not before each read.
        throw isKey(model, key) ? error : absent()
      }
      return whenSettled(found, row => rowAnswer(exchange, model, row))
    },
  }
}

export function aggregateRoute(api: RestApi, model: ModelNode): ModelRoute {
  const queryOf = readQueries(api, model, prepareAggregate)
  return {
    // A colon: no key can be mistaken for it, as keys stand behind a slash.
    ...readRoute(api, model, `${collectionPath(api, model)}:aggregate`),
    model: model.name,
    operation: 'aggregate',
    query: queryShapes.aggregate(model),
    handler(exchange) {
      const masked = maskQuery(exchange.search)
      const query = queryOf(exchange, masked)
      return whenSettled(query.prepared.run(valuesOf(query, masked), exchange.context), found => {
        return readAnswer(exchange, ['{"data":', found.json, '}'], null, found.sameForAll, {})
      })
    },
  }
}

/** Understands the query of a read; a spelling that was seen before is looked up. */
function readQueries<Query extends object>(
  api: RestApi,
  model: ModelNode,
  prepare: (engine: Engine, scope: ConditionScope, caller: CallerClass, skeleton: string) => Query,
): (exchange: Exchange, masked: MaskedQuery) => Query {
  const scope = scopeOf(api, model)
  const spellings = spellingCache<Query>(spellingsPerRoute)
  return ({ context }, { skeleton }) => {
    const caller = context.caller.class
    return spellings.get(caller, skeleton, () => prepare(api.engine, scope, caller, skeleton))
  }
}

const readRoute = (api: RestApi, model: ModelNode, path: string) =>
  ({
    method: 'GET',
    path,
    caller: 'resolved',
    admit: admission(api.engine, model, 'read'),
    consumes: null,
    produces: [json],
  }) as const

function isKey(model: ModelNode, texts: readonly string[]): boolean {
  return model.key.every((name, part) => {
    const type = model.fields[name]?.type
    return type !== undefined && kindOf(type).parseText(texts[part] ?? '', type, '').ok
  })
}

function pageAnswer(exchange: Exchange, page: FoundRows): Answer {
  // Cursors are base64url: they need no escapes.
  const after = page.after === null ? 'null' : `"${page.after}"`
  const before = page.before === null ? 'null' : `"${page.before}"`
  const count = page.count === null ? '' : `,"count":${page.count}`
  const body = ['{"data":', ...piecesOf(page.json ?? '[]'), `,"page":{"after":${after},"before":${before}}${count}}`]
  const link = pageLinks(exchange.path, exchange.search, page.after, page.before)
  return readAnswer(exchange, body, null, page.sameForAll, link === null ? {} : { Link: link })
}

function rowAnswer(exchange: Exchange, model: ModelNode, row: FoundRows): Answer {
  if (row.json === null || row.json === 'null') throw refusal('request.not-found', { model: model.name })
  return readAnswer(exchange, piecesOf(row.json), row.version, row.sameForAll, {})
}
