/** What types let be written, and what not because it would be refused. Checked by tsc: a wrong `@ts-expect-error` is an error too. */
import { defineRules, defineSchema, field, model, type UpdateInput, type Where } from '../../src/model/index.ts'
import type { Db, SystemDb } from '../../src/operation/db-types.ts'

const Captain = model({
  name: field.text(),
  passport: field.text().unique().private(),
  ships: field.hasMany('Ship', 'captain'),
  licence: field.hasOne('Licence', 'captain'),
  ports: field.manyToMany('Port', { through: 'Visit' }),
  clubs: field.manyToMany('Club', { through: 'Membership' }),
  notes: field.hasMany('Note', 'captain'),
})
const Ship = model({
  name: field.text().unique(),
  captain: field.belongsTo('Captain').optional(),
  berths: field.hasMany('Berth', 'ship'),
  cargo: field.hasMany('Cargo', 'ship'),
})
const Berth = model({ ship: field.belongsTo('Ship').immutable(), number: field.integer() })
const Cargo = model({ ship: field.belongsTo('Ship'), label: field.text() })
const Licence = model({ captain: field.belongsTo('Captain').unique().immutable(), until: field.date() })
const Port = model({ name: field.text().unique(), visits: field.hasMany('Visit', 'port') })
const Visit = model(
  { captain: field.belongsTo('Captain'), port: field.belongsTo('Port'), day: field.date() },
  { key: ['captainId', 'portId'] },
)
const Club = model({ name: field.text().unique() })
const Membership = model(
  { captain: field.belongsTo('Captain'), club: field.belongsTo('Club'), since: field.date().optional() },
  { key: ['captainId', 'clubId'], timestamps: true },
)
const Note = model({ captain: field.belongsTo('Captain').private().optional(), text: field.text() })
const schema = defineSchema(
  { Captain, Ship, Berth, Cargo, Licence, Port, Visit, Club, Membership, Note },
  { caller: 'Captain' },
)
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

declare const db: Db<typeof schema>
declare const system: SystemDb<typeof schema>

// Rows whose reference cannot be changed are created with it, not connected.
await db.Ship.update('x', { berths: { create: [{ number: 1 }], setOrCreate: { number: 2 } } })
// @ts-expect-error Berth.ship cannot be changed
await db.Ship.update('x', { berths: { connect: 'y' } })
// @ts-expect-error Berth.ship cannot be changed
await db.Ship.create({ name: 'x', berths: { connect: 'y' } })
// @ts-expect-error Berth.ship cannot be changed
await system.Ship.update('x', { berths: { set: ['y'] } })
// @ts-expect-error Berth.ship is not optional
await db.Ship.update('x', { berths: { disconnect: 'y' } })
await db.Captain.update('x', { licence: { create: { until: '2030-01-01' } } })
// @ts-expect-error Licence.captain cannot be changed
await db.Captain.update('x', { licence: { connect: 'y' } })
// @ts-expect-error nor go
await db.Captain.update('x', { licence: { disconnect: true } })
// @ts-expect-error the reference is in the key of a visit, which cannot be changed
await db.Port.update('x', { visits: { connect: { captainId: 'x', portId: 'y' } } })

// Rows leave only where their reference is optional.
await db.Captain.update('x', { ships: { disconnect: 'y', connect: [{ name: 'z' }], set: [] } })
await db.Ship.update('x', { cargo: { connect: 'y', create: { label: 'x' } } })
// @ts-expect-error Cargo.ship is not optional
await db.Ship.update('x', { cargo: { disconnect: 'y' } })
// @ts-expect-error the reference of a note is set by the server
await db.Captain.update('x', { notes: { create: { text: 'x' } } })
await system.Captain.update('x', { notes: { create: { text: 'x' }, disconnect: 'y' } })

// A join model of which more is needed than its ends has its rows created.
await db.Captain.update('x', { clubs: { connect: { name: 'x' }, create: { name: 'y' }, set: [] } })
await db.Captain.update('x', { ports: { disconnect: { name: 'x' }, set: [] } })
// @ts-expect-error a visit needs its day
await db.Captain.update('x', { ports: { connect: { name: 'x' } } })
// @ts-expect-error a visit needs its day
await system.Captain.update('x', { ports: { create: { name: 'x' } } })

