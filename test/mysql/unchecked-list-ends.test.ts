// Where a long list of others' rows ends is said by a value of theirs: one that is no UUID is a text like any other.
import { expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { mysqlStore } from '../../src/store/mysql/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'

const adopted = { adopted: true } as const
const schema = defineSchema({
  Shelf: model({ id: field.uuid().key(), parts: field.hasMany('Part', 'shelf') }, adopted),
  Part: model({ id: field.uuid().key(), shelf: field.belongsTo('Shelf') }, { ...adopted, index: [['shelfId', 'id']] }),
})
const uuid = 'char(36) character set ascii collate ascii_bin not null'
const shelf = `a"},{"id":"${'x'.repeat(25)}`
/** As long as a UUID, and in order. */
const part = (index: number): string => `${String(index).padStart(4, '0')}"]],"${'\\'.repeat(26)}"`

test('a list is the same whatever its keys are', async context => {
  needs(context, 'mariadb-10.11')
  await using database = await freshDatabase('mariadb-10.11')
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\')}'`
  await administer(
    'mysql',
    database.url,
    `create table shelf (id ${uuid} primary key)`,
    `create table part (id ${uuid} primary key, shelf_id ${uuid}, key part_shelf (shelf_id, id), foreign key (shelf_id) references shelf (id))`,
    `insert into shelf values (${quoted(shelf)})`,
    `insert into part values ${Array.from({ length: 400 }, (_, index) => `(${quoted(part(index))}, ${quoted(shelf)})`).join(', ')}`,
  )
  const rules = defineRules(schema, { Shelf: () => ({ read: everyone }), Part: () => ({ read: everyone }) })
  await using app = await createTestApp(createApp({ schema, rules }), { store: mysqlStore({ url: database.url }) })
  const answers = []
  for (let round = 0; round < 3; round++)
    answers.push(await app.asAnonymous().get('/api/shelves?include=parts(id;limit=5)'))
  const parts = Array.from({ length: 5 }, (_, index) => ({ id: part(index) }))
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { data: [{ id: shelf, parts }] } })
  expect(answers.at(-1)?.statements[0]?.command).toContain('json_table')
})
