// What types refuse and JavaScript takes: mistakes of a declaration are told when it is made, not when a request meets them.
import { describe, expect, it } from 'vitest'
import {
  action,
  createApp,
  defineHooks,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  openApp,
  projection,
  routesOf,
} from 'plinth'
import { mysqlStore } from 'plinth/store/mysql'
import { postgresStore } from 'plinth/store/postgres'
import { sqliteStore } from 'plinth/store/sqlite'
import { createTestApp } from 'plinth/testing'
import { readSettings } from '../../src/app/settings.ts'

// The builders as JavaScript sees them.
const untyped = field as unknown as Readonly<Record<string, (...given: unknown[]) => never>>
const schema = defineSchema({ Note: model({ text: field.text() }) })
const messageOf = (make: () => unknown): string => {
  try {
    make()
    return 'nothing is wrong'
  } catch (error) {
    return String(error)
  }
}

describe('fields', () => {
  it.each([
    [['text', { mx: 3 }], 'A.x cannot work: it has no option "mx", perhaps "max"'],
    [['text', 5], 'A.x cannot work: its options have to be an object, as in { max: 200 }'],
    [['integer', '5'], 'A.x cannot work: its options have to be an object, as in { max: 200 }'],
    [['decimal', { precision: 5, scale: 2, min: 0 }], 'A.x cannot work: it has no option "min"'],
    [['text', { pattern: 'abc' }], 'A.x cannot work: its pattern has to be a regular expression, as in /^[a-z]+$/'],
    [['array', field.text(), { maximum: 3 }], 'A.x cannot work: it has no option "maximum"; possible: min, max'],
    [['hasMany', 'A'], 'A.x cannot work: its second argument has to be the name of the belongsTo relation of A'],
    [['belongsTo', 'A', { ondelete: 'cascade' }], 'A.x cannot work: it has no option "ondelete", perhaps "onDelete"'],
    [['belongsTo', 'A', 5], 'A.x cannot work: its options have to be an object, as in { onDelete: "cascade" }'],
    [
      ['hasMany', 'A', 'a', { onDelete: 'cascade' }],
      'A.x cannot work: it takes a model and the name of its belongsTo relation, and no options',
    ],
    [
      ['hasOne', 'A', 'a', { onDelete: 'cascade' }],
      'A.x cannot work: it takes a model and the name of its belongsTo relation, and no options',
    ],
    [['manyToMany', 'A', { trough: 'B' }], 'A.x cannot work: it has no option "trough", perhaps "through"'],
    [['array', 'text'], 'A.x cannot work: its first argument has to be a field, as in field.array(field.text())'],
    [['enum', 'draft', 'published'], 'A.x cannot work: its words are one list of texts'],
    [['enum', [1, 2]], 'A.x cannot work: its words are one list of texts'],
    // How Prisma and SQL write them.
    [['text', { maxLength: 3 }], 'A.x cannot work: it has no option "maxLength"; possible: min, max, pattern'],
    [['decimal', 10, 2], 'A.x cannot work: its options have to be an object, as in { precision: 12, scale: 2 }'],
    [['slug'], 'A.x cannot work: its first argument has to be the name of a text field'],
    [['belongsTo'], 'A.x cannot work: its first argument has to be the name of a model, in quotes'],
    [
      ['belongsTo', 'A', { onDelete: 'cascad' }],
      'A.x cannot work: onDelete is "cascad", and not one of restrict, cascade, setNull',
    ],
    [['text', null], 'A.x cannot work: its options have to be an object, as in { max: 200 }'],
    [['belongsTo', 'A', null], 'A.x cannot work: its options have to be an object, as in { onDelete: "cascade" }'],
    [['manyToMany', 'A', null], 'A.x cannot work: its options have to be an object, as in { onDelete: "cascade" }'],
    // Any JSON was taken.
    [['json', 'object'], 'A.x cannot work: its first argument has to be a JSON Schema'],
    [['json', { type: 'object' }, 5], 'A.x cannot work: its options have to be an object, as in { max: 200 }'],
    [['bigint', { min: 5 }], 'A.x cannot work: bigint() takes nothing'],
    [['datetime', { precision: 6 }], 'A.x cannot work: datetime() takes nothing'],
  ] as const)('%j', ([builder, ...given], message) => {
    const make = untyped[builder]
    expect(messageOf(() => defineSchema({ A: model({ x: make?.(...given) as never }) }))).toContain(message)
  })
})

