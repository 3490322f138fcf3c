/** What code gives to db: nothing of it is ignored, since what is lost of a condition, a key or an option finds or changes other rows. */
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const Owner = model({ name: field.text(), boats: field.hasMany('Boat', 'owner') })
const Boat = model(
  {
    number: field.integer().key(),
    name: field.text().optional(),
    owner: field.belongsTo('Owner').optional(),
    flags: field.manyToMany('Flag'),
  },
  { version: true },
)
const Flag = model({ name: field.text() })
const schema = defineSchema({ Owner, Boat, Flag })
const all = { read: everyone, create: everyone, update: everyone, delete: everyone }
const app = createApp({ schema, rules: defineRules(schema, { Owner: () => all, Boat: () => all, Flag: () => all }) })

// What types refuse, JavaScript gives.
const given = (value: unknown): never => value as never
const malformed = (pattern: RegExp) => ({
  code: 'request.malformed-parameter',
  message: expect.stringMatching(pattern) as string,
})

async function open() {
  const plinth = await createTestApp(app, { store: 'memory' })
  const { db } = plinth
  const ann = await db.Owner.create({ name: 'Ann' })
  await db.Boat.create([
    { number: 1, name: 'Ada', ownerId: ann.id, flags: { create: [{ name: 'blue' }] } },
    { number: 2 },
  ])
  return { Boat: db.Boat, [Symbol.asyncDispose]: () => plinth.close() }
}

test('no key is the key of no row', async () => {
  await using opened = await open()
  const { Boat } = opened
  for (const key of [undefined, null]) {
    const reason = key === null ? /"number".* isNull/ : /"number".* it is undefined/
    await expect(Boat.get(given(key))).rejects.toMatchObject(malformed(reason))
    await expect(Boat.update(given(key), { name: 'x' })).rejects.toMatchObject({ code: 'request.not-found' })
    await expect(Boat.delete(given(key))).rejects.toMatchObject({ code: 'request.not-found' })
  }
  expect(await Boat.find({ select: { name: true } })).toEqual([{ name: 'Ada' }, { name: null }])
})

test('the key of several fields is no single value', async () => {
  const Berth = model({ pier: field.text(), place: field.integer() }, { key: ['pier', 'place'] })
  await using plinth = await createTestApp(createApp({ schema: defineSchema({ Berth }) }), { store: 'memory' })
  const message = 'The parameter "key" cannot be read: that of a row of Berth is an object with "pier" and "place".'
  const refused = { code: 'request.malformed-parameter', message }
  await expect(plinth.db.Berth.get(given('A'))).rejects.toMatchObject(refused)
  await expect(plinth.db.Berth.delete(given(null))).rejects.toMatchObject(refused)
})

test('a condition that is undefined is refused', async () => {
  await using opened = await open()
  const { Boat } = opened
  const undefinedOnes: readonly unknown[] = [
    { name: undefined },
    { name: { eq: undefined } },
    { owner: { name: undefined } },
    { flags: { some: undefined } },
    { not: undefined },
    { or: [{ number: 1 }, { name: undefined }] },
  ]
  for (const where of undefinedOnes) {
    await expect(Boat.find({ where: given(where) })).rejects.toMatchObject(malformed(/it is undefined/))
    await expect(Boat.deleteMany({ where: given({ and: [{ number: { gt: 0 } }, where] }) })).rejects.toMatchObject(
      malformed(/it is undefined/),
    )
  }
  await expect(Boat.count({ where: { or: given([undefined]) } })).rejects.toMatchObject(malformed(/an object/))
  expect(await Boat.count({ where: {} })).toBe(2)
})

test('a field without an operator and a relation without a condition are refused: they would leave all rows', async () => {
  await using opened = await open()
  const { Boat } = opened
  for (const [where, hint] of [
    [{ name: {} }, /no operator; there are eq/],
    [{ number: 1, name: {} }, /no operator/],
    [{ owner: {} }, /asks nothing/],
    [{ flags: {} }, /asks nothing/],
    [{ flags: { some: { name: {} } } }, /no operator/],
  ] as const) {
    await expect(Boat.find({ where: given(where) })).rejects.toMatchObject(malformed(hint))
    await expect(Boat.deleteMany({ where: given(where) })).rejects.toMatchObject(malformed(hint))
  }
  expect(await Boat.count({ where: { flags: { some: {} } } })).toBe(1)
})

test('isNull is true or false', async () => {
  await using opened = await open()
  const { Boat } = opened
  for (const where of [{ name: { isNull: 'yes' } }, { name: { isNull: null } }, { owner: { isNull: 1 } }])
    await expect(Boat.count({ where: given(where) })).rejects.toMatchObject(malformed(/"isNull" is true or false/))
})

test('a relation is tested for null beside conditions of its row', async () => {
  await using opened = await open()
  const { Boat } = opened
  expect(await Boat.count({ where: { owner: { isNull: false, name: 'Ann' } } })).toBe(1)
  expect(await Boat.count({ where: { owner: { isNull: false, name: 'Bea' } } })).toBe(0)
  expect(await Boat.count({ where: { owner: { isNull: true, name: 'Ann' } } })).toBe(0)
})

