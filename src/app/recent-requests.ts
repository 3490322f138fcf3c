/** `/dev/requests`: what the last requests did, for development. */
import { refusal } from '../error/index.ts'
import { printTimeline, type RecentTimelines } from '../service/observe/index.ts'
import type { Route } from '../surface/contract/index.ts'

/** Commands and values of other people's requests are for whoever sits at this machine. */
const isThisMachine = (address: string): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address)

/** A page that lets its own name point to this machine (DNS rebinding) still sends its own name. */
const isLocalName = (host: string): boolean => /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/i.test(host)

/** Text for a terminal or a browser, JSON for whoever asks for it; newest first. */
export function recentRequests(recent: RecentTimelines): Route {
  return {
    method: 'GET',
    path: '/dev/requests',
    caller: 'ignored',
    consumes: null,
    produces: ['text/plain', 'application/json'],
    handler(exchange) {
      if (!isThisMachine(exchange.remoteAddress) || !isLocalName(exchange.header('host') ?? '')) {
        throw refusal('server.no-route', { path: exchange.path, nearest: '' })
      }
      const headers = { 'Cache-Control': 'no-store' }
      const timelines = recent.list()
      if (/\bapplication\/json\b/.test(exchange.header('accept') ?? '')) {
        return { status: 200, type: 'application/json', body: JSON.stringify({ requests: timelines }), headers }
      }
      const body = timelines.map(timeline => printTimeline(timeline, { colour: false, width: 400 })).join('\n\n')
      return { status: 200, type: 'text/plain', body: body === '' ? 'No requests yet.\n' : `${body}\n`, headers }
    },
  }
}
