/** Fields of which rules may make null, as types know them. Checked by tsc: a wrong `@ts-expect-error` is an error too. */
import {
  allOf,
  anyOf,
  defineHooks,
  defineRules,
  defineSchema,
  everyone,
  field,
  maskable,
  model,
  nobody,
  not,
  type Row,
} from '../../src/model/index.ts'
import type { Db, SystemDb } from '../../src/operation/db-types.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const Person = model({
  name: field.text(),
  role: field.enum(['member', 'admin']).default('member'),
  salary: field.integer().maskable(),
  note: field.text().optional(),
  manager: field.belongsTo('Person').maskable(),
  boss: field.belongsTo('Person', { field: 'bossKey' }),
  reports: field.hasMany('Person', 'manager').maskable(),
  friends: field.manyToMany('Person').maskable(),
})
const schema = defineSchema(
  { Person },
  {
    caller: 'Person',
    computed: { Person: ({ row }) => ({ size: row.reports.count(), hiddenSize: maskable(row.reports.count()) }) },
  },
)

declare const db: Db<typeof schema>
declare const system: SystemDb<typeof schema>

// Callers may meet null …
const [seen] = await db.Person.find({ include: { manager: true, reports: true, friends: true, boss: true } })
type Seen = NonNullable<typeof seen>
same<Seen['salary'], number | null>(true)
same<Seen['managerId'], string | null>(true)
same<Seen['name'], string>(true)
same<Seen['size'], number>(true)
same<Seen['hiddenSize'], number | null>(true)
same<null extends Seen['manager'] ? true : false, true>(true)
same<null extends Seen['reports'] ? true : false, true>(true)
same<null extends Seen['friends'] ? true : false, true>(true)
// The row at the other end may be one that they may not read, which only rules know.
same<null extends Seen['boss'] ? true : false, true>(true)
same<Row<typeof schema, 'Person'>['salary'], number | null>(true)

const picked = await db.Person.get('x', {
  select: { salary: true, managerId: true, hiddenSize: true, boss: { select: { salary: true } } },
})
same<typeof picked.salary, number | null>(true)
same<typeof picked.managerId, string | null>(true)
same<NonNullable<typeof picked.boss>['salary'], number | null>(true)

// … and may filter, sort and write as before.
await db.Person.find({ where: { salary: { gt: 3 }, manager: { salary: 3 } }, sort: '-salary' })
await db.Person.create({ name: 'x', salary: 3, managerId: 'x', bossKey: 'y' })
// @ts-expect-error it is not optional
await db.Person.create({ name: 'x', managerId: 'x', bossKey: 'y' })
// @ts-expect-error null is not written
await db.Person.update('x', { salary: null })

// The system and hooks see the value.
const stored = await system.Person.get('x', { include: { manager: true, reports: true } })
same<typeof stored.salary, number>(true)
same<typeof stored.manager.salary, number>(true)
same<(typeof stored.reports)[number]['managerId'], string>(true)
defineHooks(schema, {
  Person: { beforeCreate: ({ rows }) => same<(typeof rows)[number]['salary'], number>(true) },
})

// Rules that look at the row are for fields that may be null; rules that ask about the caller alone are for all.
defineRules(schema, {
  Person: ({ row, user }) => {
    const own = row.id.is(user.id)
    const admin = anyOf(user.role.is('admin'), allOf(user.isSignedIn, not(user.name.is('x'))))
    return {
      read: everyone,
      fields: {
        salary: { read: own, write: own },
        note: { read: anyOf(own, admin) },
        manager: { read: own },
        managerId: { read: own },
        reports: { read: own },
        friends: { read: own },
        hiddenSize: { read: own },
        name: { read: admin, write: own },
        size: { read: nobody },
        boss: { read: everyone },
      },
    }
  },
})
// @ts-expect-error it is never null
defineRules(schema, { Person: ({ row, user }) => ({ fields: { name: { read: row.id.is(user.id) } } }) })
// @ts-expect-error it is never null
defineRules(schema, { Person: ({ row, user }) => ({ fields: { size: { read: row.id.is(user.id) } } }) })
// @ts-expect-error it is never null
defineRules(schema, { Person: ({ row, user }) => ({ fields: { bossKey: { read: row.id.is(user.id) } } }) })
defineRules(schema, {
  // @ts-expect-error it is never null
  Person: ({ row, user }) => ({ fields: { id: { read: anyOf(user.isSignedIn, row.id.is('x')) } } }),
})
// @ts-expect-error no such field
defineRules(schema, { Person: ({ user }) => ({ fields: { nam: { read: user.isSignedIn } } }) })
