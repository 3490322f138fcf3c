/** Numbers that PostgreSQL keeps for itself (`generated always as identity`), pulled and written through every door that brings keys. */
import { describe, expect, it } from 'vitest'
import { engines, needsEngine } from '../fixtures/engines.ts'
import { asking } from './asking.ts'
import { openRules, pulledProject } from './pulled-project.ts'

const tables: readonly string[] = [
  `create table ticket (id bigint generated always as identity primary key, title text not null unique,
    place integer not null generated always as identity)`,
  `create table seat (hall integer not null, number integer not null generated always as identity, note text, primary key (hall, number))`,
]

describe.each(engines.filter(engine => engine.startsWith('postgres')))('on %s', { timeout: 60_000 }, engine => {
  it('keys come with rows of files and seeds, the counter follows, and nobody else writes them', async context => {
    needsEngine(context, engine)
    await using project = await pulledProject(engine, tables)
    await project.done('pull')
    const model = project.read('src/models/ticket.ts')
    expect(model).toContain('id: field.sequence()')
    expect(model).toMatch(/place: field\.integer\(.*\)\.generated\(\)/u)
    project.write('src/rules.ts', openRules(['Ticket', 'Seat'], []))
    const ask = asking(await project.serve())
    const send = async (method: string, path: string, body: object): Promise<object> => {
      const { status, body: answer } = await ask(method, path, body)
      return { status, ...answer }
    }
    const readOnly = { status: 422, errors: [expect.objectContaining({ code: 'values.read-only' }) as unknown] }
    expect(await send('POST', 'tickets', { title: 'first' })).toMatchObject({ status: 201, id: 1, place: 1 })
    expect(await send('POST', 'tickets', { id: 7, title: 'mine' })).toMatchObject(readOnly)
    expect(await send('POST', 'tickets', { place: 7, title: 'mine' })).toMatchObject(readOnly)
    expect(await send('PATCH', 'tickets/1', { place: 7 })).toMatchObject(readOnly)
    expect(await send('POST', 'seats', { hall: 3, note: 'aisle' })).toMatchObject({ status: 201, number: 1 })
    expect(await send('POST', 'seats', { hall: 3, number: 30 })).toMatchObject({ status: 201, number: 30 })

    project.write('tickets.csv', 'id,title\n40,fortieth\n41,next\n')
    expect(await project.done('import', 'Ticket', 'tickets.csv')).toContain('2 rows created')
    expect(await send('POST', 'tickets', { title: 'after the import' })).toMatchObject({ status: 201, id: 42 })
    project.write('tickets.csv', 'id,title\n40,changed\n60,sixtieth\n')
    expect(await project.done('import', 'Ticket', 'tickets.csv', '--upsert')).toContain('1 row created, 1 updated')
    project.edit(
      'src/app.ts',
      'createApp({',
      `createApp({ seed: async db => { await db.Ticket.create({ id: 90, title: 'seeded' } as never) },`,
    )
    await project.done('seed', '--add')
    expect(await send('POST', 'tickets', { title: 'last' })).toMatchObject({ status: 201, id: 91 })

    await project.done('export', 'Ticket', '--to', 'all.csv')
    expect(
      project
        .read('all.csv')
        .split('\n')
        .map(line => line.split(',').slice(0, 2).join()),
    ).toEqual([
      'id,title',
      '1,first',
      '40,changed',
      '41,next',
      '42,after the import',
      '60,sixtieth',
      '90,seeded',
      '91,last',
      '',
    ])
    // What it exports a database with the same tables takes, but for the numbers that are not to be written.
    await project.sql('delete from ticket')
    expect((await project.plinth('import', 'Ticket', 'all.csv')).output).toMatch(
      /column "place" is made by the database and cannot be written\.\n.*--ignore "place"/u,
    )
    expect(await project.done('import', 'Ticket', 'all.csv', '--ignore', 'place')).toContain('7 rows created')

    const again = await project.done('pull')
    expect(project.read('src/models/ticket.ts')).toBe(model)
    expect(again).not.toContain('wrote  src/models/ticket.ts')
  })
})
