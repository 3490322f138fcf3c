/** Errors of the server: HTTP itself, limits, and what nobody foresaw. */
import type { CatalogEntry } from './catalog-entry.ts'

export const server = {
  'server.unexpected': {
    status: 500,
    message: 'Something went wrong on the server.',
    hint: 'The log has the details under the same request id.',
  },
  'server.no-route': {
    status: 404,
    message: 'There is nothing at {path}.',
    hint: 'The nearest address is {nearest}.',
  },
  'server.method-not-allowed': {
    status: 405,
    message: '{method} is not possible here.',
    hint: 'Possible: {allowed}.',
  },
  'server.not-acceptable': {
    status: 406,
    message: 'This is only available as {types}.',
    hint: 'Name one of them in the Accept header, or leave it out.',
  },
  'server.media-type-unsupported': {
    status: 415,
    message: 'A body of the type "{type}" cannot be read here.',
    hint: 'Send {types} in UTF-8, and say so in the Content-Type header.',
  },
  'server.encoding-unsupported': {
    status: 415,
    message: 'A body with the content encoding "{encoding}" cannot be read here.',
    hint: 'Send it uncompressed.',
  },
  'server.body-too-large': {
    status: 413,
    message: 'The body is larger than {limit} bytes.',
  },
  'server.url-too-long': {
    status: 414,
    message: 'The URL is longer than {limit} bytes.',
  },
  'server.headers-too-large': {
    status: 431,
    message: 'The headers are larger than {limit} bytes.',
  },
  'server.request-timeout': {
    status: 408,
    message: 'The request did not arrive in time.',
  },
  'server.malformed-request': {
    status: 400,
    message: 'This is not an HTTP request: {reason}.',
  },
  'server.event-time-limit': {
    status: 500,
    message: 'A handler of the event "{name}" ({id}) took longer than its limit of {limit} ms.',
    hint: 'The event is delivered again later. Bound what the handler waits for, or raise "eventTime" in the limits.',
  },
  'server.stopping': {
    status: 503,
    message: 'The server is stopping.',
    hint: 'Try again after a moment.',
  },
} as const satisfies Record<string, CatalogEntry>
