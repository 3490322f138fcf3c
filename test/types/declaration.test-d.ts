/** What compiles of declarations, and what does not. Checked by tsc: a wrong `@ts-expect-error` is an error too. */
import {
  allOf,
  anyOf,
  coalesce,
  concat,
  type Condition,
  type CreateInput,
  defineHooks,
  defineKind,
  defineRules,
  defineSchema,
  everyone,
  field,
  type Key,
  length,
  model,
  nobody,
  not,
  now,
  type Row,
  type UpdateInput,
  type Where,
} from '../../src/model/index.ts'
import type { Db } from '../../src/operation/index.ts'
import type { CheckedModels } from '../../src/model/types/check-schema.ts'
import { schema } from './models.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

// Models and schemas

const B = model({ name: field.text() })
const A = model({ b: field.belongsTo('B') })
defineSchema({ A, B })
// @ts-expect-error A.b leads to a model that the schema does not have
defineSchema({ A })
// @ts-expect-error B has no relation that leads back
defineSchema({ B, C: model({ bs: field.hasMany('B', 'c') }) })
const strayed = model({ as: field.hasMany('A', 'b') })
// @ts-expect-error A.b leads to B, not back to C
defineSchema({ A, B, C: strayed })
// @ts-expect-error select is a word of requests
defineSchema({ C: model({ select: field.text() }) })
const twice = model({ b: field.belongsTo('B'), bId: field.text() })
// @ts-expect-error the relation b is stored as bId
defineSchema({ B, C: twice })
type Checked = CheckedModels<{ readonly B: typeof B; readonly C: typeof twice }>
same<Checked['C'], { readonly "The field 'bId' of C has the name of the scalar of the relation 'b'": never }>(true)
// These have scalars of other names, or none.
const Coded = model({ code: field.text().key() })
defineSchema({ Coded, C: model({ coded: field.belongsTo('Coded'), codedId: field.text() }) })
defineSchema({ B, C: model({ b: field.belongsTo('B', { field: 'owner' }), bId: field.text() }) })
defineSchema({ B, C: model({ b: field.belongsTo('B', { on: { id: 'bId' } }), bId: field.uuid() }) })
defineSchema({ C: model({ user: field.text(), userId: field.text() }) })
// @ts-expect-error the caller is none of the models
defineSchema({ A, B }, { caller: 'C' })
// @ts-expect-error an option that does not exist
model({ x: field.text() }, { uniqe: [['x']] })
// Letter case can be left out of texts, and of nothing else.
model({ mail: field.email().unique({ ignoreCase: true }), name: field.text().optional().index({ ignoreCase: true }) })
model({ number: field.integer().unique({}) })
// @ts-expect-error a number has no letters
model({ number: field.integer().unique({ ignoreCase: true }) })
const number = field.integer()
// The sentence that the compiler prints.
same<
  NonNullable<Parameters<typeof number.unique>[0]>['ignoreCase'],
  false | { readonly 'Only texts have a letter case to ignore': never } | undefined
>(true)
// @ts-expect-error the words of an enum are what they are
model({ state: field.enum(['a', 'b']).index({ ignoreCase: true }) })
// @ts-expect-error nor has a key of another row
model({ b: field.belongsTo('B').unique({ ignoreCase: true }) })

const seat = model(
  { room: field.integer(), label: field.text(), note: field.text() },
  {
    unique: [{ fields: ['room', 'label'], ignoreCase: ['label'] }],
    index: [{ fields: ['-label', 'room'], ignoreCase: ['label'] }],
  },
)
const hall = defineSchema({ Seat: seat })
// Rows are named by such a group as by any other.
const label: Parameters<Db<typeof hall>['Seat']['get']>[0] = { room: 1, label: 'a' }
void label
model(
  { room: field.integer(), label: field.text() },
  // @ts-expect-error a number has no letters
  { unique: [{ fields: ['room', 'label'], ignoreCase: ['room'] }] },
)
model(
  { room: field.integer(), label: field.text() },
  // @ts-expect-error there is no such field
  { index: [{ fields: ['rom'], ignoreCase: ['label'] }] },
)

