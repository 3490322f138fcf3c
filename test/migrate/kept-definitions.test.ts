/** Columns of MariaDB and MySQL that were there before their model, changed: everything else that their definitions say stays. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine } from '../fixtures/engines.ts'
import { type PulledProject, pulledProject } from '../pull/pulled-project.ts'
import { administer, answersOf } from '../services/administration.ts'
import { application, type Models, smallProject } from './small-project.ts'

/** What models have no word for, each server in its own. */
const words = {
  'mariadb-10.11': {
    whole: /'int\(11\)'/u,
    long: 'bigint(20)',
    system: "srid from information_schema.geometry_columns where g_geometry_column = 'place' and g_table_schema",
    hidden: "int invisible default 5 comment 'nobody looks'",
    packed: "varchar(300) compressed not null comment 'packed, not null'",
    place: "point ref_system_id=4326 not null comment 'where'",
    shelf: "int not null default (1 + char_length('null, default')) comment 'computed'",
  },
  'mysql-9.7': {
    whole: /'int'/u,
    long: 'bigint',
    system: "srs_id from information_schema.st_geometry_columns where column_name = 'place' and table_schema",
    hidden: "int default 5 comment 'nobody looks' invisible",
    packed: "varchar(300) column_format dynamic not null comment 'packed, not null'",
    place: "point not null srid 4326 comment 'where'",
    shelf: "int not null default (1 + char_length('null, default')) comment 'computed'",
  },
} as const

const tables = ({ hidden, packed, place, shelf }: (typeof words)[keyof typeof words]): readonly string[] => [
  `create table book (
    id int not null auto_increment primary key comment 'counted',
    title varchar(40) character set latin1 collate latin1_swedish_ci not null default 'It''s, not null'
      comment 'as it''s printed \\\\ "so", (not null',
    code varchar(36) not null default (uuid()) comment 'made',
    made_at timestamp not null default current_timestamp on update current_timestamp comment 'touched',
    hidden ${hidden},
    pages int unsigned not null default 1 comment 'counted by hand' check (pages > 0),
    twice varchar(20) generated always as (concat('null, ', pages)) virtual comment 'of the pages',
    packed ${packed},
    place ${place},
    shelf ${shelf},
    mood enum('not null', 'b') not null default 'b' comment 'on update',
    story text comment 'told'
  ) default charset = utf8mb4`,
]

async function created(url: string, table: string): Promise<string> {
  const [[[, text] = []] = []] = await answersOf('mysql', url, [`show create table ${table}`])
  return String(text)
}

/** MariaDB does not print it with the table. */
async function coordinates(project: PulledProject, from: string): Promise<string> {
  const [[[system] = []] = []] = await answersOf('mysql', project.url, [`select ${from} = database()`])
  return String(system)
}

/** The table with these words in place of others, and nothing else. */
function withWords(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    expect(changed).toContain(from)
    return changed.replace(from, to)
  }, text)
}

/** What has to be there after the migration that was not, and nothing else. */
const meant = {
  'mariadb-10.11': [
    ['`id` int(11)', '`id` bigint(20)'],
    ['varchar(40)', 'varchar(60)'],
    ['varchar(36)', 'varchar(60)'],
    ['timestamp NOT NULL', 'timestamp(3) NOT NULL'],
    [
      'DEFAULT current_timestamp() ON UPDATE current_timestamp()',
      'DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)',
    ],
    ['INVISIBLE DEFAULT 5', 'NOT NULL INVISIBLE DEFAULT 6'],
    ['unsigned NOT NULL DEFAULT 1', 'unsigned DEFAULT NULL'],
    ['varchar(20)', 'varchar(30)'],
    ["NOT NULL DEFAULT ''", "DEFAULT ''"],
    ['point NOT NULL', 'point DEFAULT NULL'],
    ["NOT NULL DEFAULT 'b'", "DEFAULT 'not null'"],
    ["text DEFAULT NULL COMMENT 'told'", "text DEFAULT 'once' COMMENT 'told'"],
    ['\n  PRIMARY', '\n  `note` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT NULL,\n  PRIMARY'],
  ],
  'mysql-9.7': [
    ['`id` int', '`id` bigint'],
    ['varchar(40)', 'varchar(60)'],
    ['varchar(36)', 'varchar(60)'],
    ['timestamp NOT NULL', 'timestamp(3) NOT NULL'],
    [
      'DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
      'DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)',
    ],
    ["int DEFAULT '5'", "int NOT NULL DEFAULT '6'"],
    ["unsigned NOT NULL DEFAULT '1'", 'unsigned'],
    ['varchar(20)', 'varchar(30)'],
    [
      'varchar(300) NOT NULL /*!50606 COLUMN_FORMAT DYNAMIC */',
      'varchar(300) /*!50606 COLUMN_FORMAT DYNAMIC */ DEFAULT NULL',
    ],
    ['point NOT NULL /*!80003 SRID 4326 */', 'point /*!80003 SRID 4326 */ DEFAULT NULL'],
    ["NOT NULL DEFAULT 'b'", "DEFAULT 'not null'"],
    ['`story` text COMMENT', "`story` text DEFAULT (_utf8mb4'once') COMMENT"],
    ['\n  PRIMARY', '\n  `note` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin DEFAULT NULL,\n  PRIMARY'],
  ],
} as const

