// A schema small enough to be fuzzed in a minute, with every kind of field, a key of two parts, field rules and soft delete.
import { createEngine } from '../../../src/engine/index.ts'
import { refusal } from '../../../src/error/index.ts'
import { defineRules, defineSchema, everyone, field, graphOf, model } from '../../../src/model/index.ts'
import { createRows } from '../../../src/operation/index.ts'
import { anonymous, type Caller } from '../../../src/query/index.ts'
import { sqliteStore } from '../../../src/store/sqlite/index.ts'
import type { Store } from '../../../src/store/contract/index.ts'
import { createHttpServer, type HttpServer } from '../../../src/surface/index.ts'
import { systemContext } from '../../fixtures/system-context.ts'

const Author = model({
  name: field.text({ min: 1, max: 40 }),
  born: field.date().optional(),
  password: field.text({ max: 20 }).writeOnly().optional(),
  books: field.hasMany('Book', 'author'),
})

const Book = model(
  {
    title: field.text({ min: 1, max: 40 }),
    isbn: field.slug('title').unique(),
    kind: field.enum(['paper', 'audio, spoken', 'e(book)']).default('paper'),
    pages: field.integer({ min: 1, max: 5000 }).default(1),
    sold: field.bigint().default('0'),
    price: field.decimal({ precision: 6, scale: 2 }).optional(),
    weight: field.float().optional(),
    inPrint: field.boolean().default(true),
    released: field.datetime().optional(),
    opens: field.time().optional(),
    labels: field.array(field.text({ min: 1, max: 10 }), { max: 5 }).optional(),
    cover: field.bytes({ max: 30 }).optional(),
    facts: field.json({ type: 'object', additionalProperties: { type: 'integer' } }).optional(),
    margin: field.integer().optional(),
    remark: field.text({ max: 20 }).optional(),
    author: field.belongsTo('Author').optional(),
  },
  { timestamps: true, version: true, softDelete: true },
)

const Place = model(
  { shelf: field.integer(), slot: field.text({ min: 1, max: 8 }), note: field.text({ max: 20 }).optional() },
  { key: ['shelf', 'slot'] },
)

const schema = defineSchema(
  { Author, Book, Place },
  { caller: 'Author', computed: { Author: ({ row }) => ({ bookCount: row.books.count() }) } },
)

const rules = defineRules(schema, {
  Author: ({ row, user }) => ({ read: everyone, create: user.isSignedIn, update: row.id.is(user.id) }),
  Book: ({ row, user }) => ({
    read: everyone,
    create: user.isSignedIn,
    update: user.isSignedIn,
    delete: user.isSignedIn,
    withDeleted: user.isSignedIn,
    fields: { margin: { read: user.isSignedIn }, remark: { read: row.author.is(user.id) } },
  }),
  Place: ({ user }) => ({ read: everyone, create: user.isSignedIn, update: user.isSignedIn, delete: user.isSignedIn }),
})

export const librarian = '01890000-0000-7000-8000-000000000001'

export interface Library {
  readonly server: HttpServer
  close(): Promise<void>
}

export async function openLibrary(): Promise<Library> {
  const graph = graphOf(schema, rules)
  const store: Store = sqliteStore({ file: ':memory:' })
  const engine = createEngine({ graph, store })
  await store.open(engine.graph)
  await store.applySchema(await store.compareSchema(engine.graph))
  const caller: Caller = { class: 'signedIn', key: [librarian], attributes: { id: librarian }, reason: null }
  const server = createHttpServer({
    engine,
    relationDepth: 1,
    resolveCaller(request) {
      const header = request.header('authorization')
      if (header === undefined) return anonymous
      if (header === `Bearer ${librarian}`) return caller
      throw refusal('identity.token-invalid', {})
    },
  })
  const rows = [{ id: librarian, name: 'Ann' }]
  await createRows(engine, { model: 'Author', form: 'json', select: null, rows, many: true }, systemContext())
  return {
    server,
    async close() {
      await server.close()
      engine.close()
      await store.close()
    },
  }
}
