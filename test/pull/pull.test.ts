/** `plinth pull` on a database as nobody would design it, on every engine: what is written, what is served, what a second pull leaves alone. */
import { describe, expect, it, type TestContext } from 'vitest'
import { engines, type Engine, needsEngine } from '../fixtures/engines.ts'
import { asking } from './asking.ts'
import { awkward, familyOf } from './awkward.ts'
import { openRules, type PulledProject, pulledProject } from './pulled-project.ts'

const models = [
  'A',
  'B',
  'Category',
  'Country',
  'Customer',
  'Log',
  'OrderDetail',
  'Profile',
  'Select',
  'Shipment',
  'Tag',
]

async function pulled(context: TestContext, engine: Engine): Promise<PulledProject> {
  needsEngine(context, engine)
  const project = await pulledProject(engine, awkward(engine))
  const { code, output } = await project.plinth('pull')
  expect(output).toContain('12 models.')
  expect(code).toBe(0)
  return project
}

describe.each(engines)('on %s', { timeout: 120_000 }, engine => {
  const family = familyOf(engine)

  it('writes an application that compiles, is formatted, says no password, and fits the database as it is', async context => {
    await using project = await pulled(context, engine)
    expect(project.typecheck()).toBeNull()
    expect(project.format()).toBeNull()
    const { results } = await project.plinth('database', '--json')
    const { differences } = JSON.parse(results) as { differences: readonly { model: string }[] }
    expect(differences.map(({ model }) => model).filter(model => !model.startsWith('Plinth'))).toEqual([])

    const { password } = new URL(project.url)
    const written = [
      'package.json',
      'plinth.pull.json',
      'plinth.snapshot.json',
      'src/app.ts',
      'src/schema.ts',
      'src/rules.ts',
    ]
    for (const file of [...written, ...project.files().map(name => `src/models/${name}`)])
      if (password !== '') expect(project.read(file)).not.toContain(password)

    const again = await project.plinth('pull')
    expect(again).toMatchObject({ code: 0 })
    expect(again.output).toContain('Nothing has changed.')
  })

  it('is closed until a rule is written, and then serves reads, pages in every order, and writes', async context => {
    await using project = await pulled(context, engine)
    const closed = asking(await project.serve())
    expect((await closed('GET', 'customers')).status).toBe(404)

    project.write('src/rules.ts', openRules(models, ['Rich']))
    expect(project.typecheck()).toBeNull()
    const ask = asking(await project.serve())

    const one = await ask('GET', 'customers/1?include=tags,followeds,followers,profile,orderDetailsByBuyer,country')
    expect(one.body).toMatchObject({
      id: 1,
      name: 'Ann',
      order: 3,
      born: '1990-05-04',
      seen: '2023-11-14T22:13:20.000Z',
      active: true,
      balance: '12.50',
      settings: { a: 1 },
      photo: 'AQI=',
      rating: 0.5,
      mood: 'happy',
      countryCode: 'de',
      groupValue: 'none',
      profile: { bio: 'Likes parts' },
      followeds: [{ id: 2 }],
      followers: [{ id: 2 }, { id: 3 }],
    })

    const all = (await ask('GET', 'customers?sort=id')).body.data ?? []
    for (const field of Object.keys(all[0] ?? {})) {
      const sorted = await ask('GET', `customers?sort=${field}`)
      if (sorted.status !== 200) continue
      for (const sort of [field, `-${field}`]) {
        const whole = (await ask('GET', `customers?sort=${sort}`)).body.data?.map(({ id }) => id)
        expect(await pageThrough(ask, `customers?sort=${sort}&limit=1`), sort).toEqual(whole)
      }
      const value = all[0]?.[field]
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue
      const found = (await ask('GET', `customers?${field}=${encodeURIComponent(value)}`)).body.data?.map(({ id }) => id)
      expect(found, `${field}=${value}`).toContain(1)
    }
    expect((await ask('GET', 'customers?mood=sad')).body.data).toMatchObject([{ id: 2 }])
    expect((await ask('GET', 'customers?seen[gt]=2023-11-14T22:13:20Z')).body.data).toMatchObject([{ id: 2 }])
    expect((await ask('GET', 'customers?balance[lt]=0.3')).body.data).toMatchObject([{ id: 2 }])
    expect((await ask('GET', 'customers?name[startsWith]=Bob')).body.data).toMatchObject([
      { name: 'Bob "the" Builder' },
    ])

    expect((await ask('GET', 'order-details/1,1,a')).body).toMatchObject({
      unitPrice: '2.50',
      qty: 2,
      buyerId: 1,
      sellerId: 2,
    })
    expect(Number((await ask('GET', 'order-details/1,1,a')).body['total'])).toBe(5)
    expect((await ask('GET', 'shipments/s1?include=orderDetail')).body).toMatchObject({ orderDetail: { part: 'a' } })
    expect((await ask('GET', 'categories?include=children,parent&sort=categoryId')).body.data).toMatchObject([
      { parent: null, children: [{ name: 'leaf' }] },
      { parent: { name: 'root' }, children: [] },
    ])
    expect((await ask('GET', 'logs')).body.data).toMatchObject([{ at: '2024-01-01T10:00:00.000Z', line: 'hello' }])
    expect((await ask('GET', 'riches')).body.data).toMatchObject([{ id: 1, balance: '12.50' }])
    expect((await ask('POST', 'riches', { name: 'x' })).status).toBe(405)
  })

  it('writes in the form of the database, and says in words of the model what the database refuses', async context => {
    await using project = await pulled(context, engine)
    project.write('src/rules.ts', openRules(models, ['Rich']))
    const ask = asking(await project.serve())

    const made = await ask('POST', 'customers', {
      name: 'Eve',
      email: 'eve@example.org',
      seen: '2024-05-06T07:08:09Z',
      balance: '7.25',
      active: false,
      mood: "it's ok",
      countryCode: 'fr',
      settings: ['x'],
      rating: 0.1,
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      name: 'Eve',
      seen: '2024-05-06T07:08:09.000Z',
      balance: '7.25',
      active: false,
      mood: "it's ok",
      countryCode: 'fr',
      settings: ['x'],
      rating: 0.1,
    })
    // The database's own default, and one that Plinth takes over.
    expect(made.body['code']).toMatch(/^[0-9a-fA-F]{8}$/)
    expect(made.body['groupValue']).toBe('none')
    const { id } = made.body
    const seen = { sqlite: 'seen', postgres: 'extract(epoch from seen)::bigint', mysql: 'unix_timestamp(seen)' }[family]
    const stored = await project.sql(`select ${seen} as seen from customers where name = 'Eve'`)
    expect(JSON.stringify(stored)).toContain('1714979289')

    const patched = await ask('PATCH', `customers/${String(id)}`, {
      seen: null,
      balance: '0.10',
      tags: { connect: [1, 2] },
    })
    expect(patched.body).toMatchObject({ seen: null, balance: '0.10' })
    expect((await ask('GET', `customers/${String(id)}?include=tags`)).body).toMatchObject({
      tags: [{ id: 1 }, { id: 2 }],
    })
    const many = await ask('POST', 'tags', [{ label: 'x' }, { label: 'y' }])
    expect(many.status).toBe(201)

    const problem = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const { status, body: told } = await ask(method, path, body)
      return [status, told['code'], (told['errors'] as { pointer: string }[] | undefined)?.[0]?.pointer]
    }
    expect(await problem('POST', 'customers', { name: 'Dup', email: 'eve@example.org' })).toEqual([
      409,
      'writes.unique',
      '/email',
    ])
    expect(await problem('POST', 'customers', { name: 'Far', countryCode: 'xx' })).toEqual([
      409,
      'writes.reference-missing',
      '/countryCode',
    ])
    expect(await problem('DELETE', 'countries/fr')).toEqual([409, 'writes.reference-in-use', undefined])
    expect(await problem('POST', 'customers', { name: 'Odd', mood: 'angry' })).toEqual([422, 'values.invalid', '/mood'])
    expect(await problem('PATCH', 'order-details/1,1,a', { total: 3 })).toEqual([422, 'values.invalid', '/total'])
    expect(await problem('POST', 'profiles', { customerId: 1, bio: 'again' })).toEqual([
      409,
      'writes.unique',
      '/customerId',
    ])
    expect(await problem('POST', 'customers', [{ name: 'P', code: 'own' }, { name: 'Q' }])).toEqual([
      422,
      'values.invalid',
      '/1/code',
    ])

    const detail = await ask('POST', 'order-details', {
      orderId: 9,
      lineNo: 1,
      part: 'z',
      unitPrice: '1.10',
      qty: 3,
      buyerId: 2,
    })
    expect(detail.status).toBe(201)
    expect(Number(detail.body['total'])).toBeCloseTo(3.3)
    expect((await ask('PATCH', 'order-details/9,1,z', { qty: 4 })).body).toMatchObject({ qty: 4 })
    expect((await ask('DELETE', 'order-details/9,1,z')).status).toBe(204)
    expect((await ask('POST', 'logs', { line: 'two', at: '2024-01-02T00:00:00Z' })).status).toBeLessThan(300)
    expect((await ask('GET', 'logs?sort=at')).body.data?.map(({ at }) => at)).toEqual([
      '2024-01-01T10:00:00.000Z',
      '2024-01-02T00:00:00.000Z',
    ])
    expect((await ask('POST', 'shipments', { id: 's3', ord: 1, line: 2, part: 'b' })).status).toBe(201)
    expect(await problem('POST', 'shipments', { id: 's4', ord: 1, line: 2, part: 'no' })).toEqual([
      409,
      'writes.reference-missing',
      '/orderDetail',
    ])
  })

  it('keeps what was changed by hand when it is pulled again', async context => {
    await using project = await pulled(context, engine)
    project.edit('src/models/customer.ts', 'export const', '/** Written by hand. */\nexport const')
    project.edit('src/models/shipment.ts', '    note: ', '    remark: ')
    project.edit('src/models/customer.ts', '    born: field.date()', "    born: field.date().label('Day of birth')")
    await project.sql(
      'alter table shipment add column weight integer',
      'create table parcel (id integer primary key, size integer)',
      'drop table log',
    )
    const { code, output } = await project.plinth('pull')
    expect(output).toContain('removed  src/models/log.ts')
    expect(code).toBe(0)
    expect(project.read('src/models/customer.ts')).toContain('/** Written by hand. */')
    expect(project.read('src/models/customer.ts')).toContain("label('Day of birth')")
    expect(project.read('src/models/shipment.ts')).toContain('    remark: ')
    expect(project.read('src/models/shipment.ts')).toContain('    weight: ')
    expect(project.read('src/models/shipment.ts')).not.toContain('    note: ')
    expect(project.files()).toContain('parcel.ts')
    expect(project.read('src/schema.ts')).toContain('  Parcel,')
    expect(project.typecheck()).toBeNull()

    // The same line changed on both sides: the one by hand stays, and the other is told.
    const bigger = {
      sqlite: null,
      postgres: 'alter table shipment alter column id type varchar(60)',
      mysql: 'alter table shipment modify id varchar(60)',
    }[family]
    if (bigger === null) return
    await project.sql(bigger)
    project.edit('src/models/shipment.ts', 'max: 40', 'max: 30')
    const conflict = await project.plinth('pull')
    expect(conflict.code).toBe(1)
    expect(conflict.output).toMatch(/src\/models\/shipment\.ts:\d+: both have changed these lines; yours stays/)
    expect(conflict.output).toContain('the database has')
    expect(conflict.output).toContain('max: 60')
    expect(project.read('src/models/shipment.ts')).toContain('max: 30')
  })
})