/** The same where an enum has one more word. */
const lost = {
  'mariadb-10.11': [
    ['varchar(50)', 'varchar(60)'],
    ['varchar(3)', 'varchar(4)'],
    ["'of a note',", "'of a note' CHECK (`state` in ('new','old','lost')),"],
    [",\n  CONSTRAINT `note_state_form` CHECK (`state` in ('new','old'))", ''],
  ],
  'mysql-9.7': [
    ['varchar(50)', 'varchar(60)'],
    ['varchar(3)', 'varchar(4)'],
    ["_utf8mb4'old'", "_utf8mb4'old',_utf8mb4'lost'"],
  ],
} as const

const note = (max: number, states: string): Models => ({
  Note: `model({ text: field.text({ max: ${max} }), state: field.enum([${states}]).default('new') })`,
})

/** What the pull has found, taken over, and these changes of the model written as a migration. */
async function takenOver(engine: keyof typeof words): Promise<PulledProject> {
  const project = await pulledProject(engine, tables(words[engine]))
  await project.done('pull')
  await project.done('migrate', 'up', '--adopt')
  const { whole, long } = words[engine]
  const changes = [
    [whole, `'${long}'`],
    [/max: 40([\s\S]*?)varchar\(40\)/u, 'max: 60$1varchar(60)'],
    [/max: 36([\s\S]*?)varchar\(36\)/u, 'max: 60$1varchar(60)'],
    [/'timestamp'/u, "'timestamp(3)'"],
    [/hidden: field\.integer\(\)\.optional\(\)\.default\(5\)/u, 'hidden: field.integer().default(6)'],
    [/(pages: [\s\S]*?)\.default\(1\)/u, '$1.optional()'],
    [/max: 20([\s\S]*?)varchar\(20\)/u, 'max: 30$1varchar(30)'],
    [/(packed: [\s\S]*?\.text\([^)]*\))(\s*\.default\(''\))?/u, '$1.optional()$2'],
    [/(place: [\s\S]*?\.text\([^)]*\))/u, '$1.optional()'],
    [/(mood: [\s\S]*?)\.default\('b'\)/u, "$1.default('not null').optional()"],
    [/(story: [\s\S]*?)\.optional\(\)/u, "$1.optional().default('once')"],
    // A column of Plinth's own beside them.
    [/ {4}pages: /u, '    note: field.text({ max: 50 }).optional(),\n    pages: '],
  ] as const
  for (const [from, to] of changes) project.edit('src/models/book.ts', from, to)
  return project
}

describe.each(['mariadb-10.11', 'mysql-9.7'] as const)('on %s', { timeout: 120_000 }, engine => {
  it('a column that was there before its model keeps what no model says of it', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    const before = await created(project.url, 'book')
    await project.done('migrate', 'new')
    await project.done('migrate', 'up', '--downtime')
    await project.plinth('migrate', 'up', '--contract')
    expect(await project.done('migrate', 'check')).toContain('belong together')
    expect(await created(project.url, 'book')).toBe(withWords(before, meant[engine]))
    expect(await coordinates(project, words[engine].system)).toBe('4326')
    expect(await project.done('migrate', 'new')).toContain('have not changed')
  })

  it('a column that a migration has made keeps what somebody else has said of it', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    const environment = { DATABASE_URL: database.url }
    using here = smallProject(note(50, "'new', 'old'"))
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    const before = await created(database.url, 'note')
    const [text = ''] = /`text` .*(?=,)/u.exec(before) ?? []
    const [state = ''] = /`state` .*?(?= CHECK|,\n)/u.exec(before) ?? []
    await administer('mysql', database.url, `alter table note modify ${text} comment 'by hand'`)
    await administer('mysql', database.url, `alter table note modify ${state} comment 'of a note'`)
    const commented = await created(database.url, 'note')
    here.write('app.ts', application(note(60, "'new', 'old', 'lost'")))
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up', '--downtime'], environment)
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
    expect(await created(database.url, 'note')).toBe(withWords(commented, lost[engine]))
  })

  it('a column that is not there is named, and nothing of the step is done', async context => {
    needsEngine(context, engine)
    await using project = await takenOver(engine)
    await project.done('migrate', 'new')
    await project.sql('alter table book drop column code')
    const refused = async (): Promise<string> => {
      const { code, output } = await project.plinth('migrate', 'up', '--downtime')
      expect(output).toMatch(/there is no column "code"\.[\s\S]*Nothing was changed by this step\./u)
      expect(code).toBe(1)
      return created(project.url, 'book')
    }
    // The steps before it are done the first time.
    const left = await refused()
    expect(left).not.toContain('`code`')
    expect(await refused()).toBe(left)
  })
})
