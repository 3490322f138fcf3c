/** What is answered where no route is: 404 with the nearest path, 405 and OPTIONS with the methods of a path that has others. */
import { refusal } from '../../error/index.ts'
import type { Route } from '../contract/index.ts'
import { answerPlain, answerRefusal, type Pipeline } from './handle-request.ts'
import type { HttpExchange } from './http-exchange.ts'
import type { RouteTable } from './route-table.ts'

export function answerAbsent(pipeline: Pipeline, table: RouteTable, exchange: HttpExchange): void {
  const { path, method } = exchange
  const allowed = path === '*' ? ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'] : table.methodsOf(path)
  const presenter = table.presenterOf(path)
  const group = presenter === undefined ? null : ({ presentError: presenter } as Route)
  if (allowed.length === 0) {
    const nearest = table.nearest(path)
    answerRefusal(pipeline, group, exchange, refusal('server.no-route', { path: path.slice(0, 200), nearest }))
    return
  }
  const headers: Record<string, string> = { Allow: allowed.join(', ') }
  if (method === 'OPTIONS') {
    Object.assign(headers, pipeline.crossOrigin.preflight(exchange, allowed))
    const patch = table.patchTypesOf(path)
    if (patch.length > 0) headers['Accept-Patch'] = patch.join(', ')
    answerPlain(pipeline, exchange, { status: 204, type: null, body: null, headers })
    return
  }
  const parameters = { method, allowed: allowed.join(', ') }
  answerRefusal(pipeline, group, exchange, refusal('server.method-not-allowed', parameters, { headers }))
}
