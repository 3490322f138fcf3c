// Writes the table of docs/migrations.md that says what each change of a model does on each database: it comes from the steps that are written.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { planMigration } from '../src/migrate/index.ts'
import { defineSchema, field, graphOf, model, type ModelGraph, type Value } from '../src/model/index.ts'
import { mariadbMigrations, mysqlMigrations } from '../src/store/mysql/index.ts'
import { postgresMigrations } from '../src/store/postgres/index.ts'
import type { MigrationStep } from '../src/store/sql/index.ts'
import { sqliteMigrations } from '../src/store/sqlite/index.ts'

export const migrationsPagePath = join(import.meta.dirname, '../docs/migrations.md')

const dialects = [postgresMigrations(), mariadbMigrations(), mysqlMigrations(), sqliteMigrations(new Date(0))]

type Fields = Parameters<typeof model>[0]
type Options = NonNullable<Parameters<typeof model>[1]>

/** Article, as it is before each change. */
const fields = {
  title: field.text({ max: 200 }),
  slug: field.text({ max: 80 }),
  state: field.enum(['draft', 'published']).default('draft'),
  price: field.decimal({ precision: 8, scale: 2 }).default('0.00'),
  views: field.integer().default(0),
  note: field.text({ max: 80 }).optional(),
} satisfies Fields

/** Which fields it has is not known to the compiler here, so it cannot look where relations lead. */
const graphWith = (
  changed: Fields,
  options: Options = {},
  others: Readonly<Record<string, unknown>> = {},
): ModelGraph =>
  graphOf(defineSchema({ Article: model(changed, options), ...others } as unknown as Readonly<Record<string, never>>))

const { note: _note, ...withoutNote } = fields
const { title: _title, ...withoutTitle } = fields
const other = model({ name: field.text({ max: 40 }) })

interface Change {
  readonly name: string
  readonly before: ModelGraph
  readonly after: ModelGraph
  readonly fills?: ReadonlyMap<string, Value>
}

const plain = graphWith(fields)
const change = (name: string, after: ModelGraph, fills?: Change['fills']): Change => ({
  name,
  before: plain,
  after,
  ...(fills === undefined ? {} : { fills }),
})

const changes: readonly Change[] = [
  change('a new model', graphWith(fields, {}, { Tag: other })),
  change('a field that is optional or has a default', graphWith({ ...fields, rating: field.integer().default(0) })),
  change(
    'a required field, with `--fill`',
    graphWith({ ...fields, rating: field.integer() }),
    new Map([['Article.rating', 0]]),
  ),
  change('`timestamps`, `version`', graphWith(fields, { timestamps: true, version: true })),
  change('a name that moves (`renamedFrom`)', plain),
  change('an index', graphWith(fields, { index: [['views']] })),
  change('`unique` on a field that is there', graphWith({ ...fields, slug: field.text({ max: 80 }).unique() })),
  change(
    'an index that ignores letter case',
    graphWith({ ...fields, slug: field.text({ max: 80 }).index({ ignoreCase: true }) }),
  ),
  {
    name: '`unique()` becomes `unique({ ignoreCase: true })`',
    before: graphWith({ ...fields, slug: field.text({ max: 80 }).unique() }),
    after: graphWith({ ...fields, slug: field.text({ max: 80 }).unique({ ignoreCase: true }) }),
  },
  change('an optional field becomes required', graphWith({ ...fields, note: field.text({ max: 80 }).default('') })),
  change('a required field becomes optional', graphWith({ ...fields, views: field.integer().optional() })),
  change(
    'one more word of an enum',
    graphWith({ ...fields, state: field.enum(['draft', 'published', 'gone']).default('draft') }),
  ),
  change('one word of an enum less', graphWith({ ...fields, state: field.enum(['draft']).default('draft') })),
  change('a text with more characters', graphWith({ ...fields, title: field.text({ max: 250 }) })),
  change(
    'a decimal with more digits',
    graphWith({ ...fields, price: field.decimal({ precision: 12, scale: 2 }).default('0.00') }),
  ),
  change(
    'a whole number becomes a decimal',
    graphWith({ ...fields, views: field.decimal({ precision: 10, scale: 2 }).default('0.00') }),
  ),
  {
    name: 'a relation to a model that is there',
    before: graphWith(fields, {}, { Tag: other }),
    after: graphWith({ ...fields, tag: field.belongsTo('Tag').optional() }, {}, { Tag: other }),
  },
  change('`softDelete`', graphWith({ ...fields, slug: field.text({ max: 80 }) }, { softDelete: true })),
  change('an optional field is dropped', graphWith(withoutNote)),
  change('a required field is dropped', graphWith(withoutTitle)),
  { name: 'a model is dropped', before: graphWith(fields, {}, { Tag: other }), after: plain },
]

const works = { instant: '', scan: 'reads all rows', rewrite: 'writes all rows anew' } as const

/** What the heaviest of the steps does. */
function inWords(steps: readonly MigrationStep[]): string {
  if (steps.length === 0) return ''
  const order = ['instant', 'scan', 'rewrite'] as const
  const worst = steps.toSorted((left, right) => order.indexOf(right.work) - order.indexOf(left.work))[0]
  const blocks = steps.some(({ lock, work }) => work !== 'instant' && (lock === 'writes' || lock === 'all'))
  const downtime = steps.some(step => step.downtime) ? ', `--downtime`' : ''
  if (worst === undefined || worst.work === 'instant') return `at once${downtime}`
  return `${works[worst.work]}${blocks ? ', nobody writes meanwhile' : ''}${downtime}`
}

function cell({ before, after, fills = new Map() }: Change, place: number): string {
  const dialect = dialects[place]
  if (dialect === undefined) return ''
  const { first, second } = planMigration({ before, after, fills, drops: new Set(), hasCode: false }, dialect)
  const [early, late] = [inWords(first), inWords(second)]
  if (early === '' && late === '') return 'nothing to do'
  if (late === '') return early
  return early === '' ? `second half: ${late}` : `${early}; second half: ${late}`
}

/** The table with its head. */
export function changesTable(): string {
  const rows = changes.map(one => `| ${[one.name, ...dialects.map((_, place) => cell(one, place))].join(' | ')} |`)
  return ['| change | PostgreSQL | MariaDB | MySQL | SQLite |', '|---|---|---|---|---|', ...rows].join('\n')
}

const marks = { begin: '<!-- changes -->', end: '<!-- /changes -->' } as const

/** The page with this table in its place. */
export function withTable(page: string, table: string): string {
  const [before = '', rest = ''] = page.split(`${marks.begin}\n`)
  const [, after = ''] = rest.split(marks.end)
  return `${before}${marks.begin}\n${table}\n${marks.end}${after}`
}

if (import.meta.main) {
  const page = readFileSync(migrationsPagePath, 'utf8')
  writeFileSync(migrationsPagePath, withTable(page, changesTable()))
}
