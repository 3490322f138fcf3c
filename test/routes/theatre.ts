/** A theatre: shows that are drafts at first, numbered seats, guests with rules of their own, fans without. For routes and actions. */
import {
  allOf,
  anyOf,
  createApp,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  projection,
  routesOf,
} from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'

const Person = model({
  name: field.text({ min: 1, max: 80 }),
  role: field.enum(['member', 'manager']).default('member').readOnly(),
  phone: field.text({ max: 40 }).optional(),
  secret: field.text().private().optional(),
})
const Show = model(
  {
    code: field.slug('title').unique(),
    title: field.text({ min: 1, max: 80 }),
    price: field.decimal({ precision: 8, scale: 2 }),
    startsAt: field.datetime().optional(),
    published: field.boolean().default(false),
    props: field.array(field.text()).default([]),
    host: field.belongsTo('Person').default(caller => caller.id),
    seats: field.hasMany('Seat', 'show'),
    tags: field.manyToMany('Tag', { inverse: 'shows' }),
    fans: field.manyToMany('Person'),
    guests: field.manyToMany('Person', { through: 'Guest' }),
  },
  { version: true },
)
const Seat = model(
  {
    show: field.belongsTo('Show', { onDelete: 'cascade' }),
    number: field.integer({ min: 1, max: 999 }),
    holder: field.belongsTo('Person').optional(),
  },
  { key: ['showId', 'number'] },
)
const Guest = model(
  { show: field.belongsTo('Show', { onDelete: 'cascade' }), person: field.belongsTo('Person') },
  { key: ['showId', 'personId'] },
)
const Tag = model({
  name: field.text({ min: 1, max: 20 }).unique(),
  shows: field.manyToMany('Show', { inverse: 'tags' }),
})

export const schema = defineSchema(
  { Person, Show, Seat, Guest, Tag },
  {
    caller: 'Person',
    computed: { Show: ({ row, user }) => ({ seatCount: row.seats.count(), isMine: row.host.is(user.id) }) },
  },
)

export const rules = defineRules(schema, {
  Person: ({ row, user }) => ({
    read: everyone,
    update: row.id.is(user.id),
    fields: { phone: { read: row.id.is(user.id) } },
  }),
  Show: ({ row, user }) => ({
    read: anyOf(row.published.is(true), row.host.is(user.id), user.role.is('manager')),
    create: row.host.is(user.id),
    update: row.host.is(user.id),
    delete: row.host.is(user.id),
    fields: { price: { write: user.role.is('manager') } },
  }),
  Seat: ({ row, user }) => ({
    read: everyone,
    create: row.show.host.is(user.id),
    delete: row.show.host.is(user.id),
  }),
  Guest: ({ row, user }) => ({
    read: everyone,
    // Who comes as a guest has to be there before the doors open to all.
    create: allOf(row.person.is(user.id), row.show.published.is(false)),
    delete: row.person.is(user.id),
  }),
  Tag: ({ user }) => ({ read: everyone, create: user.isSignedIn }),
})

export const PersonView = projection(schema, 'Person', ({ row }) => ({ name: row.name }), { one: 'person' })

export const SeatView = projection(
  schema,
  'Seat',
  ({ row, include }) => ({ number: row.number, heldBy: include('holder', PersonView) }),
  { one: 'seat', many: 'seats', count: 'seatCount' },
)

export const ShowView = projection(
  schema,
  'Show',
  ({ row, user, include, pluck }) => ({
    code: row.code,
    headline: row.title,
    price: row.price,
    when: row.startsAt,
    labels: pluck('tags', 'name'),
    audience: { fans: row.fans.count(), amAmong: row.fans.some(fan => fan.id.is(user.id)) },
    host: include('host', PersonView),
    firstSeats: include('seats', SeatView, {
      where: ({ row: seat }) => seat.number.lt(100),
      sort: '-number',
      limit: 2,
    }),
  }),
  { one: 'show', many: 'shows', count: 'showCount' },
)

const { group, list, one, create, update, remove, link, unlink } = routesOf(schema)

export const routes = group({ prefix: '/v1' }, [
  list('/shows', ShowView, {
    filters: {
      label: 'tags.name',
      host: 'host.name',
      cheaperThan: { value: field.decimal({ precision: 8, scale: 2 }), where: ({ row, value }) => row.price.lt(value) },
      seatOf: { value: field.text(), where: ({ row, value }) => row.seats.some(seat => seat.holder.name.is(value)) },
    },
    sort: '-price',
    paging: 'offset',
    limit: 2,
    maximum: 3,
  }),
  list('/my-shows', ShowView.without('firstSeats', 'audience'), {
    allow: ({ user }) => user.isSignedIn,
    where: ({ row, user }) => row.host.is(user.id),
    sort: 'title',
    paging: 'cursor',
    limit: 2,
  }),
  one('/shows/{code}', ShowView),
  create('/shows', ShowView, { input: ['headline', 'price', 'when', 'labels'] }),
  update('/shows/{code}', ShowView, { input: ['headline', 'price', 'when', 'labels'] }),
  remove('/shows/{code}', 'Show'),
  link('/shows/{code}/fans', ShowView, 'fans'),
  unlink('/shows/{code}/fans', ShowView, 'fans'),
  link('/shows/{code}/guests', ShowView.without('audience'), 'guests'),
  unlink('/shows/{code}/guests', ShowView.without('audience'), 'guests'),
  list('/shows/{show.code}/seats', SeatView, { sort: 'number' }),
  create('/shows/{show.code}/seats', SeatView, { input: ['number'] }),
  list(
    '/labels',
    projection(schema, 'Tag', ({ row }) => row.name, { many: 'labels' }),
    { sort: 'name' },
  ),
  one('/me', PersonView, { row: 'caller' }),
  update('/me', PersonView, { row: 'caller', input: ['name'], method: 'PUT' }),
])

const theatre = createApp({ schema, rules, routes: [routes] })

/** The theatre with a host, a member and a manager, and four shows. */
export async function openTheatre() {
  const app = await createTestApp(theatre)
  const [hanna, mo, mara] = await app.db.Person.create([
    { name: 'Hanna', phone: '111', secret: 'x' },
    { name: 'Mo', phone: '222' },
    { name: 'Mara', role: 'manager' },
  ])
  const show = (title: string, price: string, published: boolean, labels: readonly string[], seats: number) =>
    app.db.Show.create({
      title,
      price,
      published,
      hostId: hanna!.id,
      tags: { connectOrCreate: labels.map(name => ({ name })) },
      seats: { create: Array.from({ length: seats }, (_, index) => ({ number: index + 1 })) },
    })
  const [hamlet, lear] = [
    await show('Hamlet', '30.00', true, ['classic', 'long'], 3),
    await show('King Lear', '25.50', true, ['classic'], 0),
  ]
  const circus = await show('Circus', '9.90', true, ['loud'], 1)
  const draft = await show('Unnamed', '12.00', false, ['loud'], 0)
  const close = () => app.close()
  return { app, hanna: hanna!, mo: mo!, mara: mara!, hamlet, lear, circus, draft, [Symbol.asyncDispose]: close }
}
