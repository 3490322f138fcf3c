/**
 * The models that stores are tried on: harbours, berths, vessels and their voyages. Composite and natural keys, two relations to one
 * model, relations to itself, links with and without a model of their own, every field kind, rules of every form.
 */
import {
  allOf,
  anyOf,
  concat,
  defineRules,
  defineSchema,
  everyone,
  field,
  graphOf,
  model,
  nobody,
  now,
  type ModelGraph,
  upper,
} from '../../model/index.ts'

const Person = model({
  name: field.text({ min: 1, max: 80 }),
  email: field.email().unique().private(),
  role: field.enum(['member', 'pilot', 'master']).default('member').readOnly(),
  vessels: field.hasMany('Vessel', 'owner'),
  commands: field.hasMany('Vessel', 'captain'),
  licence: field.hasOne('Licence', 'holder'),
  servesOn: field.manyToMany('Vessel', { through: 'Assignment' }),
  visited: field.manyToMany('Vessel', { through: 'Visit' }),
})

const Licence = model({
  number: field.text().unique(),
  holder: field.belongsTo('Person', { onDelete: 'cascade' }).unique(),
  issued: field.date(),
})

const Harbour = model({
  code: field.text({ min: 2, max: 5 }).key(),
  name: field.text(),
  draught: field.decimal({ precision: 6, scale: 2 }).optional(),
  berths: field.hasMany('Berth', 'harbour'),
  arrivals: field.hasMany('Voyage', 'destination'),
  departures: field.hasMany('Voyage', 'origin'),
})

/** Its key is made of a relation and a number. */
const Berth = model(
  {
    harbour: field.belongsTo('Harbour', { onDelete: 'cascade' }),
    number: field.integer({ min: 1 }),
    length: field.decimal({ precision: 8, scale: 2 }),
    covered: field.boolean().default(false),
    moorings: field.hasMany('Voyage', 'berth'),
  },
  { key: ['harbourCode', 'number'] },
)

const Vessel = model(
  {
    name: field.text({ min: 1, max: 100 }),
    flag: field.text().optional(),
    tonnage: field.decimal({ precision: 12, scale: 3 }).maskable(),
    owner: field.belongsTo('Person'),
    captain: field.belongsTo('Person', { onDelete: 'setNull' }).optional(),
    tender: field.belongsTo('Vessel', { onDelete: 'setNull' }).optional(),
    tenderOf: field.hasMany('Vessel', 'tender'),
    voyages: field.hasMany('Voyage', 'vessel'),
    certificates: field.manyToMany('Certificate'),
    crew: field.manyToMany('Person', { through: 'Assignment' }),
    assignments: field.hasMany('Assignment', 'vessel'),
    visitors: field.manyToMany('Person', { through: 'Visit' }),
  },
  { version: true, softDelete: true, unique: [['ownerId', 'name']] },
)

const Assignment = model(
  {
    vessel: field.belongsTo('Vessel', { onDelete: 'cascade' }),
    person: field.belongsTo('Person', { onDelete: 'cascade' }),
    rank: field.integer({ min: 1, max: 9 }),
    since: field.datetime().default(now),
  },
  { unique: [['vesselId', 'personId']] },
)

/** Links with a rule of their own, and some that were deleted. */
const Visit = model(
  {
    vessel: field.belongsTo('Vessel', { onDelete: 'cascade' }),
    person: field.belongsTo('Person', { onDelete: 'cascade' }),
    secret: field.boolean().default(false),
  },
  { key: ['vesselId', 'personId'], softDelete: true },
)

const Certificate = model({
  code: field.text().key(),
  issuer: field.text(),
  vessels: field.manyToMany('Vessel'),
})

