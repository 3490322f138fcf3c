// docs/fields.md against the code, both ways: builders, forms, operators, modifiers, options and the storage table.
import { describe, expect, it } from 'vitest'
import { defineSchema, field, model } from '../../src/index.ts'
import { type FieldType, kindOf, reservedFieldNames } from '../../src/model/index.ts'
import { sqliteStore } from '../../src/store/sqlite/index.ts'
import { fieldWords } from '../../src/surface/contract/index.ts'
import { readPage, tableBelow } from './markdown.ts'

const page = readPage('docs/fields.md')

/** The builders as the page spells them. */
const builders: Readonly<Record<string, { readonly declaration: { readonly type: FieldType } }>> = {
  'field.id()': field.id(),
  'field.uuid()': field.uuid(),
  'field.sequence()': field.sequence(),
  'field.text()': field.text(),
  "field.slug('title')": field.slug('title'),
  'field.email()': field.email(),
  'field.url()': field.url(),
  'field.integer()': field.integer(),
  'field.bigint()': field.bigint(),
  'field.decimal({ precision: 12, scale: 2 })': field.decimal({ precision: 12, scale: 2 }),
  'field.float()': field.float(),
  'field.boolean()': field.boolean(),
  'field.date()': field.date(),
  'field.time()': field.time(),
  'field.datetime()': field.datetime(),
  "field.enum(['draft', 'published'])": field.enum(['draft', 'published']),
  'field.json()': field.json(),
  'field.bytes()': field.bytes(),
  'field.array(field.text())': field.array(field.text()),
  'field.ip()': field.ip(),
}

const typeOf = (builder: string): FieldType => {
  const found = builders[builder]
  if (found === undefined) throw new Error(`the test does not know ${builder}`)
  return found.declaration.type
}

/** What JavaScript calls the form of a value in code. */
function formOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value !== 'object') return typeof value
  const name = value?.constructor.name ?? ''
  return name === 'Object' ? 'JSON value' : name
}

const builderName = (spelled: string): string => /^field\.(\w+)/.exec(spelled)?.[1] ?? ''

