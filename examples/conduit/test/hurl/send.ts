// Sends one request with exactly the headers given, as curl would: no redirects, no cookies, nothing of a browser's.
import { request as requestPlainly } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Header } from './suite.ts'

export type Request = {
  readonly method: string
  readonly url: URL
  readonly headers: readonly Header[]
  readonly body: string | undefined
}
export type Response = {
  readonly status: number
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  readonly text: string
}

const timeoutMilliseconds = 30_000

export function send({ method, url, headers, body }: Request): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const request = url.protocol === 'https:' ? requestSecurely : requestPlainly
  const outgoing = request(url, { method, signal: AbortSignal.timeout(timeoutMilliseconds) }, incoming => {
    const { statusCode: status = 0, headersDistinct } = incoming
    text(incoming).then(content => resolve({ status, headers: headersDistinct, text: content }), reject)
  })
  outgoing.once('error', reject)
  outgoing.setHeader('Accept', '*/*')
  if (body !== undefined) outgoing.setHeader('Content-Type', 'application/json')
  // Hurl says nothing of the length of a body that is not there, where Node would say 0.
  else for (const name of ['Content-Length', 'Transfer-Encoding']) outgoing.removeHeader(name)
  for (const { name, value } of headers) outgoing.setHeader(name, value)
  outgoing.end(body)
  return promise
}