/** Counted by the database; refers twice to harbours, once to a composite key, once to itself. */
const Voyage = model({
  id: field.sequence(),
  vessel: field.belongsTo('Vessel', { onDelete: 'cascade' }),
  origin: field.belongsTo('Harbour'),
  destination: field.belongsTo('Harbour').optional(),
  berth: field.belongsTo('Berth', { onDelete: 'setNull' }).optional(),
  previous: field.belongsTo('Voyage', { onDelete: 'setNull' }).optional(),
  next: field.hasMany('Voyage', 'previous'),
  state: field.enum(['planned', 'secret', 'sailed']).default('planned'),
  departs: field.datetime(),
  priority: field.integer().optional(),
  note: field.text().optional(),
  cargo: field.hasMany('Cargo', 'voyage'),
})

const Cargo = model({
  voyage: field.belongsTo('Voyage', { onDelete: 'cascade' }),
  label: field.text(),
  weight: field.decimal({ precision: 18, scale: 3 }),
  worth: field.bigint().optional(),
  share: field
    .float()
    .optional()
    .check(value => value.lte(1), 'share_at_most_whole'),
  pieces: field
    .integer()
    .default(1)
    .check(value => value.gte(0), 'pieces_not_negative'),
  sealed: field.boolean().optional(),
})

/** One field of every kind, all of which may be null. */
const Sample = model({
  name: field.text().key(),
  text: field.text({ max: 10_000 }).optional(),
  slug: field.slug('text').optional(),
  email: field.email().optional(),
  url: field.url().optional(),
  uuid: field.uuid().optional(),
  integer: field.integer().optional(),
  bigint: field.bigint().optional(),
  decimal: field.decimal({ precision: 18, scale: 4 }).optional(),
  float: field.float().optional(),
  boolean: field.boolean().optional(),
  date: field.date().optional(),
  time: field.time().optional(),
  datetime: field.datetime().optional(),
  enum: field.enum(['low', 'Mid', 'high']).optional(),
  json: field.json().optional(),
  bytes: field.bytes().optional(),
  ip: field.ip().optional(),
  words: field.array(field.text()).optional(),
  numbers: field.array(field.integer()).optional(),
})

/** No key: it can be listed, and that is all. */
const Signal = model({ at: field.datetime(), text: field.text() }, { key: [] })

/** Anybody may write one, and only masters read them. */
const Report = model({ text: field.text(), level: field.integer().default(1) })

/** Unique whatever their letter case: a short text, and a long one that may be null. */
const Buoy = model({
  callSign: field.text({ max: 40 }).unique({ ignoreCase: true }),
  inscription: field.text().optional().unique({ ignoreCase: true }),
  colour: field.text({ max: 40 }).optional().index({ ignoreCase: true }),
})

/** The same, among rows that are not deleted. */
const Beacon = model({ name: field.text({ max: 80 }).unique({ ignoreCase: true }) }, { softDelete: true })

/** What is measured at one place, between two bounds of which one may be open. */
const Gauge = model(
  {
    name: field.text().key(),
    low: field.integer(),
    high: field.integer().optional(),
    readings: field.hasMany('Reading', 'gauge'),
  },
  { check: { inOrder: row => row.low.lte(row.high) } },
)

/** Numbers that are calculated with. */
const Reading = model({
  number: field.integer().key(),
  gauge: field.belongsTo('Gauge', { onDelete: 'cascade' }).optional(),
  whole: field.integer().optional(),
  large: field.bigint().optional(),
  exact: field.decimal({ precision: 9, scale: 3 }).optional(),
  real: field.float().optional(),
})

/** Words that are taken in SQL, and a name that has to be shortened for databases. */
const Order = model({
  choice: field.text().optional().column('select'),
  source: field.text().optional().column('from'),
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaBcccccccccccccccccccccccccccccccccccccccc: field.integer().optional(),
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaBccccccccccccccccccccccccccccccccccccccccc: field.integer().optional(),
})

