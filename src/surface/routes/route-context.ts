/** What the handlers of declared routes share. */
import type { Engine, PreparedFind } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { wholeText } from '../../lib/index.ts'
import { type ActionPorts, bareJson, type Projection, type RowAddress } from '../../operation/index.ts'
import {
  type Caller,
  type CallerClass,
  emptyFind,
  type ExecutionContext,
  type FilterRequest,
  type FindRequest,
} from '../../query/index.ts'
import type { Answer, Exchange } from '../contract/index.ts'
import type { RoutePath } from './route-path.ts'
import { placeTexts } from './route-path.ts'

/** What routes run with. */
export interface RouteContext {
  readonly engine: Engine
  readonly ports: ActionPorts
}

export const json = 'application/json'
export const noBody: Answer = Object.freeze({ status: 204, type: null, body: null })

/** One row in its envelope. */
export function enveloped(projection: Projection, row: string): string {
  const { one } = projection.envelope
  const value = bareJson(projection, row) ?? 'null'
  return one === undefined ? value : `{${JSON.stringify(one)}:${value}}`
}

/** A request that is the same each time, made ready once for each class of caller. */
export function preparedByClass(engine: Engine, request: FindRequest): (caller: CallerClass) => PreparedFind {
  const made = new Map<CallerClass, PreparedFind>()
  return caller => {
    const known = made.get(caller) ?? engine.find(request, caller)
    made.set(caller, known)
    return known
  }
}

/** The keys of rows, asked for as the caller: a row that the caller may not read does not exist. */
async function findOne(
  { engine }: RouteContext,
  model: string,
  fields: readonly string[],
  texts: readonly string[],
  context: ExecutionContext,
  where: FilterRequest | null = null,
): Promise<Readonly<Record<string, unknown>> | null> {
  const node = engine.model(model)
  const request: FindRequest = {
    ...emptyFind,
    model,
    select: { defaults: false, outputs: node.key.map(field => ({ kind: 'field', output: field, field })) },
    by: { fields, slots: fields.map((_, index) => index) },
    where,
  }
  const found = await engine
    .find(request, context.caller.class)
    .run({ form: 'text', values: texts, cursor: null }, context)
  return found.json === null || found.json === 'null'
    ? null
    : (JSON.parse(wholeText(found.json)) as Record<string, unknown>)
}

/** The condition that a row belongs to the parent that the path names; slots begin at `from`. */
export function parentCondition(path: RoutePath, from: number): FilterRequest | null {
  const { parent } = path
  if (parent === null) return null
  const of = parent.fields.map((field, index): FilterRequest => ({
    kind: 'compare',
    path: [parent.relation, field],
    operator: 'eq',
    slot: from + index,
  }))
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { kind: 'and', of }
}

/** The texts of the parent's places; a text that cannot be one names no row. */
export function parentTexts(path: RoutePath, exchange: Exchange): readonly string[] {
  if (path.parent === null) return []
  const texts = placeTexts(path.parent, exchange.segments)
  if (texts === null) throw refusal('request.not-found', { model: path.parent.model })
  return texts
}

/** Throws when the row that the path stands under is not there. `context`: of the write that belongs to it, where there is one. */
export async function requireParent(
  route: RouteContext,
  path: RoutePath,
  exchange: Exchange,
  context: ExecutionContext = exchange.context,
): Promise<void> {
  const { parent } = path
  if (parent === null) return
  const found = await findOne(route, parent.model, parent.fields, parentTexts(path, exchange), context)
  if (found === null) throw refusal('request.not-found', { model: parent.model })
}

/** The row that a route is about: the one that its path names under its parent, or the caller's own. */
export async function addressOf(
  route: RouteContext,
  model: string,
  path: RoutePath,
  row: 'path' | 'caller',
  exchange: Exchange,
  context: ExecutionContext,
): Promise<RowAddress> {
  const { engine } = route
  if (row === 'caller') return { fields: engine.model(model).key, values: callerKey(context.caller, model) }
  const own = path.own ?? { fields: [], positions: [], types: [] }
  const texts = placeTexts(own, exchange.segments)
  const parent = path.parent === null ? [] : parentTexts(path, exchange)
  if (path.parent === null) {
    if (texts === null) throw refusal('request.not-found', { model })
    return { fields: own.fields, values: texts }
  }
  const condition = parentCondition(path, own.fields.length)
  const found =
    texts === null ? null : await findOne(route, model, own.fields, [...texts, ...parent], context, condition)
  if (found !== null) return { fields: own.fields, values: texts ?? [] }
  await requireParent(route, path, exchange, context)
  throw refusal('request.not-found', { model })
}

export function callerKey(caller: Caller, model: string): Caller['key'] {
  if (caller.class === 'signedIn') return caller.key
  throw refusal('rules.sign-in-required', { operation: 'use', model: `your ${model}` })
}
