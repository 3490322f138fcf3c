// plinth check, by what it says of an application.
import { describe, expect, it } from 'vitest'
import { allOf, createApp, defineRules, defineSchema, everyone, field, model, type App } from 'plinth'
import { checkApplication } from '../../src/app/index.ts'
import type { Rules } from '../../src/model/index.ts'

const schema = defineSchema(
  {
    User: model({ name: field.text(), role: field.text().default('member') }),
    Product: model({ name: field.text(), supplies: field.hasMany('Supply', 'product') }),
    Supply: model({ price: field.integer(), product: field.belongsTo('Product'), owner: field.belongsTo('User') }),
  },
  { caller: 'User', computed: { Product: ({ row }) => ({ best: row.supplies.min(supply => supply.price) }) } },
)
const notesOf = async (app: App, tags: readonly string[] = ['models']): Promise<readonly string[]> =>
  (await checkApplication(app, { root: import.meta.dirname, tags }))
    .filter(({ check }) => check === 'rules.computed-reach')
    .map(({ message }) => message)

describe('computed fields that reach rows which their readers may not see', () => {
  const partly = 'Product.best is computed from Supply, of which not all of its readers can read every row.'
  it('are listed, whether the rows are closed to all of them or to some', async () => {
    const of = (rules: Rules<(typeof schema)['~schema']>) => notesOf(createApp({ schema, rules }))
    const closed = 'Product.best is computed from Supply, which its readers cannot read.'
    expect(await of(defineRules(schema, { Product: () => ({ read: everyone }) }))).toEqual([closed])
    const byAll = defineRules(schema, {
      Product: () => ({ read: everyone }),
      Supply: ({ user }) => ({ read: user.isSignedIn }),
    })
    expect(await of(byAll)).toEqual([partly])
    const bySome = defineRules(schema, {
      Product: ({ user }) => ({ read: user.role.is('buyer') }),
      Supply: ({ user }) => ({ read: user.isSignedIn }),
    })
    expect(await of(bySome)).toEqual([])
    const own = defineRules(schema, {
      Product: ({ user }) => ({ read: user.isSignedIn }),
      Supply: ({ row, user }) => ({ read: allOf(user.isSignedIn, row.owner.is(user.id)) }),
    })
    expect(await of(own)).toEqual([partly])
    const all = defineRules(schema, { Product: () => ({ read: everyone }), Supply: () => ({ read: everyone }) })
    expect(await of(all)).toEqual([])
  })
})

it('refuses a tag that no check has: nothing would be checked, and nothing found', async () => {
  const app = createApp({ schema, rules: defineRules(schema, {}) })
  await expect(notesOf(app, ['rules', 'ruls'])).rejects.toThrow(
    '--tag: no check has the tag "ruls", perhaps "rules"; there are code, handlers, models, rules.',
  )
})

it('warns of a model without rules, and not of one that says that it is for code alone', async () => {
  const rules = defineRules(schema, { Product: () => ({ read: everyone }), Supply: () => ({}) })
  const found = await checkApplication(createApp({ schema, rules }), { root: import.meta.dirname, tags: ['rules'] })
  const missing = found.filter(({ check }) => check === 'rules.missing')
  expect(missing.map(({ message }) => message)).toEqual(['User has no rules, so no caller can reach it.'])
  expect(missing[0]?.hint).toContain('"() => ({})"')
})
