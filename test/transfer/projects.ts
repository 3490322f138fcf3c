/** Applications whose rows are exported and imported, and the command line run to its end. */
import { engines } from '../fixtures/engines.ts'
import { type Project, project, type Running } from '../cli/project.ts'
import type { Ended } from '../cli/resident.ts'

/** One of each kind: versions of a server differ in what the stores' own tests try. */
export const oneOfEach = engines.filter(engine => engine !== 'postgres-15')

const packageFile = '{ "name": "rows", "private": true, "type": "module" }'

/** A field of every kind, twice: one that has to have a value, and one that may be null. */
export const everything: Readonly<Record<string, string>> = {
  'package.json': packageFile,
  'schema.ts': `import { defineKind, defineSchema, field, model } from 'plinth'

const isbn = defineKind({
  name: 'isbn',
  expected: 'an ISBN of 13 digits',
  parse: text => (/^97[89]\\d{10}$/.test(text.replaceAll('-', '')) ? text.replaceAll('-', '') : undefined),
  jsonSchema: { type: 'string' },
  codec: { encode: text => text.slice(3), decode: stored => '978' + stored },
})
const kinds = {
  text: field.text({ max: 2000 }),
  slug: field.slug('text'),
  email: field.email(),
  url: field.url(),
  uuid: field.uuid(),
  integer: field.integer(),
  bigint: field.bigint(),
  decimal: field.decimal({ precision: 12, scale: 3 }),
  float: field.float(),
  boolean: field.boolean(),
  enum: field.enum(['one', 'two words', 'a,b']),
  date: field.date(),
  time: field.time(),
  datetime: field.datetime(),
  json: field.json(),
  bytes: field.bytes(),
  ip: field.ip(),
  isbn: field.custom(isbn),
  texts: field.array(field.text()),
  moments: field.array(field.datetime()),
}
const optional = Object.fromEntries(
  Object.entries(kinds).map(([name, each]) => ['maybe' + name[0].toUpperCase() + name.slice(1), each.optional()]),
)
export const Thing = model({ ...kinds, ...optional }, { timestamps: true, version: true, softDelete: true })
export const schema = defineSchema({ Thing })
`,
  'things.ts': `const one = {
  text: '', slug: 'a-b', email: 'a@example.com', url: 'https://example.com/?a=1,2', uuid: '0190f3d2-0000-7000-8000-000000000001',
  integer: -9007199254740991, bigint: -(2n ** 63n), decimal: '-0.001', float: 0.1 + 0.2, boolean: false, enum: 'a,b',
  date: '0001-01-01', time: '23:59:59.999', datetime: new Date('9999-12-31T23:59:59.999Z'), json: {}, bytes: new Uint8Array(0), ip: '::1',
  isbn: '9780306406157', texts: [], moments: [],
}
const maybe = row => Object.fromEntries(Object.entries(row).map(([k, v]) => ['maybe' + k[0].toUpperCase() + k.slice(1), v]))
const texts = ['"', '""', ',', ';', '\\n', '\\r\\n', '\\r', ' padded ', '\\t', 'null', 'NULL', '\\\\N', '=1+1', '😀é\\u0301', '\\ufeff', '\\ufffd', "it's", 'a"b,c\\nd']
export const things = [
  one,
  { ...one, ...maybe(one) },
  ...texts.map(text => ({ ...one, text, maybeText: text, json: { [text]: text }, maybeJson: text, texts: [text, ''], maybeTexts: [text] })),
  { ...one, integer: 9007199254740991, bigint: 2n ** 63n - 1n, decimal: '123456789.999', float: 5e-324, boolean: true, maybeBoolean: true, json: [1, null, 'x', { a: false }], bytes: new Uint8Array([0, 255, 10, 13]), ip: '192.0.2.1', moments: [new Date(0)] },
  { ...one, float: 1.7976931348623157e308, json: 'text', maybeJson: 0, maybeInteger: 0, maybeBytes: new Uint8Array([34, 44]) },
  { ...one, json: false, maybeJson: [], text: 'x'.repeat(2000) },
]
`,
  'app.ts': `import { createApp } from 'plinth'
import { schema } from './schema.ts'
import { things } from './things.ts'

export default createApp({
  schema,
  seed: async db => {
    const made = await db.Thing.create(things as never)
    await db.Thing.delete((made as { id: string }[])[1].id)
    await db.Thing.update((made as { id: string }[])[2].id, { integer: 5 } as never)
  },
})
`,
}

/** People who have bosses, articles with authors and tags, and a hook that counts. */
export const newspaper: Readonly<Record<string, string>> = {
  'package.json': packageFile,
  'schema.ts': `import { defineSchema, field, model } from 'plinth'

export const Person = model({
  email: field.email().unique(),
  name: field.text({ min: 1 }),
  nick: field.text().optional(),
  password: field.text().private().optional(),
  born: field.date().optional().immutable(),
  boss: field.belongsTo('Person').optional(),
})
export const Tag = model({ word: field.text({ min: 1, max: 20 }).unique() }, { key: ['word'] })
export const Article = model(
  {
    title: field.text({ min: 1, max: 100 }),
    slug: field.slug('title').unique(),
    state: field.enum(['draft', 'published']).default('draft'),
    views: field.integer({ min: 0 }).default(7),
    author: field.belongsTo('Person').optional(),
    tags: field.manyToMany('Tag'),
  },
  { timestamps: true, version: true },
)
export const Log = model({ text: field.text() })
export const schema = defineSchema({ Person, Tag, Article, Log }, { caller: 'Person' })
`,
  'app.ts': `import { createApp, defineHooks } from 'plinth'
import { schema } from './schema.ts'

const hooks = defineHooks(schema, {
  Article: {
    beforeCreate: ({ rows }) => {
      for (const row of rows) if (row.title === 'shout') row.title = 'SHOUT'
    },
    afterCreate: async ({ rows, db, caller }) => {
      await db.asSystem('log').Log.create({ text: rows.length + ' articles by ' + caller.class })
    },
  },
})
export default createApp({ schema, hooks })
`,
}

/** The command line on one database. */
export function commands(here: Project, url: string) {
  const environment = { DATABASE_URL: url }
  return {
    run: (...words: string[]): Promise<Ended> => here.command(words, environment),
    /** With `text` as standard input. */
    fed: (text: string | Buffer, ...words: string[]): Promise<Ended> => here.command(words, environment, text),
    /** The same, which has to end well; gives what it printed as its result. */
    done: async (...words: string[]): Promise<string> => resultOf(await here.command(words, environment)),
    fedDone: async (text: string | Buffer, ...words: string[]): Promise<string> =>
      resultOf(await here.command(words, environment, text)),
    /** As a process, to be stopped. */
    start: (...words: string[]): Running => here.run(words, environment, { input: true }),
    /** The exported rows, as objects. */
    async rows(model: string, select: string): Promise<readonly Record<string, unknown>[]> {
      const words = ['export', model, '--format', 'jsonl', '--select', select]
      return resultOf(await here.command(words, environment))
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as Record<string, unknown>)
    },
  }
}

function resultOf({ code, output, results }: Ended): string {
  if (code !== 0) throw new Error(`It ended with code ${code}:\n${output}`)
  return results
}

export { project }
