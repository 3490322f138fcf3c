/** A delete that is stopped behind a cascade is told by the rows that are in use, on every engine. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const schema = defineSchema({
  Warehouse: model({ name: field.text() }),
  Bin: model({ warehouse: field.belongsTo('Warehouse', { onDelete: 'cascade' }) }),
  Stock: model({ bin: field.belongsTo('Bin') }),
})
const open = { read: everyone, create: everyone, update: everyone, delete: everyone }
const rules = defineRules(schema, { Warehouse: () => open, Bin: () => open, Stock: () => open })
const app = createApp({ schema, rules })

describe.each(serverFamilies)('on %s', engine => {
  test('the bin is named, not the warehouse', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    await using plinth = await createTestApp(app, { store: database.store() })
    const warehouse = await plinth.db.Warehouse.create({ name: 'north' })
    const bin = await plinth.db.Bin.create({ warehouseId: warehouse.id })
    await plinth.db.Stock.create({ binId: bin.id })
    const inUse = { status: 409, body: { detail: 'This Bin is still referred to by Stock.' } }
    expect(await plinth.asAnonymous().delete(`/api/bins/${bin.id}`)).toMatchObject(inUse)
    expect(await plinth.asAnonymous().delete(`/api/warehouses/${warehouse.id}`)).toMatchObject(inUse)
  })
})
