/** A declared route to one row. */
import type { FoundRows } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { whenSettled, wholeText } from '../../lib/index.ts'
import { selectionOf } from '../../operation/index.ts'
import { emptyFind, type FindRequest } from '../../query/index.ts'
import { type Answer, type Eventually, type Exchange, readAnswer } from '../contract/index.ts'
import { admitsAll } from './admit.ts'
import type { OneRoute } from './declaration.ts'
import { readQuery } from './read-query.ts'
import {
  callerKey,
  enveloped,
  parentCondition,
  parentTexts,
  preparedByClass,
  requireParent,
  type RouteContext,
} from './route-context.ts'
import { placeTexts } from './route-path.ts'

export function oneHandler(route: RouteContext, one: OneRoute): (exchange: Exchange) => Eventually<Answer> {
  const { engine } = route
  const { path, model, projection } = one
  const fields = one.row === 'caller' ? engine.model(model).key : (path.own?.fields ?? [])
  const request: FindRequest = {
    ...emptyFind,
    model,
    select: selectionOf(projection),
    by: { fields, slots: fields.map((_, index) => index) },
    where: parentCondition(path, fields.length),
  }

  const preparedFor = preparedByClass(engine, request)

  return exchange => {
    const { context } = exchange
    const prepared = preparedFor(context.caller.class)
    readQuery(exchange.search, [])
    const texts =
      one.row === 'caller'
        ? callerKey(context.caller, model).map(String)
        : path.own === null
          ? null
          : placeTexts(path.own, exchange.segments)
    const parent = parentTexts(path, exchange)
    if (texts === null) return absent(route, one, exchange)
    const found = prepared.run({ form: 'text', values: [...texts, ...parent], cursor: null }, context)
    return whenSettled(found, (row: FoundRows) => {
      if (row.json === null || row.json === 'null') return absent(route, one, exchange)
      const body = enveloped(projection, wholeText(row.json))
      return readAnswer(exchange, [body], row.version, row.sameForAll && one.row === 'path' && admitsAll(one), {})
    })
  }
}

/** The row is not there; perhaps the one that it would belong to is not there either. */
async function absent(route: RouteContext, one: OneRoute, exchange: Exchange): Promise<Answer> {
  await requireParent(route, one.path, exchange)
  throw refusal('request.not-found', { model: one.model })
}
