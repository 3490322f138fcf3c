/** The way of one request: check what was sent, find out who is calling, read the body, run the handler, answer, tell the log. */
import { asPlinthError, type PlinthError, refusal } from '../../error/index.ts'
import type { Caller } from '../../query/index.ts'
import type { Answer, Eventually, PresentError, Route } from '../contract/index.ts'
import type { CrossOrigin } from './cross-origin.ts'
import type { Deadlines } from './deadlines.ts'
import type { Clock, HttpExchange } from './http-exchange.ts'
import type { HttpLimits } from './limits.ts'
import { requireAcceptable, requireMediaType } from './media-type.ts'
import type { HttpOptions, RequestTimeline } from './options.ts'
import { readJson } from './read-body.ts'
import type { Sender } from './send-answer.ts'

export interface Pipeline {
  readonly options: HttpOptions
  readonly limits: HttpLimits
  readonly clock: Clock
  readonly sender: Sender
  readonly deadlines: Deadlines<HttpExchange>
  readonly crossOrigin: CrossOrigin
  readonly presentError: PresentError
}

/** Carries an exchange through `route` and answers it, at once when nothing has to be waited for. */
export function handleRequest(
  pipeline: Pipeline,
  route: Route,
  exchange: HttpExchange,
  timeline: RequestTimeline | null,
): void {
  const finish = (answer: Answer, error: PlinthError | null): void =>
    answerWith(pipeline, route, exchange, timeline, answer, error)
  const refuse = (thrown: unknown): void => {
    const [answer, error] = presented(pipeline, route, exchange, thrown)
    finish(answer, error)
  }
  let answer: Eventually<Answer>
  try {
    answer = answerOf(pipeline, route, exchange)
  } catch (thrown) {
    refuse(thrown)
    return
  }
  if (!(answer instanceof Promise)) {
    finish(answer, null)
    return
  }
  exchange.watch(pipeline.deadlines, refuse)
  answer.then(
    late => finish(late, null),
    (thrown: unknown) => refuse(thrown),
  )
}

function answerOf(pipeline: Pipeline, route: Route, exchange: HttpExchange): Eventually<Answer> {
  const { urlBytes } = pipeline.limits
  if (exchange.carrier.url.length > urlBytes) throw refusal('server.url-too-long', { limit: urlBytes })
  if (route.caller === 'ignored') return admitted(pipeline, route, exchange)
  const caller = pipeline.options.resolveCaller(exchange, exchange.context)
  return caller instanceof Promise
    ? caller.then(late => asCaller(pipeline, route, exchange, late))
    : asCaller(pipeline, route, exchange, caller)
}

function asCaller(pipeline: Pipeline, route: Route, exchange: HttpExchange, caller: Caller): Eventually<Answer> {
  exchange.setCaller(caller)
  route.admit?.(caller)
  return admitted(pipeline, route, exchange)
}

function admitted(pipeline: Pipeline, route: Route, exchange: HttpExchange): Eventually<Answer> {
  const { carrier } = exchange
  requireAcceptable(carrier.headers.accept, route.produces)
  if (!carrier.hasBody()) {
    if (route.bodyRequired === true) throw refusal('request.body-missing', {})
    return route.handler(exchange)
  }
  if (route.consumes === null) throw refusal('request.body-unexpected', {})
  requireMediaType(carrier.headers, route.consumes, carrier.method)
  return withBody(pipeline, route, exchange)
}

async function withBody(pipeline: Pipeline, route: Route, exchange: HttpExchange): Promise<Answer> {
  exchange.arriving = true
  const bytes = await exchange.carrier.readBody(route.bodyLimit ?? pipeline.limits.bodyBytes)
  exchange.arriving = false
  exchange.bytes = bytes
  const type = exchange.carrier.headers['content-type'] ?? ''
  if (isJson(type)) exchange.body = readJson(bytes, pipeline.limits.bodyDepth)
  return await route.handler(exchange)
}

const isJson = (type: string): boolean => type === 'application/json' || /^[^;]*[/+]json\s*(?:;|$)/i.test(type)

/** What is unforeseen becomes `server.unexpected`; a presenter that fails leaves the presenting to the one of the house. */
function presented(
  pipeline: Pipeline,
  route: Route | null,
  exchange: HttpExchange,
  thrown: unknown,
): readonly [Answer, PlinthError] {
  const error = asPlinthError(thrown)
  let answer: Answer
  try {
    answer = (route?.presentError ?? pipeline.presentError)(error, exchange)
  } catch (failure) {
    pipeline.options.onFailure?.(asPlinthError(failure), exchange.id)
    answer = pipeline.presentError(error, exchange)
  }
  if (error.status >= 500) pipeline.options.onFailure?.(error, exchange.id)
  const headers: Record<string, string> = { ...error.headers, ...answer.headers }
  if (answer.status === 401 && !('WWW-Authenticate' in headers)) {
    headers['WWW-Authenticate'] = pipeline.options.challenge?.(error) ?? 'Bearer realm="api"'
  }
  if (answer.status === 503 && !('Retry-After' in headers)) headers['Retry-After'] = '1'
  return [{ ...answer, headers }, error]
}

function answerWith(
  pipeline: Pipeline,
  route: Route,
  exchange: HttpExchange,
  timeline: RequestTimeline | null,
  answer: Answer,
  error: PlinthError | null,
): void {
  if (exchange.answered) return
  exchange.answered = true
  exchange.finish()
  const bytes = pipeline.sender.send(exchange, answer, route.caller === 'resolved')
  tellAccess(pipeline, exchange, timeline, answer.status, bytes, error)
}

function tellAccess(
  pipeline: Pipeline,
  exchange: HttpExchange,
  timeline: RequestTimeline | null,
  status: number,
  bytes: number | null,
  error: PlinthError | null,
): void {
  const { onAccess } = pipeline.options
  if (onAccess === undefined && timeline === null) return
  const entry = {
    trace: exchange.id,
    method: exchange.method,
    url: exchange.loggedUrl,
    // 499: the client had gone.
    status: bytes === null ? 499 : status,
    microseconds: (performance.now() - exchange.began) * 1000,
    bytes: bytes ?? 0,
    caller: exchange.callerKnown ? exchange.context.caller.class : null,
    address: exchange.remoteAddress,
    code: bytes === null ? 'store.cancelled' : (error?.code ?? null),
  }
  onAccess?.(entry)
  timeline?.finish(entry)
}

/** Answers a request that no route takes. */
export function answerRefusal(pipeline: Pipeline, route: Route | null, exchange: HttpExchange, thrown: unknown): void {
  if (exchange.answered) return
  exchange.answered = true
  const [answer, error] = presented(pipeline, route, exchange, thrown)
  const bytes = pipeline.sender.send(exchange, answer, false)
  tellAccess(pipeline, exchange, null, answer.status, bytes, error)
}

export function answerPlain(pipeline: Pipeline, exchange: HttpExchange, answer: Answer): void {
  exchange.answered = true
  const bytes = pipeline.sender.send(exchange, answer, false)
  tellAccess(pipeline, exchange, null, answer.status, bytes, null)
}
