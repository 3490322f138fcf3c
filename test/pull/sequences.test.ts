/** Keys of PostgreSQL that count by a sequence which their column does not own, or whose name is looked up when it is used. */
import { expect, it } from 'vitest'
import { needs } from '../services/index.ts'
import { asking } from './asking.ts'
import { openRules, type PulledProject, pulledProject } from './pulled-project.ts'

async function served(project: PulledProject, url: string) {
  const { code, output } = await project.plinthOn(url, 'pull')
  expect([code, code === 0 ? '' : output]).toEqual([0, ''])
  project.write('src/rules.ts', openRules(['Contact', 'Note'], []))
  return asking(await project.serve({ DATABASE_URL: url }))
}

/** Keys can be given here, and not by a request. */
async function imported(project: PulledProject, url: string, model: string, lines: readonly string[]): Promise<void> {
  project.write('rows.csv', lines.join('\n'))
  expect(await project.plinthOn(url, 'import', model, 'rows.csv')).toMatchObject({ code: 0 })
}

const contact = "(id integer primary key default nextval('contact_seq'::text::regclass), name text not null)"

it('they go on after keys that were given, whoever owns the sequence', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18')
  await using project = await pulledProject('postgres-18', [
    'create sequence contact_seq',
    `create table contact ${contact}`,
    `create sequence "it's"`,
    `create table note (id smallint primary key default nextval('"it''s"'), text text not null)`,
  ])
  const ask = await served(project, project.url)
  expect(await ask('POST', 'contacts', { name: 'first' })).toEqual({ status: 201, body: { id: 1, name: 'first' } })
  await imported(project, project.url, 'Contact', ['id,name', '2,second', '3,third'])
  expect(await ask('POST', 'contacts', { name: 'fourth' })).toEqual({ status: 201, body: { id: 4, name: 'fourth' } })
  await imported(project, project.url, 'Note', ['id,text', '1,one'])
  expect(await ask('POST', 'notes', { text: 'two' })).toEqual({ status: 201, body: { id: 2, text: 'two' } })
})

it('they count in the schema of the URL, not in another that has the name', { timeout: 60_000 }, async context => {
  needs(context, 'postgres-18')
  await using project = await pulledProject('postgres-18', [
    'create sequence contact_seq start 1000',
    `create table contact ${contact}`,
    'create schema copy',
    'create sequence copy.contact_seq',
    `create table copy.contact ${contact}`,
    'create sequence copy.note_seq',
    `create table copy.note (id integer primary key default nextval('note_seq'::text::regclass), text text not null)`,
  ])
  const url = `${project.url}?schema=copy`
  const ask = await served(project, url)
  expect(await ask('POST', 'contacts', { name: 'first' })).toEqual({ status: 201, body: { id: 1, name: 'first' } })
  await imported(project, url, 'Contact', ['id,name', '7,second'])
  expect(await ask('POST', 'contacts', { name: 'third' })).toEqual({ status: 201, body: { id: 8, name: 'third' } })
  expect(await ask('POST', 'notes', { text: 'one' })).toEqual({ status: 201, body: { id: 1, text: 'one' } })
  expect(await project.sql('select is_called from public.contact_seq')).toEqual(['false'])
})
