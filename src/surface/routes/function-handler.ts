/** A declared route that is made by a function, and actions. */
import { detail, refusal } from '../../error/index.ts'
import { isObject, nearest, whenSettled } from '../../lib/index.ts'
import { callAction } from '../../operation/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { type Answer, encodedAnswer, type Eventually, type Exchange, once, routeEncoder } from '../contract/index.ts'
import type { FunctionRoute } from './declaration.ts'
import { readQuery } from './read-query.ts'
import { json, noBody, type RouteContext } from './route-context.ts'
import { decoded } from './route-path.ts'

/** Methods whose inputs stand in the query, not in a body. */
export const readsQuery = (method: string): boolean => method === 'GET' || method === 'DELETE'

/** `name`: what it is called in messages. */
export function functionHandler(
  route: RouteContext,
  called: FunctionRoute,
  name: string,
): (exchange: Exchange) => Eventually<Answer> {
  const { engine, ports } = route
  const { parts, places, envelope } = called
  const names = (parts.input?.names ?? []).filter(each => !places.includes(each))
  const inQuery = readsQuery(called.method)
  const pointer = envelope === null || inQuery ? '' : `/${envelope}`
  const encode = routeEncoder()
  const origin = { form: inQuery ? 'text' : 'json', texts: places, pointer } as const

  return exchange => {
    refuseConditionsOfWrites(exchange)
    const query = readQuery(exchange.search, inQuery ? names : [])
    const fromPath = places.length === 0 ? nothing : placesOf(places, exchange)
    const input = inQuery
      ? query.size === 0
        ? fromPath
        : { ...Object.fromEntries(query), ...fromPath }
      : withPlaces(bodyOf(exchange.body, envelope, parts.input === null), fromPath)
    if (called.method === 'GET') {
      const answer = callAction(engine, parts, { name, input, origin, request: exchange }, exchange.context, ports)
      return whenSettled(answer, value => {
        if (value === null) return noBody
        return encodedAnswer(exchange, encode(inEnvelope(value, envelope)), null, false, {})
      })
    }
    if (exchange.header('idempotency-key') !== undefined && (parts.secret || !parts.transaction)) {
      const reason = parts.secret
        ? 'its answers are not kept'
        : 'it runs in no transaction that an answer could be kept with'
      throw refusal('request.unsupported-header', { name: 'Idempotency-Key', reason })
    }
    const perform = async (context: ExecutionContext): Promise<Answer> => {
      const answer = await callAction(engine, parts, { name, input, origin, request: exchange }, context, ports)
      if (answer === null) return noBody
      return {
        status: called.status,
        type: json,
        body: inEnvelope(answer, envelope),
        headers: secretHeaders(parts.secret),
      }
    }
    return once(engine, exchange, perform, parts)
  }
}

const nothing: Readonly<Record<string, string>> = Object.freeze({})

const secretHeaders = (secret: boolean): Record<string, string> => (secret ? { 'Cache-Control': 'no-store' } : {})

const inEnvelope = (value: string, envelope: string | null): string =>
  envelope === null ? value : `{${JSON.stringify(envelope)}:${value}}`

function placesOf(places: readonly string[], exchange: Exchange): Record<string, string> {
  const entries = places.map((name, index): [string, string] => {
    const text = decoded(exchange.segments[index] ?? '')
    if (text !== null) return [name, text]
    throw refusal('server.malformed-request', { reason: 'the path has a broken percent-encoding' })
  })
  return Object.fromEntries(entries)
}

function withPlaces(body: unknown, fromPath: Readonly<Record<string, string>>): unknown {
  if (Object.keys(fromPath).length === 0 || !isObject(body)) return body
  // What the path says cannot be said again in the body.
  for (const name of Object.keys(fromPath)) {
    if (!Object.hasOwn(body, name)) continue
    const mistake = detail('values.unknown-field', { model: 'The body', name, nearest: 'the path' }, `/${name}`)
    throw refusal('values.invalid', { model: 'body' }, { errors: [mistake] })
  }
  return { ...body, ...fromPath }
}

/** An action without input takes an empty object, or nothing. */
function bodyOf(body: unknown, envelope: string | null, takesNothing: boolean): unknown {
  if (body === undefined) return {}
  if (takesNothing) {
    if (isObject(body) && Object.keys(body).length === 0) return {}
    throw refusal('request.body-wrong-shape', { expected: 'empty' })
  }
  if (envelope === null) return body
  if (!isObject(body)) throw refusal('request.body-wrong-shape', { expected: 'an object' })
  const mistakes = Object.keys(body)
    .filter(name => name !== envelope)
    .map(name =>
      detail('values.unknown-field', { model: 'The body', name, nearest: nearest(name, [envelope]) }, `/${name}`),
    )
  if (!Object.hasOwn(body, envelope)) mistakes.push(detail('values.required', { name: envelope }, `/${envelope}`))
  if (mistakes.length > 0) throw refusal('values.invalid', { model: 'body' }, { errors: mistakes })
  return body[envelope]
}

function refuseConditionsOfWrites(exchange: Exchange): void {
  if (exchange.method === 'GET' || exchange.method === 'HEAD') return
  for (const name of ['If-Match', 'If-None-Match']) {
    if (exchange.header(name.toLowerCase()) === undefined) continue
    throw refusal('request.unsupported-header', { name, reason: 'what runs here has no version' })
  }
}
