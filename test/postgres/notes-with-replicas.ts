// An application whose reads may go to streaming replicas, and what its tests ask of its answers.
import { expect } from 'vitest'
import { action, createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import type { StoreListener } from '../../src/store/contract/index.ts'
import { postgresStore, type PostgresStoreOptions } from '../../src/store/postgres/index.ts'
import { createTestApp, type TestResponse } from '../../src/testing/index.ts'
import type { FreshDatabase } from '../services/index.ts'

const schema = defineSchema(
  {
    User: model({ name: field.text().unique() }),
    Note: model({ text: field.text() }, { version: true }),
  },
  { caller: 'User' },
)
const rules = defineRules(schema, {
  User: () => ({ read: everyone, create: everyone }),
  Note: () => ({ read: everyone, create: everyone, update: everyone }),
})
const rename = action(schema, {
  input: { id: field.id('Note'), text: field.text() },
  output: 'Note',
  allow: everyone,
  run: ({ db, input }) => db.asSystem('the test renames').Note.update(input.id, { text: input.text }),
})
const renameBySql = action(schema, {
  input: { id: field.id('Note'), text: field.text() },
  allow: everyone,
  transaction: false,
  run: async ({ db, input }) => {
    const sql = await db.asSystem('the test renames').sql('Note')
    await sql.updateTable('Note').set({ text: input.text }).where('id', '=', input.id).execute()
  },
})
// Who is calling is looked up for each request: what is remembered would hide where it was asked.
const app = createApp({ schema, rules, actions: { rename, renameBySql }, auth: { remember: 0 } })

/** An instance of the application. */
export const instance = (
  database: FreshDatabase,
  replicas: readonly string[],
  more: Partial<PostgresStoreOptions> = {},
  told: StoreListener = () => undefined,
) => {
  const store = postgresStore({ url: database.url, replicas, connections: 4, ...more })
  store.onNotice?.(told)
  return createTestApp(app, { store })
}

export const placesOf = (answer: TestResponse): readonly string[] =>
  answer.statements.map(({ replica }) => (replica === undefined ? 'primary' : 'replica'))

export const rowsOf = (answer: TestResponse): unknown => (answer.body as { readonly data: unknown }).data

export const token = (answer: TestResponse): Record<string, string> => ({
  'consistency-token': answer.headers['consistency-token'] ?? '',
})

/** Asks until a read without a token is answered by a replica: after the start, or after a replica has come back. */
export async function untilReplicaAnswers(
  on: Awaited<ReturnType<typeof instance>>,
  headers: Record<string, string> = {},
): Promise<void> {
  await expect
    .poll(async () => placesOf(await on.request('GET', '/api/notes', { headers })), { timeout: 20_000, interval: 20 })
    .toEqual(['replica'])
}
