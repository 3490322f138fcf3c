/** Fields whose rule looks at the row are null where it is not fulfilled, for every caller and on every way out (semantics 8). */
import { expect, test } from 'vitest'
import {
  anyOf,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  field,
  maskable,
  model,
  projection,
  routesOf,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const User = model({ name: field.text(), role: field.enum(['member', 'admin']).default('member') })
const Offer = model({
  title: field.text(),
  fee: field.integer().optional(),
  margin: field.integer().optional(),
  owner: field.belongsTo('User').optional(),
  bids: field.hasMany('Bid', 'offer').maskable(),
})
const Bid = model({ offer: field.belongsTo('Offer'), amount: field.integer() })
const schema = defineSchema(
  { User, Offer, Bid },
  { caller: 'User', computed: { Offer: ({ row }) => ({ bidCount: maskable(row.bids.count()) }) } },
)
const rules = defineRules(schema, {
  User: () => ({ read: everyone }),
  Offer: ({ row, user }) => {
    const own = row.owner.is(user.id)
    return {
      read: anyOf(row.title.isNot('draft'), own),
      fields: {
        // Each of these is false on every row for whoever is not signed in; only the last one asks about the caller alone.
        fee: { read: anyOf(own, user.role.is('admin')) },
        bidCount: { read: own },
        bids: { read: own },
        owner: { read: own },
        margin: { read: user.role.is('admin') },
      },
    }
  },
  Bid: () => ({ read: everyone }),
})
const { group, list, one } = routesOf(schema)
const Amount = projection(schema, 'Bid', ({ row }) => ({ amount: row.amount }))
const Name = projection(schema, 'User', ({ row }) => ({ name: row.name }))
const OfferView = projection(schema, 'Offer', ({ row, include, pluck }) => ({
  title: row.title,
  fee: row.fee,
  owner: include('owner', Name),
  bids: include('bids', Amount),
  amounts: pluck('bids', 'amount'),
}))
const Closed = projection(schema, 'Offer', ({ row }) => ({ title: row.title, margin: row.margin }))
const BidView = projection(schema, 'Bid', ({ row }) => ({
  amount: row.amount,
  offer: { title: row.offer.title, fee: row.offer.fee },
  owner: row.offer.owner.name,
}))
const ClosedBid = projection(schema, 'Bid', ({ row }) => ({ margin: row.offer.margin }))
const app = createApp({
  schema,
  rules,
  routes: [
    group({ prefix: '/v1' }, [
      list('/offers', OfferView, { allow: everyone }),
      one('/offers/{id}', OfferView, { allow: everyone }),
      list('/margins', Closed, { allow: everyone }),
      list('/bids', BidView, { allow: everyone, sort: 'amount' }),
      list('/bid-margins', ClosedBid, { allow: everyone }),
    ]),
  ],
})

async function open() {
  const plinth = await createTestApp(app)
  const ann = await plinth.db.User.create({ name: 'Ann' })
  const offer = await plinth.db.Offer.create({ title: 'x', fee: 3, margin: 4, ownerId: ann.id })
  await plinth.db.Bid.create({ offerId: offer.id, amount: 7 })
  return { plinth, ann, offer, [Symbol.asyncDispose]: () => plinth.close() }
}

const hidden = { title: 'x', fee: null, owner: null, bids: null, amounts: null }
const shown = { title: 'x', fee: 3, owner: { name: 'Ann' }, bids: [{ amount: 7 }], amounts: [7] }

test('projections give null to whoever is not signed in', async () => {
  await using opened = await open()
  const { plinth, ann, offer } = opened
  expect(await plinth.asAnonymous().get('/v1/offers')).toMatchObject({ status: 200, body: [hidden] })
  expect((await plinth.asAnonymous().get(`/v1/offers/${offer.id}`)).body).toEqual(hidden)
  expect((await plinth.as(ann).get('/v1/offers')).body).toEqual([shown])
})

test('a rule that asks about the caller alone refuses a projection and takes the key away from rows', async () => {
  await using opened = await open()
  const { plinth, ann, offer } = opened
  for (const caller of [plinth.asAnonymous(), plinth.as(ann)]) {
    expect(await caller.get('/v1/margins')).toMatchObject({ status: 403, body: { code: 'rules.field-closed' } })
    expect((await caller.get(`/api/offers/${offer.id}`)).body).not.toHaveProperty('margin')
    expect((await caller.get('/api/offers?select=margin')).status).toBe(403)
  }
})

test('a field at the end of relations follows the rules of each row on the way to it', async () => {
  await using opened = await open()
  const { plinth, ann } = opened
  const draft = await plinth.db.Offer.create({ title: 'draft', fee: 5, ownerId: ann.id })
  await plinth.db.Bid.create({ offerId: draft.id, amount: 8 })
  const anyone = plinth.asAnonymous()
  expect(await anyone.get('/v1/bids')).toMatchObject({
    body: [
      { amount: 7, offer: { title: 'x', fee: null }, owner: null },
      { amount: 8, offer: { title: null, fee: null }, owner: null },
    ],
    statements: { length: 1 },
  })
  expect((await plinth.as(ann).get('/v1/bids')).body).toEqual([
    { amount: 7, offer: { title: 'x', fee: 3 }, owner: 'Ann' },
    { amount: 8, offer: { title: 'draft', fee: 5 }, owner: 'Ann' },
  ])
  expect(await anyone.get('/v1/bid-margins')).toMatchObject({ status: 403, body: { code: 'rules.field-closed' } })
  const admin = await plinth.db.User.create({ name: 'Eve', role: 'admin' })
  expect((await plinth.as(admin).get('/v1/bid-margins')).body).toEqual([{ margin: 4 }, { margin: null }])
})

test('the description says where such a field may be null, and one that nobody may read is refused at the start', async () => {
  await using opened = await open()
  const { body } = await opened.plinth.asAnonymous().get('/openapi.json')
  const described = JSON.stringify((body as { paths: Record<string, unknown> }).paths['/v1/bids'])
  expect(described).toContain('"owner":{"type":["string","null"]')
  expect(described).toContain('"title":{"type":["string","null"]')
  const Guest = model({ name: field.text(), secret: field.text().private() })
  const hotel = defineSchema({ Guest, Night: model({ guest: field.belongsTo('Guest') }) })
  const build = () => projection(hotel, 'Night', ({ row }) => ({ secret: row.guest.secret }))
  expect(build).toThrow(/row\.guest\.secret .* no caller may read it/)
})

test('generated routes and db do the same', async () => {
  await using opened = await open()
  const { plinth, ann, offer } = opened
  const anyone = plinth.asAnonymous()
  expect((await anyone.get(`/api/offers/${offer.id}`)).body).toMatchObject({ fee: null, bidCount: null })
  expect(await anyone.get('/api/offers?select=fee,bids(amount),owner(name)')).toMatchObject({
    status: 200,
    body: { data: [{ fee: null, bids: null, owner: null }] },
  })
  expect(await anyone.db.Offer.find({ select: { fee: true, bidCount: true } })).toEqual([{ fee: null, bidCount: null }])
  expect((await plinth.as(ann).get(`/api/offers/${offer.id}`)).body).toMatchObject({ fee: 3, bidCount: 1 })
})

test('such a field cannot be asked about by whoever may not see it on every row', async () => {
  await using opened = await open()
  const { plinth, ann } = opened
  for (const caller of [plinth.asAnonymous(), plinth.as(ann)]) {
    for (const query of ['fee=3', 'sort=fee', 'fee[isNull]=true', 'bids.amount=7']) {
      expect(await caller.get(`/api/offers?${query}`), query).toMatchObject({ body: { code: 'rules.field-closed' } })
    }
  }
  const admin = await plinth.db.User.create({ name: 'Eve', role: 'admin' })
  expect((await plinth.as(admin).get('/api/offers?fee=3&sort=fee')).body).toMatchObject({ data: [{ fee: 3 }] })
})
