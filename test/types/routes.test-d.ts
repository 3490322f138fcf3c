// Types of actions, projections and routes: what they are given and give is exact, and wrong names do not compile.
import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { action, everyone, field, partial, projection, routesOf } from '../../src/index.ts'
import { PersonView, schema, SeatView, ShowView } from '../routes/theatre.ts'

const { create, get, link, list, post, remove, update } = routesOf(schema)

// Inputs
action(schema, {
  input: {
    id: field.id('Show'),
    at: field.datetime(),
    note: field.text().optional(),
    size: field.bigint().default(1n),
    where: { row: field.integer() },
    change: partial({ name: field.text(), on: field.date().optional() }),
  },
  run: ({ input, caller, now, db }) => {
    expectTypeOf(input.id).toEqualTypeOf<string>()
    expectTypeOf(input.at).toEqualTypeOf<Date>()
    expectTypeOf(input.note).toEqualTypeOf<string | null>()
    expectTypeOf(input.size).toEqualTypeOf<bigint>()
    expectTypeOf(input.where.row).toEqualTypeOf<number>()
    expectTypeOf(input.change.name).toEqualTypeOf<string | undefined>()
    expectTypeOf(input.change.on).toEqualTypeOf<string | null | undefined>()
    expectTypeOf(caller.key).toEqualTypeOf<string>()
    expectTypeOf(now).toEqualTypeOf<Date>()
    // @ts-expect-error -- there is no such model
    void db.Shwo
  },
})
action(schema, {
  input: z.object({ tags: z.array(z.string()).transform(tags => new Set(tags)) }),
  run: ({ input }) => {
    expectTypeOf(input.tags).toEqualTypeOf<Set<string>>()
  },
})
get('/shows/{code}/price', {
  input: { code: field.text(), day: field.date() },
  output: { price: field.decimal({ precision: 8, scale: 2 }) },
  allow: everyone,
  run: ({ input }) => ({ price: `${input.code.length + input.day.length}.00` }),
})

// Outputs
action(schema, { output: 'Show', run: ({ db }) => db.Show.first() })
action(schema, { output: ['Seat'], run: () => [{ showId: 'a', number: 1 }] })
action(schema, { output: [PersonView], run: async ({ db }) => await db.Person.find() })
action(schema, { output: partial({ on: field.date() }), run: () => ({}) })
action(schema, { output: { seen: partial({ on: field.date() }) }, run: () => ({ seen: { on: '2030-01-01' } }) })
// @ts-expect-error -- a day is a text
action(schema, { output: { seen: partial({ on: field.date() }) }, run: () => ({ seen: { on: 3 } }) })
// @ts-expect-error -- a key of several fields is an object of all of them
action(schema, { output: 'Seat', run: () => ({ showId: 'a' }) })
// @ts-expect-error -- there is no such model
action(schema, { output: 'Shwo', run: () => null })
// @ts-expect-error -- a number was declared
action(schema, { output: { count: field.integer() }, run: () => ({ count: 'three' }) })
// @ts-expect-error -- the schema wants a number
post('/x', { output: z.object({ count: z.number() }), allow: everyone, run: () => ({ count: 'three' }) })
action(schema, {
  // @ts-expect-error -- callers have no such field
  allow: ({ user }) => user.rank.is('manager'),
  run: () => null,
})

// Projections
// @ts-expect-error -- rows have no such field
projection(schema, 'Show', ({ row }) => ({ titel: row.titel }))
// @ts-expect-error -- the relation leads to another model
projection(schema, 'Show', ({ include }) => ({ host: include('host', SeatView) }))
// @ts-expect-error -- a relation to one row has no list of values
projection(schema, 'Show', ({ pluck }) => ({ host: pluck('host', 'name') }))
projection(schema, 'Show', ({ include }) => ({
  // @ts-expect-error -- seats have no such field
  seats: include('seats', SeatView, { sort: 'numer' }),
}))
// @ts-expect-error -- the projection has no such property
ShowView.without('seats')

// Routes
list('/shows', ShowView, {
  filters: {
    tag: 'tags.name',
    since: {
      value: field.datetime(),
      where: ({ row, value }) => {
        expectTypeOf(value.gte).toBeFunction()
        return row.startsAt.gte(value)
      },
    },
  },
  sort: ['-price', 'title'],
})
// @ts-expect-error -- tags have no such field
list('/shows', ShowView, { filters: { tag: 'tags.nane' } })
// @ts-expect-error -- shows have no such field
list('/shows', ShowView, { sort: '-prize' })
list('/shows', ShowView, {
  // @ts-expect-error -- a moment is not compared with a price
  filters: { x: { value: field.datetime(), where: ({ row, value }) => row.price.lt(value) } },
})
// @ts-expect-error -- the projection has no such property
create('/shows', ShowView, { input: ['title'] })
// @ts-expect-error -- an update needs to say what a body may hold
update('/shows/{code}', ShowView, {})
// @ts-expect-error -- there is no such model
remove('/shows/{code}', 'Shwo')
link('/shows/{code}/fans', ShowView, 'fans')
// @ts-expect-error -- tags are no callers
link('/shows/{code}/tags', ShowView, 'tags')