export const harbours = defineSchema(
  {
    Person,
    Licence,
    Harbour,
    Berth,
    Vessel,
    Assignment,
    Visit,
    Certificate,
    Voyage,
    Cargo,
    Sample,
    Signal,
    Report,
    Buoy,
    Beacon,
    Gauge,
    Reading,
    Order,
  },
  {
    caller: 'Person',
    computed: {
      Harbour: ({ row }) => ({
        berthCount: row.berths.count(),
        roofed: row.berths.some(berth => berth.covered.is(true)),
      }),
      Sample: ({ row }) => ({
        loopback: row.ip.in(['127.0.0.1', '::1']),
        first: row.ip.is('9.255.0.1'),
        loud: upper(row.text),
      }),
      Vessel: ({ row }) => ({ visitorCount: row.visitors.count() }),
      Voyage: ({ row, user }) => ({
        cargoWeight: row.cargo.sum(piece => piece.weight),
        mine: row.vessel.owner.is(user.id),
        title: concat(row.vessel.name, ' from ', row.origin.name),
      }),
      Gauge: ({ row }) => ({
        largeSum: row.readings.sum(reading => reading.large),
        realSum: row.readings.sum(reading => reading.real),
        exactMean: row.readings.avg(reading => reading.exact),
        pastHigh: row.readings.sum(reading => reading.whole).minus(row.high),
      }),
      Reading: ({ row }) => ({
        wholeSquare: row.whole.times(row.whole),
        wholeNext: row.whole.plus(1),
        largeSquare: row.large.times(row.large),
        largeBefore: row.large.minus('2'),
        exactSquare: row.exact.times(row.exact),
        exactByWhole: row.exact.times(row.whole),
        realSquare: row.real.times(row.real),
      }),
    },
  },
)

const harbourRules = defineRules(harbours, {
  Person: ({ row, user }) => ({ read: everyone, update: row.id.is(user.id) }),
  Licence: ({ row, user }) => ({ read: row.holder.is(user.id) }),
  Harbour: ({ user }) => ({
    read: everyone,
    create: user.role.is('master'),
    update: user.role.is('master'),
    delete: user.role.is('master'),
  }),
  Berth: ({ user }) => ({ read: everyone, create: user.role.is('master'), delete: user.role.is('master') }),
  Vessel: ({ row, user }) => ({
    read: anyOf(row.flag.isNot('black'), row.owner.is(user.id)),
    create: row.owner.is(user.id),
    update: row.owner.is(user.id),
    delete: row.owner.is(user.id),
    withDeleted: user.role.is('master'),
    fields: { tonnage: { read: row.owner.is(user.id) }, captainId: { write: user.role.in(['pilot', 'master']) } },
  }),
  Assignment: () => ({ read: everyone }),
  Visit: ({ row, user }) => ({ read: anyOf(row.secret.is(false), row.person.is(user.id)) }),
  Certificate: ({ user }) => ({ read: user.role.in(['pilot', 'master']) }),
  Voyage: ({ row, user }) => ({
    read: anyOf(row.state.isNot('secret'), row.vessel.owner.is(user.id)),
    create: row.vessel.owner.is(user.id),
    update: allOf(row.vessel.owner.is(user.id), row.state.isNot('sailed')),
    delete: row.vessel.owner.is(user.id),
    fields: { note: { read: user.isSignedIn } },
  }),
  Cargo: ({ row, user }) => ({
    read: user.isSignedIn,
    create: row.voyage.vessel.owner.is(user.id),
    update: row.voyage.vessel.owner.is(user.id),
    delete: nobody,
  }),
  Sample: () => ({ read: everyone, create: everyone, update: everyone, delete: everyone }),
  Signal: () => ({ read: everyone, create: everyone }),
  Report: ({ user }) => ({ read: user.role.is('master'), create: everyone }),
  Buoy: () => ({ read: everyone, create: everyone, update: everyone }),
  Beacon: () => ({ read: everyone, create: everyone, update: everyone, delete: everyone }),
  Gauge: () => ({ read: everyone, create: everyone }),
  Reading: () => ({ read: everyone, create: everyone }),
  Order: () => ({ read: everyone, create: everyone }),
})

/** The graph with its rules. */
export const harbourGraph: ModelGraph = graphOf(harbours, harbourRules)