test('an option that there is not is refused, with the nearest one', async () => {
  await using opened = await open()
  const { Boat } = opened
  const unknown = (hint: string) => ({
    code: 'request.unknown-parameter',
    hint: expect.stringContaining(hint) as string,
  })
  await expect(Boat.find(given({ sorted: '-number' }))).rejects.toMatchObject(unknown('"sort"'))
  await expect(Boat.page(given({ befor: 'x' }))).rejects.toMatchObject(unknown('"before"'))
  await expect(Boat.first(given({ wher: {} }))).rejects.toMatchObject(unknown('"where"'))
  await expect(Boat.get(1, given({ selects: {} }))).rejects.toMatchObject(unknown('"select"'))
  await expect(Boat.count(given({ wheres: {} }))).rejects.toMatchObject(unknown('"where"'))
  await expect(Boat.aggregate(given({ count: true, groupby: ['name'] }))).rejects.toMatchObject(unknown('"groupBy"'))
  await expect(Boat.find({ include: { flags: given({ limits: 1 }) } })).rejects.toMatchObject(unknown('"limit"'))
  await expect(Boat.update(1, { name: 'x' }, given({ ifversion: 7 }))).rejects.toMatchObject(unknown('"ifVersion"'))
  await expect(Boat.delete(1, given({ ifversion: 7 }))).rejects.toMatchObject(unknown('"ifVersion"'))
  await expect(Boat.deleteMany(given({ where: { number: { gt: 0 } }, limit: 1 }))).rejects.toMatchObject({
    code: 'request.unknown-parameter',
  })
  await expect(Boat.updateMany(given({ where: { number: 1 }, changes: {}, change: {} }))).rejects.toMatchObject(
    unknown('"changes"'),
  )
  expect(await Boat.count()).toBe(2)
})

test('the words of other libraries lead to ours', async () => {
  await using plinth = await createTestApp(app, { store: 'memory' })
  const db = plinth.db as unknown as Record<string, Record<string, () => unknown> & (() => unknown)>
  for (const [call, hint] of [
    [() => db['boat']?.['find']?.(), '"Boat"'],
    [() => db['owners']?.['find']?.(), '"Owner"'],
    [() => db['Boat']?.['findMany']?.(), '"find"'],
    [() => db['$transaction']?.(), '"transaction"'],
  ] as const)
    expect(call).toThrow(
      expect.objectContaining({ code: 'boot.word-unknown', hint: expect.stringContaining(hint) as string }),
    )
  await expect(plinth.db.transaction(given([]))).rejects.toMatchObject({ code: 'writes.transaction-needs-function' })
  expect(await Promise.resolve(plinth.db)).toBe(plinth.db)

  const { Boat } = plinth.db
  for (const [where, hint] of [
    [{ flags: { name: 'blue' } }, '"some"'],
    [{ OR: [{ number: 1 }] }, '"or"'],
    [{ name: { equals: 'x' } }, '"eq"'],
  ] as const)
    await expect(Boat.find({ where: given(where) })).rejects.toMatchObject({
      hint: expect.stringContaining(hint) as string,
    })
  for (const [where, pattern] of [
    [{ owner: 'x' }, /"ownerId"/],
    [{ owner: { is: { name: 'x' } } }, /without "is"/],
    [{ or: { number: 1, name: 'x' } }, /a list of conditions/],
  ] as const)
    await expect(Boat.find({ where: given(where) })).rejects.toMatchObject(malformed(pattern))
  await expect(Boat.find({ include: given(['owner']) })).rejects.toMatchObject(malformed(/as in \{ name: true \}/))
  await expect(Boat.updateMany(given({ where: { number: 1 }, data: {} }))).rejects.toMatchObject({
    hint: 'Did you mean "changes"?',
  })
})

test('options and conditions that are no objects are refused: all rows would be found', async () => {
  await using opened = await open()
  const { Boat } = opened
  const meant = () => ({ where: { name: 'x' } })
  for (const options of [meant, [], 5, null, new Map([['where', {}]])]) {
    await expect(Boat.find(given(options))).rejects.toMatchObject(malformed(/"options" .*has to be an object/))
    await expect(Boat.count(given(options))).rejects.toMatchObject(malformed(/"options" .*has to be an object/))
  }
  for (const where of [() => true, new Map([['name', 'x']]), new Date(), 'name', []])
    await expect(Boat.deleteMany(given({ where }))).rejects.toMatchObject(malformed(/"where" .*has to be an object/))
  expect(await Boat.count()).toBe(2)
})

test('a selection says true or more, and each name once', async () => {
  await using opened = await open()
  const { Boat } = opened
  await expect(Boat.find({ select: given({ name: null }) })).rejects.toMatchObject(malformed(/selected with true/))
  await expect(Boat.find({ include: given({ name: true }) })).rejects.toMatchObject({
    code: 'request.unknown-relation',
  })
  const twice = { select: { number: true, flags: { select: { name: true } } }, include: { flags: true } }
  await expect(Boat.find(given(twice))).rejects.toMatchObject({ code: 'request.repeated-output' })
  expect(
    await Boat.find({
      where: { number: 1 },
      select: { number: true, owner: { select: { name: true } } },
      include: { flags: { select: { name: true } } },
    }),
  ).toEqual([{ number: 1, owner: { name: 'Ann' }, flags: [{ name: 'blue' }] }])
})

test('a page begins at one cursor, and no cursor is not the first page', async () => {
  await using opened = await open()
  const { Boat } = opened
  const { page } = await Boat.page({ limit: 1 })
  const after = page.after ?? ''
  await expect(Boat.page({ after, before: after })).rejects.toMatchObject({ code: 'request.parameter-conflict' })
  await expect(Boat.page({ after: given(null) })).rejects.toMatchObject({ code: 'request.cursor-invalid' })
  await expect(Boat.page({ before: given(null) })).rejects.toMatchObject({ code: 'request.cursor-invalid' })
})

test('groups come without figures, and are sorted by each column once', async () => {
  await using opened = await open()
  const { Boat } = opened
  expect(await Boat.aggregate({ groupBy: ['name'] })).toEqual([{ name: 'Ada' }, { name: null }])
  await expect(Boat.aggregate({ groupBy: ['name'], sort: ['name', '-name'] })).rejects.toMatchObject({
    code: 'request.not-sortable',
  })
})
