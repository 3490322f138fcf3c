// README: short, and every sentence of what it says to be there rests on a test that is named here. What it shows is compiled and run by
// examples.test.ts.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPage, repository } from './markdown.ts'

const readme = readPage('README.md')

/** Words that stand in a test: its name, or the beginning of it. Files move; what is tried stays. */
type Evidence = string

/** What README claims, by the beginning of each sentence → the tests that would fail if it were not so. */
const claims: Readonly<Record<string, readonly Evidence[]>> = {
  'Models of twenty kinds of fields': [
    'are all there',
    'reads back what it wrote, from JSON and from code',
    'hold composite keys in several scalars',
    'goes through a model of one’s own',
    'put computed fields in place of their names',
  ],
  'Wrong names do not compile': [
    '@ts-expect-error',
    'tells all at once, with a hint each',
    'shows the line of a mistake in the declaration',
  ],
  'Rules that are closed by default': [
    'is closed where nothing is said',
    'golden plans: request, plan and SQL side by side',
    'every store answers what the oracle answers',
  ],
  'What a caller may not see does not exist': [
    'range over what the caller may read',
    'of others, which the caller may not read, is not there either',
    'connecting to a row that the caller may not read is answered like one that is not there',
    'every store answers what the oracle answers',
  ],
  'REST with filters through relations': [
    'has relations with conditions, order, limit and names of their own',
    'do not take cursors of other queries, cut ones or forged ones',
    'count and add up, whole and in groups',
    'change and delete what the caller may',
    'is refused when the row has moved on',
    'makes a repeated request the same one',
  ],
  'OpenAPI 3.1 that is valid': ['is valid', 'describes every generated route, and no other', 'fits the document'],
  'Actions, hooks, events': [
    'all or nothing, events included',
    'run once per operation with all of its rows, and their refusal undoes everything',
    'an event leaves exactly if its transaction commits, and is tried again after a failure',
    'shows fields under its names, objects, plucked values, related rows and what depends on the caller',
  ],
  'SQLite in a file, PostgreSQL, MariaDB and MySQL on servers': [
    'storeConformance',
    'every entry can be imported',
    'every store answers what the oracle answers',
    'as npm start runs it on %s',
    'is imported whole, tells how far it is, and goes on where it was stopped',
  ],
  'An existing database becomes an application': [
    'writes an application that compiles, is formatted, says no password, and fits the database as it is',
    'keeps what was changed by hand when it is pulled again',
    'they read, filter, sort and write',
  ],
  'What differs is said': ['the page is what the stores say of themselves', 'columns have the types of the page'],
  'A list with nested rows is one statement': [
    'a list of articles is one statement, with tags, favourites, authors and the count in it, for whoever asks',
    'everybody reads notes, in one statement',
  ],
  'What was acknowledged survives': [
    'when the process is killed with kill -9',
    'when the disk fills up',
    'keeps what was acknowledged when it is killed',
  ],
  'Migrations written from the models': [
    'takes a team from the first table to a rename, a required field and a drop, prints the next command each time, and loses nothing',
    'no request fails while a migration goes through beside two versions',
  ],
  'A rename needs none': [
    'takes a team from the first table to a rename, a required field and a drop, prints the next command each time, and loses nothing',
    'merges branches that change different things, in either order, to the same database',
    'killed at every step and run again, it arrives',
    'a migration that is stopped at each command arrives where a fresh build is, with all rows',
  ],
  'Sign-in: Argon2id passwords': [
    'are hashed with the recommended parameters and a salt of their own',
    'never accepts the other algorithm',
    'signs people up and in, and knows them by their token',
  ],
  'Tools: dev restarts on save': [
    'starts again on a change, and no request is refused meanwhile',
    'ends in order: readiness fails first, keep-alive ends, requests in flight finish, exit 0',
    'lists what is there to know, for people and for programs',
    'make the database, and show how a request is carried out',
    'has a database of its own, and the same time and ids in every run',
    'counts the statements of a request, those of hooks apart',
    'scenario tables',
  ],
  'The RealWorld specification': [
    'our suites ask every endpoint of the specification for every status that it answers with',
    'it has fewer than 4,000 tokens of own code',
    'a row is measured from end to end, with its commits',
  ],
}

/** The sentences below a heading, without marks. */
function sentencesBelow(heading: string): readonly string[] {
  const section = readme.text.split(`## ${heading}\n`)[1]?.split(/^## |^\*\*Not yet/m)[0] ?? ''
  const bullets = section.split(/^- /m).filter(text => text.trim() !== '')
  return bullets.flatMap(bullet =>
    bullet
      .replaceAll(/[*`]/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .split(/(?<=\.) (?=[A-Z])/),
  )
}

describe('README', () => {
  it('is short', () => {
    expect(readme.text.split('\n').length).toBeLessThanOrEqual(121)
  })

  it('says nothing about what there is that no test says', () => {
    const sentences = sentencesBelow('What is there')
    expect(sentences.length).toBeGreaterThan(5)
    const begins = Object.keys(claims)
    expect(sentences.filter(sentence => !begins.some(begin => sentence.startsWith(begin)))).toEqual([])
    expect(begins.filter(begin => !sentences.some(sentence => sentence.startsWith(begin)))).toEqual([])
  })

  const tests = globSync('{src,test,examples,bench}/**/*.{test,test-d}.ts', {
    cwd: repository,
    exclude: ['**/node_modules/**'],
  })
    .filter(file => !file.endsWith('readme.test.ts'))
    .concat('docs/testing.md')
    .map(file => readFileSync(join(repository, file), 'utf8').replaceAll(/\s+/g, ' '))
    .join('\n')

  it.each(Object.entries(claims))('%s … rests on tests that are there', (_claim, evidence) => {
    expect(evidence).not.toEqual([])
    expect(evidence.filter(words => !tests.includes(words))).toEqual([])
  })

  it('has the two commands', () => {
    const scripts = (
      JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    ).scripts
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'bench']))
    expect(readme.text).toContain('npm ci && npm start')
    expect(readme.text).toContain('npm ci && npm test')
  })
})
