// README: short, and every sentence of what it says to be there rests on a test that is named here. What it shows is compiled and run by
// examples.test.ts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPage, repository } from './markdown.ts'

const readme = readPage('README.md')

/** A file, and words that stand in it: the name of a test, or of what it tries. */
type Evidence = readonly [file: string, words: string]

/** What README claims, by the beginning of each sentence → the tests that would fail if it were not so. */
const claims: Readonly<Record<string, readonly Evidence[]>> = {
  'Models of twenty kinds of fields': [
    ['test/docs/fields-page.test.ts', 'are all there'],
    ['test/kinds/kinds.test.ts', 'reads back what it wrote, from JSON and from code'],
    ['src/model/schema.test.ts', 'hold composite keys in several scalars'],
    ['src/model/schema.test.ts', 'goes through a model of one’s own'],
    ['src/model/rules.test.ts', 'put computed fields in place of their names'],
  ],
  'Wrong names do not compile': [
    ['test/types/db.test-d.ts', '@ts-expect-error'],
    ['src/model/schema.test.ts', 'are told all at once, with a hint each'],
    ['test/cli/commands.test.ts', 'shows the line of a mistake in the declaration'],
  ],
  'Rules that are closed by default': [
    ['src/model/rules.test.ts', 'is closed where nothing is said'],
    ['test/golden/golden.test.ts', 'golden plans: request, plan and SQL side by side'],
    ['test/property/property.test.ts', 'every store answers what the oracle answers'],
  ],
  'What a caller may not see does not exist': [
    ['test/rest/reading.test.ts', 'range over what the caller may read'],
    ['test/rest/reading.test.ts', 'of others, which the caller may not read, is not there either'],
    [
      'test/operation/writes.test.ts',
      'connecting to a row that the caller may not read is answered like one that is not there',
    ],
    ['test/property/property.test.ts', 'every store answers what the oracle answers'],
  ],
  'REST with filters through relations': [
    ['test/rest/grammar.test.ts', 'conditions'],
    ['test/rest/reading.test.ts', 'do not take cursors of other queries, cut ones or forged ones'],
    ['test/rest/reading.test.ts', 'count and add up, whole and in groups'],
    ['test/rest/writing.test.ts', 'change and delete what the caller may'],
    ['test/rest/writing.test.ts', 'is refused when the row has moved on'],
    ['test/rest/writing.test.ts', 'makes a repeated request the same one'],
  ],
  'OpenAPI 3.1 that is valid': [
    ['test/rest/openapi.test.ts', 'is valid'],
    ['test/rest/openapi.test.ts', 'describes every generated route, and no other'],
    ['test/rest/openapi.test.ts', 'fits the document'],
  ],
  'Actions, hooks, events': [
    ['test/routes/actions.test.ts', 'all or nothing, events included'],
    [
      'test/operation/transactions.test.ts',
      'run once per operation with all of its rows, and their refusal undoes everything',
    ],
    [
      'test/operation/transactions.test.ts',
      'an event leaves exactly if its transaction commits, and is tried again after a failure',
    ],
    [
      'test/routes/reading.test.ts',
      'shows fields under its names, objects, plucked values, related rows and what depends on the caller',
    ],
  ],
  'SQLite in a file, and memory': [
    ['test/conformance/sqlite.test.ts', 'storeConformance'],
    ['test/conformance/memory.test.ts', 'storeConformance'],
    ['test/pack/pack.test.ts', '%s can be imported'],
    ['test/property/property.test.ts', 'every store answers what the oracle answers'],
  ],
  'A list with nested rows is one statement': [
    [
      'examples/conduit/test/conduit.test.ts',
      'a list of articles is one statement, with tags, favourites, authors and the count in it, for whoever asks',
    ],
    ['docs/testing.md', 'everybody reads notes, in one statement'],
  ],
  'What was acknowledged survives': [
    ['test/faults/faults.test.ts', 'when the process is killed with kill -9'],
    ['test/faults/faults.test.ts', 'when the disk fills up'],
    ['test/cli/start.test.ts', 'keeps what was acknowledged when it is killed'],
  ],
  'Sign-in: Argon2id passwords': [
    ['src/service/auth/password.test.ts', 'are hashed with the recommended parameters and a salt of their own'],
    ['src/service/auth/bearer-tokens.test.ts', 'never accepts the other algorithm'],
    ['test/app/application.test.ts', 'signs people up and in, and knows them by their token'],
  ],
  'Tools: dev restarts on save': [
    ['test/cli/dev.test.ts', 'starts again on a change, and no request is refused meanwhile'],
    [
      'test/cli/start.test.ts',
      'ends in order: readiness fails first, keep-alive ends, requests in flight finish, exit 0',
    ],
    ['test/cli/commands.test.ts', 'lists what is there to know, for people and for programs'],
    ['test/cli/commands.test.ts', 'make the database, and show how a request is carried out'],
    ['test/harness/test-app.test.ts', 'has a database of its own, and the same time and ids in every run'],
    ['test/harness/test-app.test.ts', 'counts the statements of a request, those of hooks apart'],
    ['test/harness/test-app.test.ts', 'scenario tables'],
  ],
  'The RealWorld specification': [
    [
      'examples/conduit/test/suites.test.ts',
      'our suites ask every endpoint of the specification for every status that it answers with',
    ],
    ['examples/conduit/test/conduit.test.ts', 'it has fewer than 4,000 tokens of own code'],
    ['bench/test/peers.test.ts', 'a row is measured from end to end, with its commits'],
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

  it.each(Object.entries(claims))('%s … rests on tests that are there', (_claim, evidence) => {
    for (const [file, words] of evidence) {
      expect(existsSync(join(repository, file)), file).toBe(true)
      const text = readFileSync(join(repository, file), 'utf8').replaceAll(/\s+/g, ' ')
      expect(text.includes(words), `${file} has "${words}"`).toBe(true)
    }
    expect(evidence).not.toEqual([])
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
