/** A declared list: filters, order and pages as the route has them, in one statement. */
import type { FoundRows, PreparedFind } from '../../engine/index.ts'
import { refusal } from '../../error/index.ts'
import { piecesOf, whenSettled } from '../../lib/index.ts'
import { kindOf } from '../../model/index.ts'
import { bareJson, selectionOf } from '../../operation/index.ts'
import { type CallerClass, emptyFind, type FilterRequest, type FindRequest } from '../../query/index.ts'
import { type Answer, type Eventually, type Exchange, pageLinks, readAnswer } from '../contract/index.ts'
import { admitsAll } from './admit.ts'
import { firstFilterSlot } from './declare-route.ts'
import type { ListRoute, RouteFilter } from './declaration.ts'
import { readQuery } from './read-query.ts'
import { parentCondition, parentTexts, requireParent, type RouteContext } from './route-context.ts'

/** The parameters of a list's query. */
function listParameters(list: ListRoute): readonly string[] {
  const paging =
    list.paging === null ? [] : list.paging === 'offset' ? ['limit', 'offset'] : ['limit', 'after', 'before']
  return [...list.filters.map(({ name }) => name), ...paging]
}

export function listHandler(route: RouteContext, list: ListRoute): (exchange: Exchange) => Eventually<Answer> {
  const parameters = listParameters(list)
  const requests = requestsOf(route, list)

  return exchange => {
    const { context } = exchange
    const query = readQuery(exchange.search, parameters)
    const given = list.filters.filter(filter => query.has(filter.name))
    const cursor = cursorOf(query)
    const prepared = requests(context.caller.class, given, cursor?.direction ?? null)
    const values: unknown[] = []
    if (list.paging !== null) values[0] = limitOf(query.get('limit'), list)
    if (list.paging === 'offset') values[1] = query.get('offset')
    for (const filter of given) values[slotOf(list, filter)] = filterText(filter, query.get(filter.name) ?? '')
    const parent = parentTexts(list.path, exchange)
    parent.forEach((text, index) => (values[parentSlot(list) + index] = text))

    const found = prepared.run({ form: 'text', values, cursor: cursor?.text ?? null }, context)
    return whenSettled(found, page => {
      if (page.rows > 0 || list.path.parent === null) return listAnswer(list, exchange, page)
      return requireParent(route, list.path, exchange).then(() => listAnswer(list, exchange, page))
    })
  }
}

const slotOf = (list: ListRoute, filter: RouteFilter): number => firstFilterSlot + list.filters.indexOf(filter)
const parentSlot = (list: ListRoute): number => firstFilterSlot + list.filters.length

/** Requests by what of the query changes their shape. There are few of them, and each is made once. */
function requestsOf({ engine }: RouteContext, list: ListRoute) {
  const made = new Map<string, PreparedFind>()
  return (caller: CallerClass, given: readonly RouteFilter[], seek: 'after' | 'before' | null): PreparedFind => {
    const key = `${caller} ${seek ?? ''} ${given.map(filter => slotOf(list, filter)).join()}`
    const known = made.get(key) ?? engine.find(requestOf(list, given, seek), caller)
    made.set(key, known)
    return known
  }
}

export function requestOf(
  list: ListRoute,
  given: readonly RouteFilter[],
  seek: 'after' | 'before' | null,
): FindRequest {
  const of: FilterRequest[] = given.map(filter => filterRequest(filter, slotOf(list, filter)))
  if (list.where !== null) of.push({ kind: 'declared', predicate: list.where, slots: {} })
  const parent = parentCondition(list.path, parentSlot(list))
  if (parent !== null) of.push(parent)
  return {
    ...emptyFind,
    model: list.model,
    select: selectionOf(list.projection),
    where: of.length === 0 ? null : { kind: 'and', of },
    sort: list.sort,
    limit: list.paging === null ? null : 0,
    fixedLimit: list.maximum,
    offset: list.paging === 'offset' ? 1 : null,
    seek: seek === null ? null : { direction: seek },
    count: list.projection.envelope.count !== undefined,
    ...(list.paging === null ? { unlimited: true } : {}),
  }
}

function filterRequest({ condition, type }: RouteFilter, slot: number): FilterRequest {
  return condition.kind === 'path'
    ? { kind: 'compare', path: condition.path, operator: 'eq', slot }
    : { kind: 'declared', predicate: condition.predicate, slots: { [slot]: { type, list: false } } }
}

function limitOf(text: string | undefined, { limit, maximum }: ListRoute): number {
  if (text === undefined) return limit
  const asked = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (asked >= 1 && asked <= maximum) return asked
  throw refusal('request.limit-out-of-range', { value: text.slice(0, 40), limit: maximum }, { pointer: '?limit' })
}

function filterText({ name, type }: RouteFilter, text: string): string {
  const parsed = kindOf(type).parseText(text, type, `?${name}`)
  if (parsed.ok) return text
  const reason = parsed.error.message.replace(/\.$/, '')
  throw refusal('request.malformed-parameter', { name, reason }, { pointer: `?${name}`, errors: [parsed.error] })
}

function cursorOf(
  query: ReadonlyMap<string, string>,
): { readonly direction: 'after' | 'before'; readonly text: string } | null {
  const [after, before] = [query.get('after'), query.get('before')]
  if (after !== undefined && before !== undefined) {
    throw refusal('request.parameter-conflict', { name: 'after', other: 'before' }, { pointer: '?after' })
  }
  if (after !== undefined) return { direction: 'after', text: after }
  return before === undefined ? null : { direction: 'before', text: before }
}

function listAnswer(list: ListRoute, exchange: Exchange, page: FoundRows): Answer {
  const { envelope } = list.projection
  const rows = bareJson(list.projection, page.json ?? '[]') ?? '[]'
  const count = envelope.count === undefined ? '' : `,${JSON.stringify(envelope.count)}:${page.count ?? 0}`
  const pieces = piecesOf(rows)
  const body = envelope.many === undefined ? pieces : [`{${JSON.stringify(envelope.many)}:`, ...pieces, `${count}}`]
  const link = list.paging === 'cursor' ? pageLinks(exchange.path, exchange.search, page.after, page.before) : null
  return readAnswer(exchange, body, null, page.sameForAll && admitsAll(list), link === null ? {} : { Link: link })
}
