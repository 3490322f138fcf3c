// Each method of a path is served by one route: what would be served twice is refused before anything starts.
import { describe, expect, it } from 'vitest'
import {
  action,
  type App,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  projection,
  routesOf,
} from 'plinth'
import { createTestApp } from 'plinth/testing'
import { project, shop } from '../cli/project.ts'

const schema = defineSchema({ Book: model({ title: field.text() }) })
const rules = defineRules(schema, { Book: () => ({ read: everyone, create: everyone }) })
const BookView = projection(schema, 'Book', ({ row }) => ({ title: row.title }))
const { group, get, list, one } = routesOf(schema)
const handler = (): void => {}
const nothing = action(schema, { allow: everyone, run: () => null })

const refusalOf = async (app: App): Promise<{ code: string; message: string }> => {
  const opened = createTestApp(app)
  await opened.then(test => test.close()).catch(() => {})
  return await opened.then(
    () => ({ code: 'started', message: '' }),
    (error: { code: string; message: string }) => error,
  )
}

describe('two routes of one path', () => {
  it.each([
    [
      'a declared route and a generated one, whatever its place is called',
      createApp({ schema, rules, routes: [group({ prefix: '/api' }, [one('/books/{id}', BookView)])] }),
      /^GET \/api\/books\/\{id\} is served twice: by the generated API of Book and by a route of the application \(\S*served-once\.test\.ts:\d+:\d+\)\.$/,
    ],
    [
      'two declared routes',
      createApp({
        schema,
        rules,
        routes: [group({ prefix: '/v1' }, [list('/books', BookView), list('/books', BookView)])],
      }),
      /^GET \/v1\/books is served twice: by a route of the application \(\S+:\d+:\d+\) and by a route/,
    ],
    [
      'two actions that are spelled alike in URLs',
      createApp({ schema, rules, actions: { sendMail: nothing, send_mail: nothing } }),
      'POST /api/actions/send-mail is served twice: by the action "sendMail" and by the action "send_mail".',
    ],
    [
      'a declared route and a page of Plinth',
      createApp({
        schema,
        rules,
        routes: [group({ prefix: '' }, [get('/health/live', { allow: everyone, run: () => null })])],
      }),
      /^GET \/health\/live is served twice: by a route of the application \(\S+\) and by Plinth itself\.$/,
    ],
    [
      'a mount and the reference',
      createApp({ schema, rules, mount: { '/docs': { allow: everyone, handler } } }),
      /^GET \/docs is served twice: by Plinth itself and by what is mounted at \/docs \(createApp at \S+served-once\.test\.ts:\d+:\d+\)\.$/,
    ],
    [
      'a mount and the generated API under it',
      createApp({ schema, rules, mount: { '/api': { allow: everyone, handler } } }),
      /^GET \/api\/books is served twice: by the generated API of Book and by what is mounted at \/api /,
    ],
    [
      'a plugin of Fastify and the reference',
      createApp({ schema, rules, plugins: [fastify => void fastify.get('/docs', async () => '')] }),
      /^GET \/docs is served twice: by a plugin of Fastify \(createApp at \S+\) and by another route\.$/,
    ],
  ])('%s', async (_, app, message) => {
    const refused = await refusalOf(app)
    expect(refused.code).toBe('boot.route-taken')
    expect(refused.message).toMatch(message)
  })

  it('do not stand in the way of others: other methods, other depths, other parts', async () => {
    const app = createApp({
      schema,
      rules,
      routes: [
        group({ prefix: '/api' }, [
          get('/books/{id}/cover', { input: { id: field.id('Book') }, allow: everyone, run: () => null }),
        ]),
      ],
      mount: { '/api/legacy': { allow: everyone, handler }, '/documents': { allow: everyone, handler } },
    })
    expect((await refusalOf(app)).code).toBe('started')
  })

  it('are found by plinth check, which opens no database', async () => {
    using here = project({ ...shop, 'app.ts': shop['app.ts']?.replace("'/slow'", "'/api'") ?? '' })
    const { code, output } = await here.command(['check'])
    expect(code).toBe(1)
    expect(output).toMatch(/GET \/api\/users is served twice: .* mounted at \/api \(createApp at \S*app\.ts:6:/)
    expect(output).toContain('boot.route-taken')
  })
})
