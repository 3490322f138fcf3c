/** What `migrate new` tells is told once: what only a person can know of a field that is gone, and the steps that several databases share. */
import { expect, it } from 'vitest'
import { application, type Models, smallProject } from './small-project.ts'

const article = (fields: string): Models => ({ Article: `model({ ${fields} })` })

it('counts what is gone, not what it may have become', { timeout: 60_000 }, async () => {
  using here = smallProject(article('title: field.text()'))
  await here.done(['migrate', 'new'])
  here.write('app.ts', application(article('headline: field.text().optional(), heading: field.text().optional()')))
  const { code, output } = await here.command(['migrate', 'new'])
  expect(code).toBe(1)
  expect(output).toContain('One thing may have been renamed or dropped')
  expect(output).toContain('Article.title is gone, and Article.headline is new')
  expect(output).toContain('Article.title is gone, and Article.heading is new')
})

it('says once what is the same for several databases, and apart what differs', { timeout: 60_000 }, async () => {
  using here = smallProject(article('title: field.text()'))
  const first = await here.done(['migrate', 'new', '--database', 'sqlite,postgres,mariadb'])
  expect(first.match(/While the old version still runs:/gu)).toHaveLength(1)
  here.write('app.ts', application(article('title: field.text().optional()')))
  const second = await here.done(['migrate', 'new'])
  expect(second).toMatch(/^sqlite(?:, \w+)*: .*:$/mu)
  expect(second).toMatch(/^postgres(?:, \w+)*: .*:$/mu)
})

it(
  'asks what becomes of a reference where links come in its place, and of rows that are not there yet',
  { timeout: 60_000 },
  async () => {
    const people = (patient: string, doctor: string): Models => ({
      Patient: `model({ ${patient} })`,
      Doctor: `model({ ${doctor} })`,
    })
    using here = smallProject(people(`doctor: field.belongsTo('Doctor').optional()`, `name: field.text()`))
    await here.done(['migrate', 'new'])
    const many = people(
      `doctors: field.manyToMany('Doctor')`,
      `name: field.text(), patients: field.manyToMany('Patient')`,
    )
    here.write('app.ts', application(many))
    const { code, output } = await here.command(['migrate', 'new'])
    expect(code).toBe(1)
    expect(output).toContain(
      'Patient.doctorId is gone, and Patient.doctors is new and leads between Patient and Doctor',
    )
    expect(output).toContain('--drop Patient.doctorId')
    await here.done(['migrate', 'new', '--data'])

    const clinics: Models = {
      ...many,
      Doctor: `model({ clinic: field.belongsTo('Clinic'), name: field.text(), patients: field.manyToMany('Patient') })`,
      Clinic: `model({ number: field.integer().key() })`,
    }
    here.write('app.ts', application(clinics))
    expect((await here.command(['migrate', 'new'])).output).toContain('Doctor.clinicNumber: Clinic is new, so no row')
    const filled = await here.command(['migrate', 'new', '--fill', 'Doctor.clinicNumber=1'])
    expect(filled.output).toContain('code makes one, --data')
  },
)