// @ts-expect-error unique on a field that does not exist
model({ x: field.text() }, { unique: [['y']] })
model(
  { x: field.text(), b: field.belongsTo('B') },
  { unique: [['x', 'bId']], index: [['-createdAt', 'x']], timestamps: true },
)
// @ts-expect-error a key of a field that does not exist
model({ x: field.text() }, { key: ['y'] })
// @ts-expect-error a default of another kind
field.integer().default('x')
// @ts-expect-error a default that is none of the values
field.enum(['a', 'b']).default('c')
field.datetime().default(now)
field.datetime().default(new Date(0))
// @ts-expect-error a check gives a condition
field.integer().check(value => value)
model({ from: field.date(), to: field.date() }, { check: { inOrder: row => row.from.lte(row.to) } })
// @ts-expect-error a check sees the row's own fields
model({ from: field.date() }, { check: { inOrder: row => row.to.lte(row.from) } })
// @ts-expect-error a reference is for inputs; stored ones are relations
model({ b: field.id('B') })

// Rules

defineRules(schema, {
  Article: ({ row, user }) => ({
    read: anyOf(
      row.state.is('published'),
      row.author.is(user.id),
      user.role.in(['editor', 'admin']),
      row.comments.some(comment => comment.author.role.is('admin')),
      row.author.followers.none(follower => follower.name.contains('x')),
      row.editor.isNull(),
      row.editor.profile.views.gt(3n),
      row.labels.has('x'),
      row.publishedAt.lte(now),
      row.stock.times(row.price).gt('1.00'),
      row.commentCount.gte(1),
      not(row.favourite.is(true)),
      length(row.title).gt(3),
      row.settings.isNull(),
    ),
    create: allOf(user.isSignedIn, row.countryCode.is('de')),
    fields: {
      authorId: { write: user.role.is('admin') },
      byline: { read: everyone },
      comments: { read: user.isSignedIn },
    },
  }),
  Line: ({ row, user }) => ({
    read: row.parts.count(part => part.weight.gt(1)).gt(2),
    update: row.order.is(user.name),
  }),
  Part: ({ row, user }) => ({ read: row.of.is({ order: user.name, line: 1 }) }),
})
// @ts-expect-error no such value
defineRules(schema, { Article: ({ row }) => ({ read: row.state.is('publishd') }) })
// @ts-expect-error no such field
defineRules(schema, { Article: ({ row }) => ({ read: row.titel.is('x') }) })
// @ts-expect-error no such relation
defineRules(schema, { Article: ({ row }) => ({ read: row.autor.name.is('x') }) })
// @ts-expect-error the caller has no such field
defineRules(schema, { Article: ({ user }) => ({ read: user.rol.is('x') }) })
// @ts-expect-error a plain value is no condition
defineRules(schema, { Article: () => ({ read: true }) })
// @ts-expect-error a symbol is no condition
defineRules(schema, { Article: ({ row }) => ({ read: row.state }) })
// @ts-expect-error comparing a symbol with === is always false
defineRules(schema, { Article: ({ user }) => ({ read: user.role === 'admin' ? everyone : nobody }) })
// @ts-expect-error numbers have no contains
defineRules(schema, { Article: ({ row }) => ({ read: row.stock.contains('x') }) })
// @ts-expect-error numbers are not compared with texts
defineRules(schema, { Article: ({ row }) => ({ read: row.stock.is(row.title) }) })
// @ts-expect-error null is asked for by isNull
defineRules(schema, { Article: ({ row }) => ({ read: row.publishedAt.is(null) }) })
// @ts-expect-error JSON is only tested for null
defineRules(schema, { Article: ({ row }) => ({ read: row.settings.is({ theme: 'x' }) }) })
// @ts-expect-error texts have no sum
defineRules(schema, { Article: ({ row }) => ({ read: row.comments.sum(c => c.body).gt(1n) }) })
// @ts-expect-error half of a key
defineRules(schema, { Part: ({ row }) => ({ read: row.of.is({ order: 'x' }) }) })
// @ts-expect-error no such model
defineRules(schema, { Artcle: () => ({ read: everyone }) })

