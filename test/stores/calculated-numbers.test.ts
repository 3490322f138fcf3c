/** What is calculated from numbers, over HTTP: the right number or one refusal that names it, on every store. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, length, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'

const money = () => field.decimal({ precision: 10, scale: 2 }).optional()
const fine = () => field.decimal({ precision: 12, scale: 4 }).default('1')
const Line = model({
  number: field.integer().key(),
  price: money(),
  gross: fine(),
  pieces: fine(),
  rate: fine(),
  huge: field.decimal({ precision: 18, scale: 0 }).optional(),
  label: field.text({ max: 60_000 }).default(''),
  turns: field.integer().optional(),
})
const schema = defineSchema(
  { Line },
  {
    computed: {
      Line: ({ row }) => ({
        square: row.price.times(row.price),
        total: row.gross.times(row.pieces).times(row.rate),
        cube: row.huge.times(row.huge).times(row.huge),
        back: row.huge.times(row.huge).times(row.huge).minus(row.huge.times(row.huge).times(row.huge)),
        labelSquare: length(row.label).times(length(row.label)),
        labelSize: length(row.label).times(1000).plus(row.number),
        turnsSquare: row.turns.times(row.turns),
      }),
    },
  },
)
const rules = defineRules(schema, { Line: () => ({ read: everyone, create: everyone, update: everyone }) })

for (const engine of ['memory', ...serverFamilies] as const)
  test(`on ${engine}`, { timeout: 60_000 }, async context => {
    if (engine !== 'memory') needsEngine(context, engine)
    await using database = engine === 'memory' ? null : await emptyDatabase(engine)
    await using app = await createTestApp(createApp({ schema, rules }), { store: database?.store() ?? 'memory' })
    const client = app.asAnonymous()
    const rows = [
      { number: 1, price: '-12.34', label: 'x'.repeat(50_000) },
      { number: 2, price: '99999999.99' },
      { number: 3, gross: '99999999.9999', pieces: '10', rate: '1.19' },
      { number: 4, gross: '99.9', pieces: '9999', rate: '1.0001', huge: '9', turns: 3 },
      { number: 5, huge: '999999999999999999', turns: 94_906_267 },
    ]
    for (const row of rows) expect(await client.post('/api/lines?select=number', row)).toMatchObject({ status: 201 })
    const answer = async (query: string): Promise<unknown> => {
      const { status, body } = await client.get(`/api/lines${query}`)
      if (status === 200) return Reflect.get(Object(body), 'data') ?? body
      expect(body).toMatchObject({ code: 'store.number-out-of-range', status: 422 })
      return Reflect.get(Object(body), 'detail')
    }
    const beyond = (names: string) => expect.stringContaining(`: ${names}.`)
    const onSqlite = engine === 'sqlite'

    expect(await answer('/1?select=square')).toEqual({ square: '152.2756' })
    const wide = { square: '9999999998000000.0001' }
    expect(await answer('/2?select=square')).toEqual(onSqlite ? beyond('Line.square') : wide)
    expect(await answer('?number=2&square[gt]=5&select=number')).toEqual(
      onSqlite ? beyond('Line.square') : [{ number: 2 }],
    )

    const total = { total: '1189999999.998810000000' }
    expect(await answer('/3?select=total')).toEqual(onSqlite ? beyond('Line.total') : total)
    expect(await answer('/4?select=total')).toEqual({ total: '998999.990010000000' })

    // Fifty-four digits are more than a decimal has, also where what is left in the end would fit.
    expect(await answer('/4?select=cube,back')).toEqual({ cube: '729', back: '0' })
    expect(await answer('/5?select=cube')).toEqual(beyond('Line.cube'))
    expect(await answer('/5?select=back')).toEqual(beyond('Line.back'))

    const sizes = { labelSquare: 2_500_000_000, labelSize: 50_000_001 }
    expect(await answer('/1?select=labelSquare,labelSize')).toEqual(sizes)

    expect(await answer('?select=turnsSquare&number[lt]=5&sort=turnsSquare&limit=1')).toEqual([{ turnsSquare: 9 }])
    expect(await answer('?select=turnsSquare')).toEqual(beyond('Line.turnsSquare'))
    expect(await answer('?select=number&sort=-turnsSquare')).toEqual(beyond('Line.turnsSquare'))
    expect(await answer(':aggregate?sum=turnsSquare&number[lt]=5')).toEqual([{ sumTurnsSquare: '9' }])
    expect(await answer(':aggregate?sum=turnsSquare,huge')).toEqual(beyond('Line.turnsSquare, sumHuge, sumTurnsSquare'))
    expect(await answer(':aggregate?sum=huge')).toEqual([{ sumHuge: '1000000000000000008' }])

    // A write whose answer cannot be calculated is undone.
    expect(await client.post('/api/lines', { number: 6, turns: 94_906_267 })).toMatchObject({ status: 422 })
    expect((await client.get('/api/lines/6?select=number')).status).toBe(404)
    expect(await client.patch('/api/lines/1', { turns: 94_906_267 })).toMatchObject({ status: 422 })
    expect(await answer('/1?select=turns')).toEqual({ turns: null })
    expect(app.failures).toEqual([])
  })
