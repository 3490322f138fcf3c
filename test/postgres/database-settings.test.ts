/** A database has settings of its own, which its sessions begin with. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { graphOf } from '../../src/model/index.ts'
import { postgresStore } from '../../src/store/postgres/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs, serversOf } from '../services/index.ts'

const Sample = model(
  {
    name: field.text().key(),
    value: field.float(),
    size: field.enum(['small', String.raw`back\slash`]).default(String.raw`back\slash`),
    of: field.belongsTo('Sample').optional(),
  },
  { unique: [['value', 'size']], softDelete: true },
)
const schema = defineSchema({ Sample })
const rules = defineRules(schema, { Sample: () => ({ read: everyone, create: everyone }) })

for (const server of serversOf('postgres'))
  test(`floats keep their digits and tables fit, whatever the database says: ${server}`, async context => {
    needs(context, server)
    await using database = await freshDatabase(server)
    const name = new URL(database.url).pathname.slice(1)
    for (const setting of [
      'extra_float_digits = -3',
      'quote_all_identifiers = on',
      'standard_conforming_strings = off',
    ])
      await administer('postgres', database.adminUrl, `alter database "${name}" set ${setting}`)
    await using app = await createTestApp(createApp({ schema, rules }), { store: postgresStore({ url: database.url }) })
    const client = app.asAnonymous()
    const value = 0.1 + 0.2
    const made = await client.post('/api/samples', { name: 'a', value })
    expect(made).toMatchObject({ status: 201, body: { value, size: String.raw`back\slash` } })
    expect((await client.get('/api/samples?size=back%5Cslash')).body).toMatchObject({ data: [{ value }] })
    expect(await app.db.Sample.find({ select: { value: true } })).toEqual([{ value }])

    const again = postgresStore({ url: database.url })
    const graph = graphOf(schema)
    await again.open(graph)
    expect(await again.compareSchema(graph)).toEqual([])
    await again.close()
  })