// Computed fields

const counted = defineSchema(
  {
    Order: model({ lines: field.hasMany('OrderLine', 'order'), note: field.text().optional(), first: field.text() }),
    OrderLine: model({
      order: field.belongsTo('Order'),
      amount: field.decimal({ precision: 9, scale: 2 }),
      weight: field.float().optional(),
      pieces: field.integer().optional(),
    }),
  },
  {
    computed: {
      Order: ({ row }) => ({
        size: row.lines.count(),
        total: row.lines.sum(line => line.amount),
        safeTotal: coalesce(
          row.lines.sum(line => line.amount),
          '0',
        ),
        average: row.lines.avg(line => line.amount),
        weight: row.lines.sum(line => line.weight.times(2)),
        pieces: row.lines.sum(line => line.pieces),
        value: row.lines.sum(line => line.pieces.times(line.amount)),
        label: concat(row.first, ': ', row.note),
        large: row.lines.some(line => line.amount.gt('100')),
      }),
    },
  },
)
type Order = Row<typeof counted, 'Order'>
same<Order['size'], number>(true)
same<Order['total'], string | null>(true)
same<Order['safeTotal'], string>(true)
same<Order['average'], number | null>(true)
same<Order['weight'], number | null>(true)
same<Order['pieces'], bigint | null>(true)
same<Order['value'], string | null>(true)
same<Order['label'], string | null>(true)
same<Order['large'], boolean>(true)
defineSchema(
  { B },
  {
    computed: {
      // @ts-expect-error a constant is no value made from symbols
      B: () => ({ x: 1 }),
    },
  },
)

// Hooks

defineHooks(schema, {
  Article: {
    beforeCreate: async ({ rows, db, caller, now: moment, emit }) => {
      for (const row of rows) row.title = row.title.trim()
      const tags = await db.Tag.count({ where: { name: { startsWith: 'x' } } })
      emit('article.created', { tags, by: caller.class, at: moment.toISOString() })
      same<typeof caller.key, string | null>(true)
    },
    afterUpdate: ({ rows, previous }) => {
      same<(typeof rows)[number]['publishedAt'], Date | null>(true)
      same<(typeof previous)[number]['state'], 'draft' | 'published'>(true)
    },
  },
  User: {
    // Hooks are the application's own code: they see all stored fields.
    beforeCreate: ({ rows }) => {
      same<(typeof rows)[number]['name'], string>(true)
      // Callers cannot give it: a hook has to, or code that acts for the system has.
      same<(typeof rows)[number]['email'], string | undefined>(true)
    },
    beforeUpdate: ({ previous }) => {
      same<(typeof previous)[number]['email'], string>(true)
    },
  },
  Comment: {
    // The database counts it up with the row.
    beforeCreate: ({ rows }) => {
      same<(typeof rows)[number]['id'], number | undefined>(true)
    },
    afterCreate: ({ rows }) => {
      same<(typeof rows)[number]['id'], number>(true)
    },
  },
})
// @ts-expect-error no such moment
defineHooks(schema, { Article: { beforeSave: () => undefined } })

// Named types

same<Key<typeof schema, 'Line'>, { readonly order: string; readonly line: number }>(true)
same<Key<typeof schema, 'Comment'>, number>(true)
same<Key<typeof schema, 'Tag'>, string>(true)
const input: CreateInput<typeof schema, 'Tag'> = { name: 'x' }
const change: UpdateInput<typeof schema, 'Article'> = { stock: 3 }
const filter: Where<typeof schema, 'Article'> = { author: { name: { contains: 'x' } } }
const condition: Condition = everyone
void [input, change, filter, condition]

