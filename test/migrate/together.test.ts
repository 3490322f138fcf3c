/**
 * The old and the new version of an application run beside each other on one database, under load, while a migration with every step that is
 * called safe goes through both of its halves: no request fails, and no row is lost.
 */
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { project, type Project, type Running } from '../cli/project.ts'
import { emptyDatabase, type Engine, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { decisions, firstVersion, secondVersion } from './shop-versions.ts'

const secret = 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja'
/** One of each family: they are started as real processes. */
const families: readonly Engine[] = serverFamilies.filter(
  engine => engine !== 'mysql-9.7' || process.env['PLINTH_TEST_LONG'] !== undefined,
)
const rowsBefore = 3000

interface Failed {
  readonly version: string
  readonly what: string
  readonly status: number
  readonly body: string
}

/** Sends one request after the other until it is stopped. */
class Load {
  readonly failed: Failed[] = []
  readonly created: number[] = []
  #answered = 0
  readonly #waiting: { readonly until: number; readonly resolve: () => void }[] = []
  readonly #agent = new Agent({ keepAlive: true })
  readonly #url: string
  readonly #version: string
  readonly #first: number
  #goesOn = true
  #ended: Promise<unknown> = Promise.resolve()

  constructor(url: string, version: string, first: number) {
    this.#url = url
    this.#version = version
    this.#first = first
  }

  begin(body: (number: number) => object, change: object): this {
    const lane = async (offset: number): Promise<void> => {
      let count = 0
      while (this.#goesOn) {
        const number = this.#first + count * 2 + offset
        if ((await this.#ask('POST', '/api/products', body(number))) === 201) this.created.push(number)
        await this.#ask('GET', `/api/products?limit=20&sort=-number&include=maker`)
        await this.#ask('PATCH', `/api/products/${number}`, change)
        await this.#ask('GET', `/api/products/${1 + (count % rowsBefore)}`)
        count += 1
      }
    }
    this.#ended = Promise.all([lane(0), lane(1)])
    return this
  }

  /** Resolves when so many more requests have been answered. */
  more(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ until: this.#answered + count, resolve })
    return promise
  }

  async end(): Promise<void> {
    this.#goesOn = false
    await this.#ended
    this.#agent.destroy()
  }

  #ask(method: string, path: string, body?: object): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const sent = request(`${this.#url}${path}`, { agent: this.#agent, method, headers }, response => {
        text(response).then(received => {
          const status = response.statusCode ?? 0
          this.#answered += 1
          for (const { until, resolve: reached } of this.#waiting) if (this.#answered >= until) reached()
          // An answer that is no JSON would be worse than none.
          JSON.parse(received)
          if (status >= 400)
            this.failed.push({ version: this.#version, what: `${method} ${path}`, status, body: received })
          resolve(status)
        }, reject)
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

const oldBody = (number: number) => ({ number, title: `Product ${number}`, code: `code ${number}`, legacy: 'old' })
const newBody = (number: number) => ({
  number,
  headline: `Product ${number}`,
  code: `code ${number % 7}`,
  size: 'huge',
  rating: 5,
})

const serve = (here: Project, environment: Readonly<Record<string, string>>): Running =>
  here.run(['start'], { PLINTH_SECRET: secret, HOST: '127.0.0.1', PLINTH_SHUTDOWN_DELAY: '0s', ...environment })

describe.each(families)('on %s', engine => {
  test('no request fails while a migration goes through beside two versions', { timeout: 120_000 }, async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using old = project(firstVersion)
    expect(await old.done(['migrate', 'new'], environment)).toContain('Next: plinth migrate up')
    expect(await old.done(['migrate', 'up'], environment)).toContain('The database has all migrations')
    const oldServer = serve(old, environment)
    const oldUrl = await oldServer.url()
    await seed(oldUrl)

    using fresh = project(Object.assign({}, firstVersion, secondVersion, await filesOf(old)))
    const written = await fresh.done(['migrate', 'new', ...decisions], environment)
    expect(written).toContain('When only the new version runs')
    expect(written).not.toContain('No version may run')

    const before = new Load(oldUrl, 'old', 100_000).begin(oldBody, { note: 'changed', weight: 7 })
    await before.more(40)
    const up = await fresh.done(['migrate', 'up'], environment)
    expect(up).toContain('Next: start the new version')
    await before.more(40)
    const freshServer = serve(fresh, environment)
    const after = new Load(await freshServer.url(), 'new', 200_000).begin(newBody, { weight: null, stock: 3 })
    await Promise.all([before.more(80), after.more(80)])
    // An instance of the old version that ends meanwhile can be started again.
    const again = serve(old, environment)
    const second = new Load(await again.url(), 'old, started again', 300_000).begin(oldBody, { note: 'changed' })
    await Promise.all([second.more(40), after.more(40)])
    await Promise.all([before.end(), second.end()])
    oldServer.child.kill('SIGTERM')
    again.child.kill('SIGTERM')
    await Promise.all([oldServer.exit, again.exit])

    const contract = await fresh.done(['migrate', 'up', '--contract'], environment)
    expect(contract).toContain('The database has all migrations')
    await after.more(80)
    await after.end()
    freshServer.child.kill('SIGTERM')
    await freshServer.exit

    expect([...before.failed, ...second.failed, ...after.failed]).toEqual([])
    expect(await fresh.done(['migrate', 'check'], environment)).toContain('Models and migrations belong together.')
    const last = serve(fresh, environment)
    const numbers = await allNumbers(await last.url())
    const written2 = [
      ...Array.from({ length: rowsBefore }, (_, index) => index + 1),
      ...before.created,
      ...second.created,
      ...after.created,
    ]
    expect(numbers).toEqual(written2.toSorted((left, right) => left - right))
  })
})

async function filesOf({ folder }: Project): Promise<Record<string, string>> {
  const { readdirSync, readFileSync } = await import('node:fs')
  const names = readdirSync(`${folder}/migrations`, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.\w+$/u.test(name),
  )
  const files = Object.fromEntries(
    names.map(name => [`migrations/${name}`, readFileSync(`${folder}/migrations/${name}`, 'utf8')]),
  )
  return { ...files, 'plinth.snapshot.json': readFileSync(`${folder}/plinth.snapshot.json`, 'utf8') }
}

async function seed(url: string): Promise<void> {
  for (let first = 1; first <= rowsBefore; first += 100) {
    const rows = Array.from({ length: 100 }, (_, index) => oldBody(first + index))
    const answer = await fetch(`${url}/api/products`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rows),
    })
    expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([201, ''])
  }
}

async function allNumbers(url: string): Promise<readonly number[]> {
  const numbers: number[] = []
  let next: string | null = '/api/products?limit=100&sort=number&select=number,headline,rating,note'
  while (next !== null) {
    const answer = await fetch(`${url}${next}`)
    const { data } = (await answer.json()) as {
      data: { number: number; headline: string; rating: number; note: string }[]
    }
    for (const { number, headline, rating, note } of data) {
      numbers.push(number)
      expect([headline, typeof rating, typeof note]).toEqual([`Product ${number}`, 'number', 'string'])
    }
    const link = answer.headers.get('link') ?? ''
    const found = /<([^>]+)>;\s*rel="?next"?/u.exec(link)?.[1] ?? null
    next = found === null ? null : found.replace(/^https?:\/\/[^/]+/u, '')
  }
  return numbers
}
