// plinth start as a process: how it ends, and what it keeps when it is killed.
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type Project, project, type Running, shop } from './project.ts'

const secret = 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja'

interface Received {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

function ask(
  url: string,
  agent: Agent,
  method = 'GET',
  body?: unknown,
): { readonly answer: Promise<Received>; readonly begun: Promise<void> } {
  const begun = Promise.withResolvers<void>()
  const answer = new Promise<Received>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request(url, { agent, method, headers }, response => {
      begun.resolve()
      text(response).then(
        received => resolve({ status: response.statusCode, headers: response.headers, body: received }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
  return { answer, begun: begun.promise }
}

async function started(here: Project, environment: Readonly<Record<string, string>> = {}): Promise<Running> {
  await here.run(['database', '--apply']).exit
  return here.run(['start'], { PLINTH_SECRET: secret, HOST: '127.0.0.1', ...environment })
}

const linesOf = (running: Running): readonly Record<string, unknown>[] =>
  running
    .output()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

describe('plinth start', { timeout: 60_000 }, () => {
  it('ends in order: readiness fails first, keep-alive ends, requests in flight finish, exit 0', async () => {
    using here = project()
    const running = await started(here, { PLINTH_SHUTDOWN_DELAY: '1s' })
    const url = await running.url()
    const idle = new Agent({ keepAlive: true })
    const ready = await ask(`${url}/health/ready`, idle).answer
    expect([ready.status, ready.body, ready.headers.connection]).toEqual([200, '{"status":"ready"}', 'keep-alive'])
    // Its connection is kept alive by a handler that is not ours, and is idle only when the server has begun to close.
    const kept = new Agent({ keepAlive: true })
    const slow = ask(`${url}/slow/1500`, kept)
    await slow.begun

    running.child.kill('SIGTERM')
    await running.printed(/"event":"stopping"/)
    // Still listening: whoever balances load has to see that this process is not ready.
    const stopping = await ask(`${url}/health/ready`, new Agent()).answer
    expect([stopping.status, stopping.headers.connection]).toEqual([503, 'close'])
    expect(JSON.parse(stopping.body)).toMatchObject({ code: 'server.stopping' })
    const live = await ask(`${url}/health/live`, new Agent()).answer
    expect(live.status).toBe(200)
    const late = await ask(`${url}/api/articles`, idle).answer
    expect([late.status, late.headers.connection]).toEqual([200, 'close'])

    expect((await slow.answer).body).toBe('done')
    expect(await running.exit).toBe(0)
    await expect(ask(`${url}/health/live`, new Agent()).answer).rejects.toThrow('ECONNREFUSED')

    const lines = linesOf(running)
    expect(lines.filter(({ event }) => event !== 'request')).toMatchObject([
      { event: 'started', mode: 'production' },
      { event: 'stopping' },
      { event: 'stopped', finished: true },
    ])
    const requests = lines.filter(({ event }) => event === 'request')
    expect(requests.map(({ url: path, status }) => [path, status])).toEqual(
      expect.arrayContaining([
        ['/health/ready', 200],
        ['/health/ready', 503],
        ['/api/articles', 200],
      ]),
    )
  })

  it('says where it listens where that is everywhere, beside the URL that opens it from here', async () => {
    using here = project()
    const environment = { HOST: '0.0.0.0', PLINTH_SHUTDOWN_DELAY: '0s' }
    for (const log of ['json', 'pretty']) {
      const running = await started(here, { ...environment, PLINTH_LOG: log })
      const url = await running.url()
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u)
      const listens = `0.0.0.0:${new URL(url).port}`
      await running.printed(
        log === 'json' ? new RegExp(`"listens":"${listens}"`, 'u') : new RegExp(`machine \\(${listens}\\)`, 'u'),
      )
      expect((await ask(`${url}/health/live`, new Agent()).answer).status).toBe(200)
      running.child.kill('SIGTERM')
      expect(await running.exit).toBe(0)
    }
  })

  it('ends in order also where the signal comes with the line that says it has started', async () => {
    using here = project()
    here.write(
      'app.ts',
      `const write = process.stdout.write.bind(process.stdout)
process.stdout.write = ((text: string) => {
  const done = write(text)
  if (text.startsWith('started ')) process.kill(process.pid, 'SIGTERM')
  return done
}) as typeof process.stdout.write

${shop['app.ts']}`,
    )
    const running = await started(here, { PLINTH_LOG: 'pretty', PLINTH_SHUTDOWN_DELAY: '0s' })
    expect([await running.exit, running.output()]).toEqual([
      0,
      expect.stringMatching(/^started [^]*^stopped finished=true$/mu) as string,
    ])
  })

  it('ends in order when npm, asked to end, has ended only the shell that it runs in', async () => {
    using here = project()
    await here.run(['database', '--apply']).exit
    const environment = { PLINTH_SECRET: secret, HOST: '127.0.0.1', PLINTH_SHUTDOWN_DELAY: '0s', npm_command: 'exec' }
    const running = here.run(['start'], environment, { shell: true })
    const url = await running.url()
    const slow = ask(`${url}/slow/1000`, new Agent())
    await slow.begun
    running.child.kill('SIGTERM')
    await running.printed(/"event":"stopping"/)
    expect((await slow.answer).body).toBe('done')
    await running.printed(/"event":"stopped"/)
    await running.exit
    await expect(ask(`${url}/health/live`, new Agent()).answer).rejects.toThrow('ECONNREFUSED')
  })

  it('ends in order when that shell has ended before the application had started', async () => {
    using here = project()
    await here.run(['database', '--apply']).exit
    here.write(
      'app.ts',
      `process.stderr.write('loading\\n')\nawait new Promise(go => setTimeout(go, 500))\n${shop['app.ts']}`,
    )
    const environment = { PLINTH_SECRET: secret, HOST: '127.0.0.1', PLINTH_SHUTDOWN_DELAY: '0s', npm_command: 'exec' }
    const running = here.run(['start'], environment, { shell: true })
    await running.printed(/^loading$/m)
    running.child.kill('SIGTERM')
    await running.printed(/"event":"stopped"/)
    await running.exit
    expect(running.output()).toMatch(/"event":"stopped".*"finished":true/)
  })

  it('does not wait for the rest when a second signal comes', async () => {
    using here = project()
    const running = await started(here, { PLINTH_SHUTDOWN_DELAY: '60s' })
    const slow = ask(`${await running.url()}/slow/600000`, new Agent())
    await slow.begun
    running.child.kill('SIGTERM')
    await running.printed(/"event":"stopping"/)
    running.child.kill('SIGINT')
    await expect(slow.answer).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    expect(await running.exit).toBe(1)
    expect(linesOf(running).at(-1)).toMatchObject({ event: 'stopped', finished: false })
  })

  it('does not wait longer than its limit, for connections that have become WebSockets neither', async () => {
    using here = project()
    here.write(
      'app.ts',
      (shop['app.ts'] ?? '').replace(
        'rules,',
        `rules, extensions: [{ name: 'stuck', stop: () => new Promise(() => {}) }], plugins: [fastify => void fastify.server.on('upgrade', (_, socket) =>
          socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n'))],`,
      ),
    )
    const running = await started(here, { PLINTH_SHUTDOWN_DELAY: '0s', PLINTH_SHUTDOWN_GRACE: '300ms' })
    const url = await running.url()
    const slow = ask(`${url}/slow/600000`, new Agent())
    await slow.begun
    const upgrade = request(url, { headers: { connection: 'upgrade', upgrade: 'echo' } })
    upgrade.end()
    const [, socket] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Socket]
    const left = new Promise<void>(resolve => socket.on('error', () => {}).once('close', () => resolve()))
    running.child.kill('SIGTERM')
    await expect(slow.answer).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    await left
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain('extension stuck has not stopped in time.')
  })

  it('keeps what was acknowledged when it is killed', async () => {
    using here = project()
    const running = await started(here)
    const url = await running.url()
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const acknowledged: string[] = []
    let killed = false
    const write = async (worker: number): Promise<void> => {
      for (let count = 0; !killed; count++) {
        const title = `${worker}-${count}`
        const answer = await ask(`${url}/api/articles`, agent, 'POST', { title }).answer.catch(() => null)
        if (answer?.status === 201) acknowledged.push(title)
        if (acknowledged.length >= 100 && !killed) {
          killed = true
          running.child.kill('SIGKILL')
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, worker) => write(worker)))
    await running.exit

    const again = here.run(['start'], { PLINTH_SECRET: secret, HOST: '127.0.0.1', PLINTH_SHUTDOWN_DELAY: '0s' })
    const next = await again.url()
    const found = new Set<string>()
    let path = '/api/articles?limit=200'
    while (path !== '') {
      const { body } = await ask(`${next}${path}`, new Agent()).answer
      const page = JSON.parse(body) as { data: { title: string }[]; page: { after: string | null } }
      for (const { title } of page.data) found.add(title)
      path = page.page.after === null ? '' : `/api/articles?limit=200&after=${page.page.after}`
    }
    expect(acknowledged.filter(title => !found.has(title))).toEqual([])
    expect(found.size).toBeGreaterThanOrEqual(100)
    again.child.kill('SIGTERM')
    expect(await again.exit).toBe(0)
  })

  it('says which port is taken, and what to do', async () => {
    using here = project()
    const running = await started(here)
    const port = new URL(await running.url()).port
    const second = here.run(['start', '--port', port], { PLINTH_SECRET: secret, HOST: '127.0.0.1' })
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain(`Port ${port} on 127.0.0.1 is taken`)
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
  })
})
