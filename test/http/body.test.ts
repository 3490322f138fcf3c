// What a request sends and takes: media types, bodies in every broken shape, and what is no HTTP at all.
import { afterEach, describe, expect, it } from 'vitest'
import type { AnsweredRequest } from '../../src/service/observe/index.ts'
import { closeAll, echo, exchange, listening, serve } from './serve.ts'

afterEach(closeAll)

describe('what a request sends and takes', () => {
  it.each([
    ['application/json', 200],
    ['*/*', 200],
    ['text/html, application/*;q=0.5', 200],
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['*/*, application/json;q=0', 406],
    ['', 200],
  ])('Accept: %s answers %i', async (accept, status) => {
    const answer = await serve([{}]).fastify.inject({ url: '/things', headers: { accept } })
    expect(answer.statusCode).toBe(status)
  })

  it.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON;charset="UTF-8"', 200],
    ['application/json; charset=latin1', 415],
    ['application/merge-patch+json', 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['nonsense', 415],
    [undefined, 415],
  ])('Content-Type: %s answers %i', async (type, status) => {
    const answer = await serve([echo]).fastify.inject({
      method: 'POST',
      url: '/things',
      payload: Buffer.from('{"a":1}'),
      headers: type === undefined ? {} : { 'content-type': type },
    })
    expect(answer.statusCode).toBe(status)
    if (status === 415) expect(answer.headers['content-type']).toBe('application/problem+json')
  })

  it('tells what a PATCH may have as its body (RFC 5789 section 2.2)', async () => {
    const { fastify } = serve([{ ...echo, method: 'PATCH' }])
    const answer = await fastify.inject({
      method: 'PATCH',
      url: '/things',
      payload: '<a/>',
      headers: { 'content-type': 'text/xml' },
    })
    expect([answer.statusCode, answer.headers['accept-patch']]).toEqual([415, 'application/json'])
  })

  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    serve([echo], { limits: { bodyBytes: 1000 } }).fastify.inject({
      method: 'POST',
      url: '/things',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    })

  it.each([
    ['', 'request.body-missing', 400],
    ['{"a":', 'request.body-malformed', 400],
    ['{"a":1,"a":2}', 'request.repeated-key', 400],
    [Buffer.from([0x22, 0xff, 0x22]), 'request.body-not-utf8', 400],
    ['['.repeat(999), 'request.body-too-deep', 400],
    [`"${'x'.repeat(1000)}"`, 'server.body-too-large', 413],
  ])('refuses a body (%#)', async (payload, code, status) => {
    const answer = await post(payload)
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })

  it('reads a body after a byte order mark, and refuses a compressed one', async () => {
    expect((await post('\uFEFF{"a":1}')).json()).toEqual({ a: 1 })
    const compressed = await post('{}', { 'content-encoding': 'gzip' })
    expect([compressed.statusCode, compressed.headers['accept-encoding']]).toEqual([415, 'identity'])
  })

  it('refuses a body where there can be none', async () => {
    const answer = await serve([{}]).fastify.inject({ method: 'GET', url: '/things', payload: '{}' })
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'request.body-unexpected'])
  })

  it('answers a body that is cut off', async () => {
    const port = await listening(serve([echo]))
    const answer = await exchange(
      port,
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
      socket => socket.end(),
    )
    expect(answer).toMatch(/^HTTP\/1.1 400/)
  })

  it('answers a request that does not arrive in time as one that is late, headers and body alike', async () => {
    const failures: unknown[] = []
    const limits = { receiveTime: 200, requestTime: 100 }
    const port = await listening(serve([echo], { limits, onFailure: error => failures.push(error) }))
    const head = 'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n'
    const [body, headers] = await Promise.all([exchange(port, `${head}\r\n{"a":`), exchange(port, head)])
    expect([body, headers]).toEqual([expect.stringMatching(/^HTTP\/1.1 408/), expect.stringMatching(/^HTTP\/1.1 408/)])
    expect(body).toContain('connection: close')
    expect(failures).toEqual([])
  })

  it('closes the connection on which an unread body would follow', async () => {
    const port = await listening(serve([echo], { limits: { bodyBytes: 10 } }))
    const answer = await exchange(
      port,
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
    )
    expect(answer).toMatch(/^HTTP\/1.1 413/)
    expect(answer).toContain('connection: close')
  })

  it('refuses chunks beyond the limit, though no length was announced', async () => {
    const port = await listening(serve([echo], { limits: { bodyBytes: 10 } }))
    const answer = await exchange(
      port,
      `POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n${' '.repeat(32)}\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 413/)
  })

  it('refuses one that is coded for the way by more than chunks', async () => {
    const port = await listening(serve([echo]))
    const answer = await exchange(
      port,
      'POST /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 415/)
  })

  it.each([
    ['GET /things HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n', 400],
    ['FOO BAR\r\n\r\n', 400],
    [`GET /things HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12', 400],
  ])('answers what is no HTTP request (%#)', async (text, status) => {
    const entries: AnsweredRequest[] = []
    const port = await listening(serve([{}], { onAccess: entry => entries.push(entry) }))
    const answer = await exchange(port, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain('application/problem+json')
    expect(entries).toEqual([expect.objectContaining({ status })])
  })
})
