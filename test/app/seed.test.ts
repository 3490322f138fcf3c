// First rows: into an empty database in development, all or nothing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model, openApp } from 'plinth'
import type { App } from 'plinth'
import { startApplication } from '../../src/app/index.ts'

const Plant = model({ name: field.text({ min: 1 }) })
const schema = defineSchema({ Plant })
const rules = defineRules(schema, { Plant: () => ({ read: everyone }) })

const folders: string[] = []
afterAll(() => folders.forEach(folder => rmSync(folder, { recursive: true })))

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'plinth-seed-'))
  folders.push(made)
  return made
}

const environment = { PORT: '0', PLINTH_LOG: 'off' }

async function startOnce(app: App, root: string): Promise<{ readonly notices: string; readonly plants: unknown }> {
  const notices: string[] = []
  const notice = (text: string): void => void notices.push(text)
  const started = await startApplication(app, { root, mode: 'development', environment, notice, print: () => {} })
  const answer = await started.http.fastify.inject('/api/plants?select=name&sort=name')
  await started.stop()
  return { notices: notices.join('\n'), plants: answer.json<{ data: unknown }>().data }
}

describe('seed', () => {
  it('puts first rows into a database that has none, once', async () => {
    const root = folder()
    const app = createApp({
      schema,
      rules,
      seed: async db => {
        await db.Plant.create([{ name: 'fern' }, { name: 'moss' }])
      },
    }) as unknown as App
    const first = await startOnce(app, root)
    expect(first.plants).toEqual([{ name: 'fern' }, { name: 'moss' }])
    expect(first.notices).toContain('has put its first ones into it')
    const second = await startOnce(app, root)
    expect(second.plants).toEqual([{ name: 'fern' }, { name: 'moss' }])
    expect(second.notices).not.toContain('has put its first ones into it')
  })

  it('keeps nothing of a seed that fails, and the application does not start', async () => {
    const root = folder()
    const broken = createApp({
      schema,
      rules,
      seed: async db => {
        await db.Plant.create({ name: 'fern' })
        await db.Plant.create({ name: '' })
      },
    }) as unknown as App
    await expect(startOnce(broken, root)).rejects.toMatchObject({ code: 'values.invalid' })
    const whole = createApp({ schema, rules }) as unknown as App
    expect((await startOnce(whole, root)).plants).toEqual([])
  })
})

describe('openApp', () => {
  it('gives scripts the typed db, with the rights of nobody until more is asked for by name', async () => {
    const root = folder()
    const app = createApp({ schema, rules })
    await using plants = await openApp(app, { root, environment })
    await expect(plants.db.Plant.create({ name: 'fern' })).rejects.toMatchObject({ code: 'rules.sign-in-required' })
    await plants.db.asSystem('planting').Plant.create({ name: 'fern' })
    expect(await plants.db.Plant.find({ select: { name: true } })).toEqual([{ name: 'fern' }])
  })

  it('demands in production that the database fits already', async () => {
    const app = createApp({ schema, rules })
    const production = { ...environment, NODE_ENV: 'production' }
    const root = folder()
    await expect(openApp(app, { root, environment: production })).rejects.toMatchObject({
      code: 'boot.database-unreachable',
    })
    const empty = await openApp(createApp({ schema: defineSchema({}) }), { root, environment })
    await empty.close()
    await expect(openApp(app, { root, environment: production })).rejects.toMatchObject({
      code: 'boot.database-differs',
    })
  })
})
