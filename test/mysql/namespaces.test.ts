// Tables of models with a namespace, of which MariaDB and MySQL tell a name that begins with it, in what a broken constraint means.
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from 'plinth'
import { createTestApp } from 'plinth/testing'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

const schema = defineSchema({
  Shop: model({ name: field.text({ max: 40 }), crates: field.hasMany('Crate', 'shop') }, { namespace: 'trade' }),
  Crate: model({ shop: field.belongsTo('Shop') }, { namespace: 'trade' }),
})
const rules = defineRules(schema, {
  Shop: () => ({ read: everyone }),
  Crate: () => ({ read: everyone }),
})

describe.each(serversOf('mysql'))('models with a namespace, on %s', name => {
  test('a row that others refer to is told as that', { timeout: 60_000 }, async context => {
    needs(context, name)
    await using database = await freshDatabase(name)
    const store = mysqlStore({ url: database.url, connections: 2 })
    await using app = await createTestApp(createApp({ schema, rules }), { store })
    const { id } = await app.db.Shop.create({ name: 'Tea' })
    await app.db.Crate.create({ shopId: id })
    const inUse = { code: 'writes.reference-in-use', parameters: { model: 'Shop', other: 'Crate' } }
    await expect(app.db.Shop.delete(id)).rejects.toMatchObject(inUse)
  })
})
