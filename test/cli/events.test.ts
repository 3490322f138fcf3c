// Which commands deliver events, and what becomes of a handler that runs when the process is to end.
import { describe, expect, it } from 'vitest'
import { project, shop } from './project.ts'

const environment = {
  PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja',
  HOST: '127.0.0.1',
  PLINTH_SHUTDOWN_DELAY: '0s',
  DATABASE_URL: 'file:./app.db',
}

/** Each article that is created sends an event; `handler` is the text of what is done with it. */
const mailing = (handler: string) => ({
  ...shop,
  'app.ts': `import { createApp, defineHooks } from 'plinth'
import { rules } from './rules.ts'
import { schema } from './schema.ts'

const hooks = defineHooks(schema, {
  Article: { afterCreate: ({ rows, emit }) => rows.forEach(({ title }) => emit('article.created', { title })) },
})
const seed = async db => void (await db.Article.create({ title: 'First' }))

export default createApp({ name: 'Shop', schema, rules, hooks, seed, on: { 'article.created': ${handler} } })
`,
})

describe('events', { timeout: 60_000 }, () => {
  it('are delivered by who serves, and by no command that only looks or writes rows', async () => {
    using here = project(mailing(`event => console.log('mail', JSON.stringify(event.payload))`))
    await here.done(['database', '--apply'], environment)
    for (const words of [['seed'], ['explain', '/api/articles'], ['export', 'Article'], ['check']]) {
      expect(await here.done(words, environment)).not.toContain('mail')
    }
    const running = here.run(['start'], environment)
    expect((await running.printed(/mail .*/)).at(0)).toBe('mail {"title":"First"}')
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
  })

  it('end with the process: a handler that hangs has the time of requests in flight, and none after a second signal', async () => {
    using here = project(mailing(`() => { console.log('begun'); return new Promise(() => {}) }`))
    await here.done(['database', '--apply'], environment)
    for (const [grace, signals] of [
      ['300ms', 1],
      ['10m', 2],
    ] as const) {
      await here.done(['seed', '--add'], environment)
      const running = here.run(['start'], { ...environment, PLINTH_SHUTDOWN_GRACE: grace })
      await running.printed(/begun/)
      running.child.kill('SIGTERM')
      await running.printed(/"event":"stopping"/)
      if (signals === 2) running.child.kill('SIGTERM')
      expect(await running.exit).toBe(1)
      expect(running.output()).toContain('"event":"stopped","finished":false')
    }
  })
})