it.each([
  ['string', 'text'],
  ['belongTo', 'belongsTo'],
])('field.%s() is refused with the word that is meant', (name, meant) => {
  expect(() => untyped[name]?.()).toThrow(expect.objectContaining({ hint: `Did you mean "${meant}"?` }))
})

/** Each of them meant nothing, or the opposite. */
it.each([
  ['unique', [{ ignorecase: true }], 'unique() has no option "ignorecase", perhaps "ignoreCase"'],
  ['unique', [{ ignoreCase: 'yes' }], 'unique() takes nothing, or { ignoreCase: true }'],
  ['index', [false], 'index() takes nothing, or { ignoreCase: true }'],
  ['private', [false], 'private() takes nothing'],
  ['optional', [false], 'optional() takes nothing'],
  ['column', [5], 'column() takes the name of the column, and an object with its type in each database'],
  ['column', ['a\u0000b'], 'column() takes the name of the column, and an object with its type in each database'],
  ['renamedFrom', [], 'renamedFrom() takes a text'],
  ['deprecated', [false], 'deprecated() takes a text, or nothing'],
] as const)('the method %s of a field with %j', (name, given, message) => {
  const told = (built: object): string =>
    messageOf(() =>
      defineSchema({ A: model({ x: Reflect.apply(Reflect.get(built, name) as never, built, given) as never }) }),
    )
  expect(told(field.text())).toContain(`A.x cannot work: ${message}`)
  if (name === 'private' || name === 'column')
    expect(told(field.belongsTo('A'))).toContain(`A.x cannot work: ${message}`)
})

it.each([
  // Rows were deleted for good.
  [{ softDelete: 'yes' }, 'The option "softDelete" of A cannot work: it has to be true or false.'],
  [{ version: 1 }, 'The option "version" of A cannot work: it has to be true or false.'],
  [{ unique: ['x'] }, 'The option "unique" of A cannot work: it has to be a list of lists of names'],
  [{ unique: [{ fields: ['x'], ignorecase: ['x'] }] }, 'The option "unique" of A cannot work: it has to be a list of'],
  [{ index: 'x' }, 'The option "index" of A cannot work: it has to be a list of lists of names'],
  [{ check: () => null }, 'The option "check" of A cannot work: it has to be an object of functions by names'],
  [{ scopes: [() => null] }, 'The option "scopes" of A cannot work: it has to be an object of functions by names'],
  [{ key: 'x' }, 'The option "key" of A cannot work: it has to be a list of names'],
  [{ table: 5 }, 'The option "table" of A cannot work: it has to be a text.'],
  [{ table: 'a\u0000b' }, 'The option "table" of A cannot work: it has to be a text.'],
  [null, 'A cannot work: its options have to be an object.'],
])('the options %j of a model', (options, message) => {
  expect(messageOf(() => defineSchema({ A: model({ x: field.text() }, options as never) }))).toContain(message)
})

it.each([
  [{ callr: 'Note' }, 'defineSchema has no option "callr".'],
  [{ caller: 5 }, '"caller" in defineSchema: it has to be the name of a model.'],
  // No row was outside of such a scope.
  [{ scopes: () => ({}) }, '"scopes" in defineSchema: it has to be an object of functions by the names of models.'],
  [{ computed: { Note: { x: 1 } } }, '"computed" in defineSchema: it has to be an object of functions'],
  ['Note', 'defineSchema: its options have to be an object.'],
])('the options %j of a schema', (options, message) => {
  expect(messageOf(() => defineSchema(schema.models as never, options as never))).toContain(message)
})