async function pageThrough(ask: ReturnType<typeof asking>, path: string): Promise<unknown[]> {
  const ids: unknown[] = []
  for (let after: string | null = ''; after !== null && ids.length < 20;) {
    const { body } = await ask('GET', after === '' ? path : `${path}&after=${encodeURIComponent(after)}`)
    ids.push(...(body.data ?? []).map(({ id }) => id))
    after = body.page?.after ?? null
  }
  return ids
}

describe('a field or a model that was written first', { timeout: 120_000 }, () => {
  it('is not declared again when its column and table come back from the database', async () => {
    await using project = await pulledProject('sqlite', awkward('sqlite'))
    await project.plinth('pull')
    project.edit('src/models/log.ts', '    line: ', '    level: field.integer().default(3),\n    line: ')
    project.edit('src/models/log.ts', '    line: ', '    grade: field.text().optional().column("mark"),\n    line: ')
    project.write('src/models/invoice.ts', invoice)
    project.edit('src/schema.ts', 'import { Log }', "import { Invoice } from './models/invoice.ts'\nimport { Log }")
    project.edit('src/schema.ts', '  Log,', '  Invoice,\n  Log,')
    expect(project.typecheck()).toBeNull()
    expect((await project.plinth('database', '--apply')).code).toBe(0)
    const { graph } = await started(project)
    expect(graph).toContain('Invoice')
    await project.sql('alter table log add column weight integer')

    const { code, output } = await project.plinth('pull')
    expect(output).not.toContain('settled')
    expect(code).toBe(0)
    const log = project.read('src/models/log.ts')
    expect(log.match(/^ {4}\w+: /gmu)).toEqual(['    at: ', '    level: ', '    grade: ', '    line: ', '    weight: '])
    expect(project.read('src/models/invoice.ts')).toBe(invoice)
    expect(project.read('src/schema.ts').match(/Invoice/gu)).toHaveLength(2)
    expect(project.typecheck()).toBeNull()
    expect((await project.plinth('database')).output).toContain('The database fits the models.')
  })
})

const invoice = `import { field, model } from 'plinth'

export const Invoice = model({ number: field.text().key() }, { table: 'bills' })
`

/** Serves once, as a developer does: the snapshot is written then. */
async function started(project: PulledProject): Promise<{ readonly graph: string }> {
  await project.serve()
  return { graph: project.read('plinth.snapshot.json') }
}
