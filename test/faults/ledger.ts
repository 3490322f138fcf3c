/** An application to be mistreated: unique values, references, hooks that refuse and hooks that dawdle. */
export const ledger: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "ledger", "private": true, "type": "module" }',
  'schema.ts': `import { defineSchema, field, model } from 'plinth'

export const Account = model({ name: field.text().unique(), entries: field.hasMany('Entry', 'account') })
export const Entry = model({
  ref: field.text().unique(),
  note: field.text({ max: 10_000 }),
  account: field.belongsTo('Account'),
})
export const Transfer = model({ ref: field.text().unique(), mood: field.text(), account: field.belongsTo('Account') })
export const schema = defineSchema({ Account, Entry, Transfer })
`,
  'meter.ts': `import type { IncomingMessage, ServerResponse } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const interval = 5
const delay = monitorEventLoopDelay({ resolution: interval })
delay.enable()
let longest = 0
let due = performance.now() + interval
let used = process.threadCpuUsage()
setInterval(() => {
  const late = performance.now() - due
  const { user, system } = process.threadCpuUsage(used)
  // A timer is late because of what this thread has done since, or because others had the processor; only the former is its own doing.
  longest = Math.max(longest, Math.min(late, (user + system) / 1000))
  used = process.threadCpuUsage()
  due = performance.now() + interval
}, interval).unref()

/** Milliseconds for which the event loop was held up since this was asked last: by itself, and by whatever else. */
export function meter(_request: IncomingMessage, response: ServerResponse): void {
  response.end(JSON.stringify({ longest, delay: delay.max / 1e6, ticks: delay.count }))
  longest = 0
  delay.reset()
}
`,
  'app.ts': `import { setTimeout } from 'node:timers/promises'
import { createApp, defineHooks, defineRules, everyone, fail } from 'plinth'
import { meter } from './meter.ts'
import { schema } from './schema.ts'

const rules = defineRules(schema, {
  Account: () => ({ read: everyone, create: everyone }),
  Entry: () => ({ read: everyone, create: everyone }),
  Transfer: () => ({ read: everyone, create: everyone }),
})

const hooks = defineHooks(schema, {
  Transfer: {
    afterCreate: async ({ rows }) => {
      for (const { mood } of rows) {
        if (mood === 'slow') await setTimeout(20)
        if (mood === 'bad') throw fail('conflict', 'Not in this mood.')
      }
    },
  },
})

export default createApp({
  name: 'Ledger',
  schema,
  rules,
  hooks,
  api: { relationDepth: 6 },
  limits: { requestTime: 4000, filterDepth: 20 },
  mount: { '/meter': { allow: everyone, handler: meter } },
})
`,
}
