// The snapshot of a folder while its models change under a database that has rows.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createApp, defineSchema, field, model, openApp } from 'plinth'
import type { App } from 'plinth'
import { openDatabase, startApplication } from '../../src/app/index.ts'

const environment = { PORT: '0', PLINTH_LOG: 'off' }
const plain = createApp({ schema: defineSchema({ Supplier: model({ name: field.text() }) }) })
const withCountry = createApp({
  schema: defineSchema({ Supplier: model({ name: field.text(), country: field.text() }, { timestamps: true }) }),
})

async function noticesOf(app: unknown, root: string): Promise<string> {
  const notices: string[] = []
  const notice = (text: string): void => void notices.push(text)
  const options = { root, mode: 'development', environment, notice, print: () => {} } as const
  await (await startApplication(app as App, options)).stop()
  return notices.join('\n')
}

it('knows nothing of a column that could not be made, and what waits for it says so', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plinth-snapshot-'))
  try {
    await noticesOf(plain, root)
    const supplies = await openApp(plain, { root, environment })
    await supplies.db.asSystem('a row that stands in the way').Supplier.create({ name: 'Anna' })
    await supplies.close()

    expect(await noticesOf(withCountry, root)).toContain('The column "country" of Supplier.country is missing.')
    await using database = await openDatabase(withCountry, { root, environment })
    expect((await database.differences()).map(({ description, commands }) => [description, commands])).toEqual([
      [expect.stringMatching(/"country" .* is missing\. Rows that are there have no value for it/), null],
      [expect.stringMatching(/"created_at" .* It comes by itself with the table, as soon as nothing else/), null],
      [expect.stringMatching(/"updated_at" .* It comes by itself with the table, as soon as nothing else/), null],
    ])
    expect(await noticesOf(withCountry, root)).not.toContain('is gone')
    expect(await noticesOf(plain, root)).not.toContain('is gone')
  } finally {
    rmSync(root, { recursive: true })
  }
})