describe('rules and hooks', () => {
  const rule = (build: (symbols: never) => unknown) => () => defineRules(schema, { Note: build as never })
  it.each([
    [
      rule(({ row }: { row: { text: { isNull(given: unknown): unknown } } }) => ({ read: row.text.isNull(false) })),
      'its opposite is not(row.text.isNull())',
    ],
    // A field without a rule is open.
    [
      rule(() => ({ read: everyone, fields: { text: { read: undefined } } })),
      'The read rule of the field "text" of Note',
    ],
    [rule(() => ({ read: everyone, fields: { text: undefined } })), 'The rules of the field "text" of Note'],
    [rule(() => ({ read: everyone, fields: [] })), 'The field rules of Note'],
    [() => defineHooks(schema, { Note: () => null } as never), 'The hooks of Note'],
  ])('%#', (make, message) => expect(messageOf(make)).toContain(message))
})

it.each([
  [() => sqliteStore({ fil: 'app.db' } as never), 'sqliteStore has no option "fil".'],
  [() => sqliteStore({} as never), '"file" of sqliteStore: it has to be a text.'],
  [
    () => sqliteStore({ file: 'app.db', queue: -1 }),
    '"queue" of sqliteStore: it has to be a whole number of at least 0.',
  ],
  [() => postgresStore({ url: 'postgres://a/b', connectons: 3 } as never), 'postgresStore has no option "connectons".'],
  [
    () => mysqlStore({ url: 'mysql://a/b', connections: '3' as never }),
    '"connections" of mysqlStore: it has to be a whole',
  ],
])('the options of a store: %#', (make, message) => expect(messageOf(make)).toContain(message))

it('the options of openApp', async () => {
  const opened = openApp(createApp({ schema }), { envronment: {} } as never)
  await expect(opened).rejects.toMatchObject({ code: 'boot.setting-unknown', hint: 'Did you mean "environment"?' })
})

it('the check of a field has to be a function', () => {
  const make = () => defineSchema({ A: model({ x: field.integer().check('x > 0' as never) }) })
  expect(messageOf(make)).toContain('A.x cannot work: its check has to be a function')
})

it('names a builder that was not called, and a model that is given in place of its name', () => {
  const Author = model({ books: field.hasMany('Book', 'author'), email: field.email as never })
  const Book = model({ author: field.belongsTo(Author as never) })
  const message = messageOf(() => defineSchema({ Author, Book } as never))
  expect(message).toContain('Author.email cannot work: it is a function; call it, as in field.text()')
  expect(message).toContain('Book.author cannot work: its first argument has to be the name of a model, in quotes')
  expect(message).not.toContain('[object Object]')
})