// Tables that were there before their models

const taken = defineSchema({
  Line: model({ order: field.integer(), number: field.integer() }, { key: ['order', 'number'] }),
  Shipment: model({
    id: field.sequence(),
    order: field.integer(),
    number: field.integer(),
    line: field.belongsTo('Line', { on: { order: 'order', number: 'number' } }),
    made: field.datetime().databaseDefault(),
    weight: field.integer().column('WEIGHT', { postgres: 'smallint', sqlite: { type: 'INT', form: 'x' } }),
    total: field.decimal({ precision: 8, scale: 2 }).generated(),
  }),
  Sum: model({ year: field.integer() }, { view: true }),
})
type Shipments = typeof taken
same<keyof Row<Shipments, 'Shipment'>, 'id' | 'order' | 'number' | 'made' | 'weight' | 'total'>(true)
const shipped: CreateInput<Shipments, 'Shipment'> = { order: 1, number: 2, weight: 3 }
// @ts-expect-error the fields of the relation are needed like others
const unshipped: CreateInput<Shipments, 'Shipment'> = { weight: 3 }
// @ts-expect-error a generated value is written by nobody
const computed: CreateInput<Shipments, 'Shipment'> = { order: 1, number: 2, weight: 3, total: '1.00' }
// @ts-expect-error nor changed
const recomputed: UpdateInput<Shipments, 'Shipment'> = { total: '1.00' }
// @ts-expect-error the rows of a view are read, never written
const summed: CreateInput<Shipments, 'Sum'> = { year: 2026 }
void [shipped, unshipped, computed, recomputed, summed]

// Kinds of one's own have the comparisons that they say; null is no JSON value but where a field may be null; a key may be a moment.
const grade = defineKind({ name: 'grade', expected: 'a grade', parse: text => text, jsonSchema: { type: 'string' } })
const note = defineKind({
  name: 'note',
  expected: 'a note',
  operators: ['eq', 'contains'],
  parse: text => text,
  jsonSchema: { type: 'string' },
  codec: { encode: text => text.toUpperCase(), decode: text => text.toLowerCase() },
})
const diary = defineSchema(
  {
    Seal: model({ code: field.custom(note).key() }),
    Author: model({ since: field.datetime().key(), days: field.hasMany('Day', 'author') }),
    Day: model({
      author: field.belongsTo('Author'),
      date: field.date(),
      grade: field.custom(grade),
      note: field.custom(note),
      from: field.ip(),
      mood: field.json().default({ calm: 1, words: ['x', null, { y: [] }] }),
      seal: field.belongsTo('Seal'),
      word: field.json<string>(),
    }),
  },
  { caller: 'Author' },
)
defineRules(diary, { Day: ({ row, user }) => ({ read: row.author.is(user.since), update: row.author.is(new Date()) }) })
defineHooks(diary, { Day: { afterCreate: ({ caller }) => same<typeof caller.key, Date | null>(true) } })
type Mood = Row<typeof diary, 'Day'>['mood']
same<null extends Mood ? true : false, false>(true)
same<unknown extends Mood ? true : false, false>(true)
declare const days: Db<typeof diary>
await days.Day.find({ where: { grade: { in: ['a'] }, note: { contains: 'x' } }, sort: 'grade' })
// @ts-expect-error grades have no order
await days.Day.find({ where: { grade: { lt: 'a' } } })
// @ts-expect-error null is what an optional field may be
const moodless: CreateInput<typeof diary, 'Day'>['mood'] = null
const [day] = await (await days.asSystem('test').sql('Day')).selectFrom('Day').selectAll().execute()
same<
  typeof day,
  | {
      id: string
      authorSince: unknown
      date: string
      grade: string
      note: unknown
      from: unknown
      mood: unknown
      sealCode: unknown
      word: unknown
    }
  | undefined
>(true)
void moodless
