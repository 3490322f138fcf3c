/** `plinth seed`: runs the application's seed on demand, all of it or nothing. */
import { refusal } from '../error/index.ts'
import type { App } from './create-app.ts'
import { migratedFirst, openForScript } from './open-script.ts'
import { rowsThere, sow } from './seed.ts'
import type { Environment } from './settings.ts'

export interface SeedReport {
  /** What was done with the rows of each model, in the order of the models. */
  readonly models: readonly { readonly model: string; readonly changes: Readonly<Record<string, number>> }[]
}

export interface SeedOptions {
  readonly root: string
  readonly environment: Environment
  /** Although there are rows. */
  readonly add: boolean
  /** Milliseconds. */
  readonly timeLimit: number
}

export async function runSeed(app: App, { root, environment, add, timeLimit }: SeedOptions): Promise<SeedReport> {
  const { seed } = app.options
  if (seed === undefined) throw refusal('transfer.seed-missing', {})
  const limits = { transactionTime: timeLimit, requestTime: timeLimit }
  const opened = await openForScript(app, { root, environment, limits, ...migratedFirst(root) })
  try {
    const rows = add ? [] : await rowsThere(opened, 'each')
    if (rows.length > 0) {
      const shown = rows.map(({ model, count }) => `${model} ${count}`).join(', ')
      throw refusal('transfer.rows-there', { rows: shown })
    }
    const counts = new Map<string, Record<string, number>>()
    const count = (model: string, what: string, many: number): void => {
      const changes = counts.get(model) ?? {}
      changes[what] = (changes[what] ?? 0) + many
      counts.set(model, changes)
    }
    const stop = opened.engine.transactions.onCommit(({ changes, crowds }) => {
      for (const { model, operation } of changes) count(model, operation, 1)
      for (const [model, many] of crowds) if (many > 0) count(model, 'change', many)
    })
    await sow(opened, seed)
    stop()
    const shown = Object.values(opened.graph.models).filter(({ hidden }) => !hidden)
    return { models: shown.flatMap(({ name }) => entry(name, counts.get(name))) }
  } finally {
    await opened.close()
  }
}

const entry = (model: string, changes: Record<string, number> | undefined): SeedReport['models'] =>
  changes === undefined ? [] : [{ model, changes }]