describe('actions, routes and projections', () => {
  const run = (): null => null
  const page = projection(schema, 'Note', ({ row }) => ({ text: row.text }))
  const act = (options: object) => () => action(schema, options as never)
  it.each([
    [act({ alow: everyone, run }), 'The action has no option "alow".'],
    [act({ allow: everyone }), 'The action: "run" has to be a function.'],
    [act({ allow: everyone, run, isolation: 'serialisable' }), 'The action: "isolation" has to be "default" or'],
    [act({ allow: everyone, run, transaction: 'no' }), 'The action: "transaction" has to be true or false.'],
    [act({ allow: everyone, run, secret: 1 }), 'The action: "secret" has to be true or false.'],
    [
      act({ allow: everyone, run, transaction: false, isolation: 'serializable' }),
      'The action: "isolation" has a meaning only in a transaction',
    ],
    [
      act({ allow: everyone, output: 'Noet', run }),
      'The output of the action: there is no model Noet, perhaps "Note".',
    ],
    [act({ allow: everyone, input: { a: 'text' }, run }), 'cannot work: it has to be a field, such as field.text()'],
    [
      act({ allow: everyone, input: { note: field.belongsTo('Note') }, run }),
      '"note" in the input of the action cannot work: it is a relation; take the key of a row, as by field.id(\'Book\')',
    ],
    [
      act({ allow: everyone, input: { 'a b': field.text() }, run }),
      'A value in the input of the action is called "a b"',
    ],
    [() => projection(schema, 'Noet' as 'Note', () => ({})), 'The projections name the model "Noet"'],
  ])('%#', (make, message) => {
    expect(messageOf(make)).toContain(message)
  })

  it.each([
    [() => routesOf(schema).get('/x', { alow: everyone, run } as never), 'GET /x has no option "alow".'],
    [
      () => routesOf(schema).post('/x', { allow: everyone, run, status: 99 as 200 }),
      '"status" is one of 200, 201, 202',
    ],
    [
      () => routesOf(schema).update('/x/{id}', page, { input: ['text'], method: 'GET' as never }),
      '"method" is one of PATCH, PUT, POST',
    ],
    [() => routesOf(schema).create('/x', page, {} as never), 'it needs "input", a list of names of its projection'],
    [() => routesOf(schema).remove('/x', 'Noet' as 'Note'), 'The routes name the model "Noet"'],
    [() => routesOf(schema).remove('/x/:id', 'Note'), 'a place is written {id}, not :id'],
    [() => routesOf(schema).get('/x/:id', { allow: everyone, run }), 'a place is written {id}, not :id'],
    [() => routesOf(schema).get('/x/*', { allow: everyone, run }), 'there are no wildcards'],
    [() => routesOf(schema).get('x', { allow: everyone, run }), 'a path begins with "/"'],
    [() => routesOf(schema).get('/x/{id', { allow: everyone, run }), '"{id" is neither a literal nor a place'],
    [() => routesOf(schema).get('/x/{note.id}', { allow: everyone, run }), 'a function has inputs, such as {id}'],
  ])('routes stop the start: %#', async (make, message) => {
    const app = createApp({ schema, routes: [routesOf(schema).group({ prefix: '' }, [make()])] })
    await expect(createTestApp(app)).rejects.toThrow(message)
  })

  it('take what they know', () => {
    const words = { summary: 's', description: 'd', deprecated: true, status: 202, envelope: 'e' } as const
    const { post } = routesOf(schema)
    expect(messageOf(() => post('/x', { ...words, input: { 'a-b': field.text() }, allow: everyone, run }))).toBe(
      'nothing is wrong',
    )
  })
})

describe('the options of createApp', () => {
  const allowed = action(schema, { allow: everyone, run: () => null })
  it.each([
    [{ schema: undefined }, '"schema" in createApp', 'made by defineSchema'],
    [{ rules: { Note: { read: everyone } } }, '"rules" in createApp', 'made by defineRules'],
    [{ hooks: { Note: {} } }, '"hooks" in createApp', 'made by defineHooks'],
    [{ actions: [allowed] }, '"actions" in createApp', 'by their names'],
    [{ actions: { go: () => null } }, '"actions.go" in createApp', 'make one with action(schema, { … })'],
    [{ routes: routesOf(schema).group({ prefix: '' }, []) }, '"routes" in createApp', 'has to be a list'],
    [{ routes: [{}] }, '"routes[0]" in createApp', 'make one with group('],
    [{ on: [] }, '"on" in createApp', 'by the names of events'],
    [{ on: { 'note.made': 5 } }, '"on.note.made" in createApp', 'has to be a function'],
    [{ seed: {} }, '"seed" in createApp', 'has to be a function'],
    [{ store: 'postgres://db/app' }, '"store" in createApp', 'an address belongs into DATABASE_URL'],
    [{ auth: { key: 'a secret of thirty-two characters' } }, '"auth.key" in createApp', 'made by hmacKey(secret)'],
    [{ auth: { issuer: 5 } }, '"auth.issuer" in createApp', 'has to be a text'],
    [{ plugins: [5] }, '"plugins[0]" in createApp', 'a Fastify plugin'],
    [{ extensions: [5] }, '"extensions[0]" in createApp', 'with a "name"'],
    [{ checks: [5] }, '"checks[0]" in createApp', 'a function "run"'],
    [{ name: 5 }, '"name" in createApp', 'has to be a text'],
  ])('%#', async (options, where, problem) => {
    const app = createApp({ schema, ...(options as object) })
    const refused = createTestApp(app)
    await expect(refused).rejects.toThrow(where)
    await expect(refused).rejects.toThrow(problem)
  })
})

