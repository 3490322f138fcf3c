// Which pages of other origins may read answers: what browsers are told.
import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, echo, serve } from './serve.ts'

afterEach(closeAll)

describe('an answer', () => {
  it('can be read by pages of the origins that are allowed, refusals too', async () => {
    const exposed = 'access-control-expose-headers'
    const asked = async (
      origins: '*' | readonly string[] | undefined,
      path: string,
      more: Record<string, string> = {},
    ) => {
      const { fastify } = serve([{}, { ...echo, path: '/echo' }], origins === undefined ? {} : { origins })
      const { headers, statusCode } = await fastify.inject({
        url: path,
        headers: { origin: 'https://a.example', ...more },
      })
      return [statusCode, headers['access-control-allow-origin'], headers[exposed]?.includes('ETag'), headers.vary]
    }
    const both = ['https://a.example', 'https://b.example']
    expect(await asked(both, '/things')).toEqual([200, 'https://a.example', true, 'Origin, Authorization'])
    expect(await asked(both, '/things', { origin: 'https://c.example' })).toEqual([
      200,
      undefined,
      undefined,
      'Origin, Authorization',
    ])
    expect(await asked(both, '/nothing')).toEqual([404, 'https://a.example', true, 'Origin'])
    expect(await asked(both, '/echo')).toEqual([405, 'https://a.example', true, 'Origin'])
    expect(await asked(both, '/things', { accept: 'text/html' })).toEqual([
      406,
      'https://a.example',
      true,
      'Origin, Authorization',
    ])
    expect(await asked('*', '/things')).toEqual([200, '*', true, 'Authorization'])
    expect(await asked(undefined, '/things')).toEqual([200, undefined, undefined, 'Authorization'])
  })

  it('tells browsers what pages of these origins may send', async () => {
    const { fastify } = serve([{}, { ...echo, path: '/things' }], { origins: ['https://a.example'] })
    const asked = async (headers: Record<string, string>) => {
      const { headers: told, statusCode } = await fastify.inject({ method: 'OPTIONS', url: '/things', headers })
      const names = ['origin', 'methods', 'headers'].map(name => told[`access-control-allow-${name}`])
      return [statusCode, ...names, told['access-control-max-age'], told.allow]
    }
    const method = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    }
    const [origin, methods] = ['https://a.example', 'GET, POST, HEAD, OPTIONS']
    expect(await asked({ origin, ...method })).toEqual([
      204,
      origin,
      methods,
      'authorization, content-type',
      '7200',
      methods,
    ])
    expect(await asked({ origin })).toEqual([204, origin, undefined, undefined, undefined, methods])
    expect(await asked({ origin: 'https://b.example', ...method })).toEqual([
      204,
      undefined,
      undefined,
      undefined,
      undefined,
      methods,
    ])
    const odd = { ...method, 'access-control-request-headers': 'a\tb' }
    expect(await asked({ origin, ...odd })).toEqual([204, origin, methods, undefined, '7200', methods])
  })
})
