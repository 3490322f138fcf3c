/** References among rows that are there: what every row gets has to lead somewhere, and what refers to a key goes with it when it changes. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { otherSession } from './other-session.ts'
import { application, type Models, smallProject } from './small-project.ts'

const people = (fields: string): Models => ({
  Team: `model({ number: field.integer().key() })`,
  Person: `model({ number: field.integer().key()${fields} })`,
})

/** Numbers that the database counts become UUIDs; a one to many, a many to many and a key of several fields refer to them. */
const visitors = (key: string, part: string): Models => ({
  Line: `model({ patient: field.belongsTo('Patient', { onDelete: 'cascade' }), line: field.integer() }, { key: ['${part}', 'line'] })`,
  Visit: `model({ number: field.integer().key(), patient: field.belongsTo('Patient').optional() })`,
  Patient: `model({ ${key}, name: field.text({ max: 20 }), doctors: field.manyToMany('Doctor') })`,
  Doctor: `model({ number: field.integer().key(), patients: field.manyToMany('Patient') })`,
})

const toUuids = `import { randomUUID } from 'node:crypto'

export default async ({ db }) => {
  for (const { number } of await db.selectFrom('patient').select('number').where('id', 'is', null).execute()) {
    const id = randomUUID()
    await db.updateTable('patient').set({ id }).where('number', '=', number).execute()
    for (const table of ['visit', 'line', 'doctor_patients'])
      await db.updateTable(table).set({ patient_id: id }).where('patient_number', '=', number).execute()
  }
}
`

/** PostgreSQL has counted the rows by then. */
const toNumbers = `export default async ({ db }) => {
  for (const [index, { id, number }] of (await db.selectFrom('patient').selectAll().execute()).entries()) {
    const given = number ?? index + 1
    await db.updateTable('patient').set({ number: given }).where('id', '=', id).execute()
    for (const table of ['visit', 'line', 'doctor_patients'])
      await db.updateTable(table).set({ patient_number: given }).where('patient_id', '=', id).execute()
  }
}
`

describe.each(serverFamilies)('on %s', { timeout: 60_000 }, engine => {
  it('a required relation comes with one row for all, which has to be there', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(people(''))
    const environment = { DATABASE_URL: database.url }
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    await using other = await otherSession(engine, database)
    await other.run('insert into person (number) values (1)')
    here.write('app.ts', application(people(`, team: field.belongsTo('Team')`)))
    await here.done(['migrate', 'new', '--fill', 'Person.teamNumber=7'], environment)
    expect((await here.command(['migrate', 'up'], environment)).output).toMatch(/Step \d+ of \d+ of .* failed/u)
    await other.run('insert into team (number) values (7)')
    await here.done(['migrate', 'up'], environment)
    await here.done(['migrate', 'up', '--contract'], environment)
    expect(JSON.stringify(await other.run('select team_number from person'))).toMatch(/"team_number":"?7/u)
    expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
  })

  it('a key becomes another one, with all that refers to it', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(visitors('number: field.sequence()', 'patientNumber'))
    const environment = { DATABASE_URL: database.url }
    await here.done(['migrate', 'new'], environment)
    await here.done(['migrate', 'up'], environment)
    await using other = await otherSession(engine, database)
    for (const row of [
      `patient (name) values ('Ann'), ('Bob')`,
      'doctor (number) values (5)',
      'visit (number, patient_number) values (3, 2), (4, null)',
      'line (patient_number, line) values (1, 1), (2, 1)',
      'doctor_patients (doctor_number, patient_number) values (5, 1), (5, 2)',
    ])
      await other.run(`insert into ${row}`)

    const changed = async (name: string, models: Models, code: string): Promise<void> => {
      here.write('app.ts', application(models))
      const asked = await here.command(['migrate', 'new'], environment)
      expect(asked.output).toMatch(/Visit\.patient\w+ is new and leads between/u)
      await here.done(['migrate', 'new', name, '--data'], environment)
      const folder = readdirSync(join(here.folder, 'migrations')).find(found => found.endsWith(name)) ?? ''
      here.write(`migrations/${folder}/data.ts`, code)
      expect(await here.done(['migrate', 'up'], environment)).toContain('plinth migrate up --downtime')
      await here.done(['migrate', 'up', '--downtime'], environment)
      expect(await here.done(['migrate', 'check'], environment)).toContain('belong together')
    }
    const reached = (key: string): string =>
      `select v.number from patient p join visit v on v.patient_${key} = p.${key} join line l on l.patient_${key} = p.${key} join doctor_patients d on d.patient_${key} = p.${key} where p.name = 'Bob' and d.doctor_number = 5`
    await changed('to-uuids', visitors('id: field.id()', 'patientId'), toUuids)
    expect(JSON.stringify(await other.run(reached('id')))).toMatch(/"number":"?3/u)
    await expect(other.run('delete from patient')).rejects.toThrow(/foreign key|reference/iu)
    await changed('to-numbers', visitors('number: field.sequence()', 'patientNumber'), toNumbers)
    expect(JSON.stringify(await other.run(reached('number')))).toMatch(/"number":"?3/u)
    await other.run(`insert into patient (name) values ('Zoe')`)
    expect(JSON.stringify(await other.run(`select number from patient where name = 'Zoe'`))).toMatch(/"number":"?3/u)
  })
})