it('pages that are longer by default than they may be are refused', async () => {
  for (const limits of [{ maximumPage: 10, defaultPage: 11 }, { defaultPage: 201 }]) {
    await expect(createTestApp(createApp({ schema, limits }))).rejects.toMatchObject({
      errors: [{ pointer: 'limits.defaultPage' }],
    })
  }
  await using test = await createTestApp(createApp({ schema, limits: { maximumPage: 10 } }))
  expect((await test.request('GET', '/health/live')).status).toBe(200)
})

it.each(['5', '2000'])('a duration without a unit is refused: %s', text => {
  const input = { mode: 'test', root: '/', server: {}, mistakes: [], needsSecret: false, hasStore: true } as const
  const read = (value: string) => readSettings({ ...input, environment: { PLINTH_SHUTDOWN_DELAY: value } })
  expect(messageOf(() => read(text))).toContain('a duration is written like 500ms, 10s or 2m')
  expect(() => read('99999m')).toThrow('the longest duration is 24 days')
  expect(read('0').shutdownDelay).toBe(0)
  expect(read('5s').shutdownDelay).toBe(5000)
})

it.each([
  [{ server: null }, 'server'],
  [{ server: { headers: { 'x-a': 5 } } }, 'server.headers'],
  [{ server: { headers: { 'x-a': 'one\ntwo' } } }, 'server.headers'],
  [{ server: { headers: { 'x a': 'one' } } }, 'server.headers'],
  [{ server: { origins: 'https://a.example' } }, 'server.origins'],
  [{ server: { origins: ['https://a.example/'] } }, 'server.origins'],
  [{ server: { origins: ['https://A.example'] } }, 'server.origins'],
  [{ server: { origins: ['https://a.example:443'] } }, 'server.origins'],
  [{ server: { origins: ['a.example'] } }, 'server.origins'],
  [{ server: { origins: ['*'] } }, 'server.origins'],
  [{ server: { origins: ['null'] } }, 'server.origins'],
  [{ server: { shutdownGrace: 3e9 } }, 'server.shutdownGrace'],
  [{ api: { relationDepth: -1 } }, 'api.relationDepth'],
  [{ limits: { requestTime: 3e9 } }, 'limits.requestTime'],
  [{ limits: { planCache: 2 ** 40 } }, 'limits.planCache'],
  [{ extensions: [{ name: 'own', modles: {} }] }, 'extensions[0]'],
  [{ extensions: [{ name: 'own', start: 5 }] }, 'extensions[0].start'],
] as const)('an option that cannot work is told with its place: %j', async (options, pointer) => {
  const app = createApp({ schema, ...(options as object) })
  await expect(createTestApp(app)).rejects.toMatchObject({ code: 'boot.configuration-invalid', errors: [{ pointer }] })
})

it('an application of nothing is refused, and handlers of events may be lists', async () => {
  await expect(createTestApp(createApp(undefined as never))).rejects.toMatchObject({ errors: [{ pointer: 'schema' }] })
  await using test = await createTestApp(createApp({ schema, on: { 'note.made': [() => null, () => null] } }))
  expect((await test.request('GET', '/health/live')).status).toBe(200)
})