// What is in a key or made once is not changed.
await db.Visit.update({ captainId: 'x', portId: 'y' }, { day: '2030-01-01' })
// @ts-expect-error it is part of the key
await db.Visit.update({ captainId: 'x', portId: 'y' }, { portId: 'z' })
// @ts-expect-error so is its relation
await db.Visit.update({ captainId: 'x', portId: 'y' }, { port: { connect: 'z' } })
// @ts-expect-error it is part of the key
await db.Visit.updateMany({ where: { day: '2030-01-01' }, changes: { captainId: 'z' } })
const membership: UpdateInput<typeof schema, 'Membership'> = { since: null }
await system.Membership.update({ captainId: 'x', clubId: 'y' }, { ...membership, updatedAt: new Date() })
// @ts-expect-error when it was created does not change
await system.Membership.update({ captainId: 'x', clubId: 'y' }, { createdAt: new Date() })

// Nobody names a row by what he may not read.
await system.Captain.get({ passport: 'x' })
// @ts-expect-error private
await db.Captain.get({ passport: 'x' })
// @ts-expect-error private
await db.Ship.update('x', { captain: { connect: { passport: 'x' } } })

// A bulk write has a filter.
await db.Ship.updateMany({ where: { name: 'x' }, changes: { name: 'y' } })
await db.Ship.deleteMany({ where: { or: [{ name: 'x' }, { captain: { name: 'y' } }] } })
declare const filter: Where<typeof schema, 'Ship'>
await db.Ship.updateMany({ where: filter, changes: { name: 'y' } })
await db.Ship.deleteMany({ where: { ...filter, captain: { name: 'x' } } })
declare const oneOrOther: { name: string } | { captain: { name: string } }
await db.Ship.deleteMany({ where: oneOrOther })
// @ts-expect-error an empty filter would be about all rows
await db.Ship.updateMany({ where: {}, changes: { name: 'y' } })
// @ts-expect-error an empty filter would be about all rows
await db.Ship.deleteMany({ where: {} })
// @ts-expect-error no such field, beside one that exists
await db.Ship.deleteMany({ where: { name: 'x', nam: 'y' } })

// An upsert finds its row by what tells rows apart.
await db.Ship.upsert({ on: ['name'], create: { name: 'x' }, update: {} })
await db.Membership.upsert({ create: { captainId: 'x', clubId: 'y' }, update: { since: '2030-01-01' } })
await system.Ship.upsert({ create: { id: 'x', name: 'x' }, update: {} })
// @ts-expect-error labels do not tell cargo apart
await db.Cargo.upsert({ on: ['label'], create: { label: 'x', shipId: 'y' }, update: {} })
// @ts-expect-error callers do not give its key, so `on` is needed
await db.Ship.upsert({ create: { name: 'x' }, update: {} })

// What a write gives back is read by key.
const made = await system.Ship.create(
  { name: 'x' },
  { select: { cargo: { select: { label: true }, sort: '-label' } }, include: { captain: true } },
)
void made.cargo[0]?.label
// @ts-expect-error it is not limited
await db.Ship.update('x', { name: 'y' }, { select: { cargo: { limit: 3 } } })
// @ts-expect-error nor filtered
await db.Ship.create({ name: 'y' }, { include: { captain: { include: { ships: { where: { name: 'x' } } } } } })

// A private relation is no part of what callers read.
await system.Note.find({ include: { captain: true }, where: { captain: { name: 'x' } }, sort: 'captain.name' })
// @ts-expect-error private
await db.Note.find({ include: { captain: true } })
// @ts-expect-error private
await db.Note.find({ select: { text: true, captain: { select: { name: true } } } })
// @ts-expect-error private
await db.Note.find({ where: { captain: { name: 'x' } } })
// @ts-expect-error private
await db.Note.find({ sort: 'captain.name' })
// @ts-expect-error private
await db.Note.aggregate({ groupBy: ['captain.name'], count: true })

// What is wrong with a rule is told of the rule.
defineRules(schema, {
  Ship: ({ row, user }) => ({
    read: row.captain.is(user.id),
    // @ts-expect-error a symbol is no condition
    update: row.name,
  }),
})

// Of one row that its writer may not read null comes back; of a list it is left out.
const one = await db.Cargo.create({ label: 'x', shipId: 'y' }, { select: { label: true } })
same<typeof one, { label: string } | null>(true)
const several = await db.Cargo.create([{ label: 'x', shipId: 'y' }], { select: { label: true } })
same<typeof several, { label: string }[]>(true)
declare const oneOrSeveral: { label: string; shipId: string } | { label: string; shipId: string }[]
const either = await system.Cargo.create(oneOrSeveral, { select: { label: true } })
same<typeof either, { label: string } | { label: string }[]>(true)
