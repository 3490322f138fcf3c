/** An application to be mistreated: requests of Plinth's own, and actions whose code waits until the test lets it go on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { action, createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { startApplication } from '../../src/app/index.ts'
import type { Store } from '../../src/store/contract/index.ts'
import type { Engine } from './engine.ts'
import { gate, type Gate } from './gate.ts'

const Account = model({ name: field.text({ max: 50 }).unique(), cents: field.integer().default(0) })
const Entry = model({ ref: field.text({ max: 50 }).unique(), cents: field.integer().default(0) })
const schema = defineSchema({ Account, Entry })
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Account: () => all, Entry: () => all })

export interface Bank extends AsyncDisposable {
  readonly url: string
  /** What it has told of errors of status 500 and above. */
  readonly failures: readonly string[]
  /** What the actions `hold` and `swap` wait at. */
  readonly gate: Gate
  /** A new gate, for those who come from now on. */
  shut(): void
  ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answered>
  /** Makes an account and gives its id. */
  account(name: string): Promise<string>
  close(): Promise<void>
}

export interface Answered {
  readonly status: number
  readonly code: string | null
  readonly retryAfter: string | null
  readonly milliseconds: number
  /** What tests look at of rows and lists; by its status they know what is there. */
  readonly body: {
    readonly id: string
    readonly cents: number
    readonly count: number
    readonly rows: number
    readonly data?: readonly unknown[]
    readonly length?: number
  }
}

export interface BankOptions {
  readonly requestTime?: number
  readonly transactionTime?: number
}

export async function openBank(engine: Engine, store: Store, limits: BankOptions = {}): Promise<Bank> {
  let current = gate()
  /** Times that each swap has begun; the first time both wait for each other. */
  const swap = (retryable: boolean, isolation: 'default' | 'serializable') =>
    action(schema, {
      input: { first: field.id('Account'), second: field.id('Account'), pair: field.text() },
      allow: everyone,
      retryable,
      isolation,
      run: async ({ db, input }) => {
        const first = !began.has(`${input.pair} ${input.first}`)
        began.add(`${input.pair} ${input.first}`)
        const { cents } = await db.Account.get(input.second)
        // What it has read is changed by the other before both are done.
        if (isolation === 'serializable' && first) await current.pass()
        await db.Account.update(input.first, { cents: cents + 1 })
        if (isolation === 'serializable') return
        if (first) await current.pass()
        await db.Account.update(input.second, { cents: cents + 1 })
      },
    })
  const began = new Set<string>()
  const app = createApp({
    schema,
    rules,
    limits,
    store,
    actions: {
      hold: action(schema, {
        input: { id: field.id('Account') },
        allow: everyone,
        run: async ({ db, input }) => {
          await db.Account.update(input.id, { cents: 7 })
          await current.pass()
        },
      }),
      /** Writes and goes on until it is told to end. */
      note: action(schema, {
        input: { ref: field.text() },
        allow: everyone,
        run: async ({ db, input }) => {
          await db.Entry.create({ ref: input.ref })
        },
      }),
      sleep: action(schema, {
        input: { seconds: field.integer() },
        allow: everyone,
        run: async ({ db, input }) => {
          await engine.sleep(await db.asSystem('to be slow').sql('Account'), input.seconds)
        },
      }),
      doze: action(schema, {
        input: { seconds: field.integer() },
        allow: everyone,
        transaction: false,
        run: async ({ db, input }) => {
          await engine.sleep(await db.asSystem('to be slow').sql('Account'), input.seconds)
        },
      }),
      /** Goes on after an error in its transaction as if nothing had happened. */
      shrug: action(schema, {
        input: { ref: field.text(), statement: field.text() },
        allow: everyone,
        run: async ({ db, input }) => {
          await db.Entry.create({ ref: input.ref })
          const { sql } = await import('kysely')
          const by = await db.asSystem('to go wrong').sql('Account')
          await sql
            .raw(input.statement)
            .execute(by)
            .catch(() => undefined)
        },
      }),
      /** SQL by hand, outside of a transaction. */
      run: action(schema, {
        input: { statement: field.text() },
        output: { rows: field.integer() },
        allow: everyone,
        transaction: false,
        run: async ({ db, input }) => {
          const { sql } = await import('kysely')
          const { rows } = await sql.raw(input.statement).execute(await db.asSystem('to run SQL').sql('Account'))
          return { rows: rows.length }
        },
      }),
      swap: swap(false, 'default'),
      swapAgain: swap(true, 'default'),
      serial: swap(false, 'serializable'),
      serialAgain: swap(true, 'serializable'),
    },
  })
  const failures: string[] = []
  const root = mkdtempSync(join(tmpdir(), 'plinth-bank-'))
  const started = await startApplication(app, {
    root,
    mode: 'development',
    environment: { PORT: '0', PLINTH_LOG: 'off' },
    print: text => failures.push(text),
  })
  const ask = async (method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answered> => {
    const began = performance.now()
    const response = await fetch(started.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal === undefined ? {} : { signal }),
    })
    const text = await response.text()
    const answered = JSON.parse(text === '' ? '{}' : text) as Answered['body'] & { readonly code?: string }
    return {
      status: response.status,
      code: response.ok ? null : (answered.code ?? null),
      retryAfter: response.headers.get('retry-after'),
      milliseconds: performance.now() - began,
      body: answered,
    }
  }
  const close = async (): Promise<void> => {
    await started.stop(Promise.resolve())
    rmSync(root, { recursive: true, force: true })
  }
  return {
    url: started.url,
    failures,
    get gate() {
      return current
    },
    shut: () => void (current = gate()),
    ask,
    account: async name => (await ask('POST', '/api/accounts', { name })).body.id,
    close,
    [Symbol.asyncDispose]: close,
  }
}