describe('kinds', () => {
  const rows = tableBelow(page, 'Kinds')

  it('are all there', () => {
    const relations = tableBelow(page, 'Relations').map(([builder = '']) => builderName(builder))
    const named = [...rows.map(([builder = '']) => builderName(builder)), ...relations, 'custom']
    expect([...new Set(named)].sort()).toEqual(Object.keys(field).sort())
  })

  it.each(rows.map(([builder = '', json = '', code = '']) => [builder, json, code]))(
    '%s has the forms %s and %s',
    (builder, json, code) => {
      const type = typeOf(builder)
      const kind = kindOf(type)
      const parsed = kind.parseJson(JSON.parse(json), type, '')
      // What the page shows is the canonical form: it comes out as it went in.
      expect(parsed).toEqual({ ok: true, value: JSON.parse(json) as unknown })
      const native: unknown =
        parsed.ok && kind.toNative !== undefined ? kind.toNative(parsed.value, type) : JSON.parse(json)
      expect(formOf(native)).toBe(code)
    },
  )

  const words = new Map(tableBelow(page, 'Operators').map(([name = '', list = '']) => [name, list.split(', ')]))
  it.each(rows.map(([builder = '', , , operators = '']) => [builder, operators]))(
    '%s has the operators "%s"',
    (builder, operators) => {
      expect([...fieldWords(typeOf(builder))].sort()).toEqual([...(words.get(operators) ?? [])].sort())
    },
  )

  it('have the bounds that the page names', () => {
    const within = (builder: string, good: unknown, bad: unknown): void => {
      const type = typeOf(builder)
      expect(kindOf(type).parseJson(good, type, '').ok, `${builder} takes its limit`).toBe(true)
      expect(kindOf(type).parseJson(bad, type, '').ok, `${builder} refuses more`).toBe(false)
    }
    within('field.text()', '𝄞'.repeat(1000), 'x'.repeat(1001))
    within("field.slug('title')", 'x'.repeat(200), 'x'.repeat(201))
    within(
      'field.email()',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`,
      `${'a'.repeat(65)}@example.com`,
    )
    within('field.url()', `https://example.com/${'a'.repeat(2028)}`, `https://example.com/${'a'.repeat(2029)}`)
    within('field.integer()', 2 ** 53 - 1, 2 ** 53)
    within('field.bigint()', String(2n ** 63n - 1n), String(2n ** 63n))
    within('field.decimal({ precision: 12, scale: 2 })', '-9999999999.99', '0.001')
    within('field.float()', Number.MAX_VALUE, Number.POSITIVE_INFINITY)
    within('field.date()', '9999-12-31', '2027-02-29')
    within('field.time()', '23:59:59.999', '24:00:00')
    within('field.datetime()', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00+00:01')
    within('field.json()', 'x'.repeat(65_534), 'x'.repeat(65_535))
    within('field.bytes()', Buffer.alloc(65_536).toString('base64'), Buffer.alloc(65_537).toString('base64'))
    within('field.array(field.text())', Array(100).fill('x'), Array(101).fill('x'))
    within('field.ip()', '2001:db8::1', 'fe80::1%eth0')
  })
})

describe('what is said about fields and models', () => {
  const methodsOf = (value: object): string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter(name => name !== 'constructor')

  it('names every method of a field', () => {
    const named = tableBelow(page, 'Said about a field').flatMap(([methods = '']) =>
      [...methods.matchAll(/(\w+)\(/g)].map(([, name]) => name ?? ''),
    )
    const own = named.filter(name => name !== 'gte')
    expect(own.sort()).toEqual(methodsOf(field.text()).sort())
  })

  it('names every method of belongsTo', () => {
    const paragraph = page.text.split('\n\n').find(text => text.startsWith('`belongsTo` has')) ?? ''
    const named = [...(paragraph.split('Its option')[0] ?? '').matchAll(/`(\w+)\(\)`/g)].map(([, name]) => name ?? '')
    expect(named.sort()).toEqual(methodsOf(field.belongsTo('Author')).sort())
  })

  it('names every option of a model', () => {
    // An option that does not exist fails to compile and a missing one fails here: the object has all of them, the page too.
    const all: Required<Parameters<typeof model>[1] & object> = {
      key: [],
      unique: [],
      index: [],
      check: {},
      timestamps: true,
      version: true,
      softDelete: true,
      scopes: {},
      table: 'x',
      renamedFrom: 'X',
      plural: 'xs',
      namespace: 'y',
      adopted: true,
      view: true,
      description: '',
      label: '',
      deprecated: false,
    }
    const named = tableBelow(page, 'Said about a model').flatMap(([options = '']) => options.split(', '))
    expect(named.sort()).toEqual(Object.keys(all).sort())
  })
})

describe('storage', () => {
  const rows = tableBelow(page, 'Storage')
  const keys = ['field.id()', 'field.sequence()']

  it('has a row for every kind', () => {
    expect(rows.map(([builder]) => builder)).toEqual(tableBelow(page, 'Kinds').map(([builder]) => builder))
  })

  it('is what the tables of SQLite are made with', async () => {
    const columns = new Map<string, string>()
    for (const key of keys) {
      const [, line] = await tableLines({ key: builders[key] })
      columns.set(key, line ?? '')
    }
    const others = Object.fromEntries(
      Object.entries(builders)
        .filter(([builder]) => !keys.includes(builder))
        .map(([builder, one]) => [builderName(builder), one]),
    )
    const lines = await tableLines({ key: field.id(), title: field.text(), ...others })
    for (const [builder] of rows) {
      if (builder === undefined || keys.includes(builder)) continue
      columns.set(builder, lines.find(line => line.startsWith(`"${builderName(builder)}" `)) ?? '')
    }
    for (const [builder = '', type = '', check = ''] of rows) {
      const line = columns.get(builder) ?? ''
      expect(/^"\w+" (\w+)/.exec(line)?.[1], builder).toBe(type)
      expect(enforced(line), builder).toBe(typeof checks[check] === 'string' ? checks[check] : '')
    }
  })

  it('takes decimals of up to 18 digits on SQLite', () => {
    expect(sqliteStore({ file: ':memory:' }).capabilities.decimalPrecision).toBe(18)
  })
})

/** The sentences of the storage table that a table itself enforces, as SQLite has them. */
const digits = (count: number): string => '[0-9]'.repeat(count)
const date = `${digits(4)}-${digits(2)}-${digits(2)}`
const time = `${digits(2)}:${digits(2)}:${digits(2)}.${digits(3)}`
const checks: Readonly<Record<string, string>> = {
  '36 characters of lower-case hex and -': `length(c) = 36 and c not glob '*[^-0-9a-f]*'`,
  'primary key autoincrement': 'primary key autoincrement',
  '0 or 1': 'c in (0, 1)',
  'YYYY-MM-DD': `c glob '${date}'`,
  'hh:mm:ss.sss': `c glob '${time}'`,
  'YYYY-MM-DDThh:mm:ss.sssZ, so that its order is that of time': `c glob '${date}T${time}Z'`,
  'one of the words': `c in ('draft', 'published')`,
  'valid JSON': 'json_valid(c)',
  'a JSON array': `json_type(c) = 'array'`,
}

/** What a column's line enforces beside type and null. */
function enforced(line: string): string {
  if (line.includes('primary key autoincrement')) return 'primary key autoincrement'
  const check = / check \((.*)\)$/.exec(line)?.[1] ?? ''
  return check.replaceAll(/"\w+"/g, 'c')
}

/** The lines of CREATE TABLE for a model with these fields. */
async function tableLines(fields: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const One = (model as unknown as (fields: object) => unknown)(fields)
  const { graph } = (defineSchema as unknown as (models: object) => ReturnType<typeof defineSchema>)({ One })
  const store = sqliteStore({ file: ':memory:' })
  store.open(graph)
  try {
    const [table] = store.compareSchema(graph)
    return (table?.commands?.[0] ?? '').split('\n').map(line => line.trim().replace(/,$/, ''))
  } finally {
    await store.close()
  }
}

describe('names', () => {
  it('that are refused are all on the page', () => {
    const shown = tableBelow(page, 'Names').flatMap(([, words = '']) => words.split(', '))
    expect(shown.toSorted()).toEqual([...reservedFieldNames].toSorted())
  })
})
