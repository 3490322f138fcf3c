/** An application to be mistreated: unique values, references, hooks that refuse and hooks that dawdle. */
export const ledger: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "ledger", "private": true, "type": "module" }',
  'schema.ts': `import { defineSchema, field, model } from 'plinth'

export const Account = model({ name: field.text().unique() })
export const Entry = model({
  ref: field.text().unique(),
  note: field.text({ max: 10_000 }),
  account: field.belongsTo('Account'),
})
export const Transfer = model({ ref: field.text().unique(), mood: field.text(), account: field.belongsTo('Account') })
export const schema = defineSchema({ Account, Entry, Transfer })
`,
  'app.ts': `import { setTimeout } from 'node:timers/promises'
import { createApp, defineHooks, defineRules, everyone, fail } from 'plinth'
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

export default createApp({ name: 'Ledger', schema, rules, hooks })
`,
}
