import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusal } from '../../error/index.ts'
import { type AccessLog, accessLog, type AnsweredRequest } from './access-log.ts'
import { type LineWriter, lineWriter } from './line-writer.ts'
import { urlRedactor } from './redact-url.ts'

const request: AnsweredRequest = {
  trace: 'r1',
  method: 'GET',
  url: '/api/articles?limit=2',
  status: 200,
  microseconds: 312.4,
  bytes: 410,
  caller: 'anonymous',
  address: '127.0.0.1',
  code: null,
}

describe('the access log', () => {
  let folder: string
  let file: string
  let descriptor: number
  let writer: LineWriter
  let log: AccessLog

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-log-'))
    file = join(folder, 'log')
    descriptor = openSync(file, 'a')
    writer = lineWriter(descriptor)
    log = accessLog({ writer, redactUrl: urlRedactor(['email']), now: () => Date.parse('2026-11-22T17:29:21.000Z') })
  })
  afterEach(async () => {
    await writer.close()
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  })

  const lines = async (): Promise<Record<string, unknown>[]> => {
    await writer.flush()
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
  }

  it('has one line of JSON for each request', async () => {
    log.answered(request)
    log.answered({ ...request, status: 404, caller: null, code: 'request.not-found' })
    expect(await lines()).toEqual([
      {
        time: '2026-11-22T17:29:21.000Z',
        level: 'info',
        event: 'request',
        request: 'r1',
        method: 'GET',
        url: '/api/articles?limit=2',
        status: 200,
        us: 312,
        bytes: 410,
        caller: 'anonymous',
        address: '127.0.0.1',
      },
      expect.objectContaining({ status: 404, caller: null, code: 'request.not-found' }),
    ])
  })

  it('stays one line of JSON whatever the client writes into the URL', async () => {
    const hostile = '/api/"\\\u0000\n\u2028\u0085é{"level":"error"}'
    log.answered({ ...request, url: hostile, trace: 'a"b' })
    const [line, ...others] = await lines()
    expect(others).toEqual([])
    expect(line).toMatchObject({ url: hostile, request: 'a"b' })
  })

  it('tells an operator what a client is not told', async () => {
    const cause = new Error('disk I/O error', { cause: 'sector 7' })
    log.failed(refusal('server.unexpected', {}, { cause }), 'r9')
    const [line] = await lines()
    expect(line).toMatchObject({
      level: 'error',
      event: 'failure',
      request: 'r9',
      code: 'server.unexpected',
      cause: { message: 'disk I/O error', cause: { message: 'sector 7' } },
    })
    expect(line?.['stack']).toContain('access-log.test.ts')
  })

  it('loses nothing when thousands of lines are written at once', async () => {
    for (let count = 0; count < 20_000; count++) log.answered({ ...request, trace: `r${count}` })
    const traces = (await lines()).map(line => line['request'])
    expect(traces).toEqual(Array.from({ length: 20_000 }, (_, count) => `r${count}`))
  })
})

it('waits for a reader who stops reading, and tells how many lines had no room meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-log-'))
  const pipe = join(folder, 'pipe')
  spawnSync('mkfifo', [pipe])
  // Both ends, so that nothing waits for the other one: full, it answers EAGAIN.
  const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
  try {
    const writer = lineWriter(descriptor)
    const taken = 10_000
    for (let count = 0; count < taken; count++) writer.line(`${count} ${'x'.repeat(1000)}`)
    let ended = false
    const flushed = writer.flush().then(() => (ended = true))
    let text = ''
    const buffer = Buffer.alloc(1024 * 1024)
    const readAll = (): void => {
      try {
        for (;;) text += buffer.toString('latin1', 0, readSync(descriptor, buffer))
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN')
      }
    }
    while (!ended) {
      readAll()
      await setTimeout(5)
    }
    await flushed
    readAll()
    await writer.close()
    const lines = text.trimEnd().split('\n')
    const dropped = lines.filter(line => line.startsWith('{'))
    const written = lines.filter(line => !line.startsWith('{'))
    expect(dropped).toEqual([`{"level":"warn","event":"log-lines-dropped","count":${taken - written.length}}`])
    expect(written.map(line => Number(line.split(' ')[0]))).toEqual(written.map((_, index) => index))
    expect(written.length).toBeLessThan(taken)
  } finally {
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  }
})

describe('redaction', () => {
  const redact = urlRedactor(['email'])

  it.each([
    ['/api/articles', '/api/articles'],
    ['/api/articles?limit=2&token=abc', '/api/articles?limit=2&token=***'],
    ['/a?Access_Token=abc&x', '/a?Access_Token=***&x'],
    ['/a?author.email[startsWith]=ann', '/a?author.email[startsWith]=***'],
    ['/a?author.email%5Beq%5D=ann', '/a?author.email%5Beq%5D=***'],
    ['/a?e%6Dail=ann', '/a?e%6Dail=***'],
    ['/a?or=(email=ann,name=bob)', '/a?or=***'],
    ['/a?or=%28email=ann%29', '/a?or=***'],
    ['/a?or=(name=bob)&title=email', '/a?or=(name=bob)&title=email'],
    [
      '/a?accessToken=a&refresh-token=b&resetToken=c&new_password=d',
      '/a?accessToken=***&refresh-token=***&resetToken=***&new_password=***',
    ],
    ['/a?api-key=a&apiKey=b&countryCode=c', '/a?api-key=***&apiKey=***&countryCode=c'],
    ['/a?%zz=1&token=%zz', '/a?%zz=1&token=***'],
  ])('%s', (url, expected) => {
    expect(redact(url)).toBe(expected)
  })

  it('cuts what is endless', () => {
    expect(redact(`/${'x'.repeat(10_000)}`)).toHaveLength(2049)
  })
})

describe('a process that ends', () => {
  const module = fileURLToPath(new URL('line-writer.ts', import.meta.url))
  const program = (end: string): string[] => [
    '--input-type=module',
    '--eval',
    `import { lineWriter } from ${JSON.stringify(module)}; const w = lineWriter(1); for (let i = 0; i < 500; i++) w.line('line ' + i); ${end}`,
  ]

  it.each(['', 'process.exit(3)', 'throw new Error("x")', 'setTimeout(() => process.exit(0), 20)'])(
    'has written its lines: %s',
    end => {
      const result = spawnSync(process.execPath, program(end), { encoding: 'utf8' })
      expect(result.stdout.trimEnd().split('\n')).toHaveLength(500)
    },
  )

  it('does not wait for ever when nobody reads', async () => {
    const child = spawn(
      process.execPath,
      program('for (let i = 0; i < 50000; i++) w.line("x".repeat(100)); await w.flush()'),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    child.stdout.destroy()
    const code = await new Promise(resolve => child.once('exit', resolve))
    expect(code).toBe(0)
  })
})
