/** Text operators: parts of texts, with and without case, and characters that mean something to databases. */
import assert from 'node:assert/strict'
import { group, writing } from '../case.ts'
import type { Fixture } from '../fixture.ts'
import { insertRows } from '../stored-rows.ts'
import { named } from './kinds.ts'

async function write({ store, engine }: Fixture, texts: Readonly<Record<string, string | null>>): Promise<void> {
  const rows = Object.entries(texts).map(([name, text]) => ({ name, text }))
  await insertRows(store, engine.graph, { Sample: rows })
}

export const textGroup = group('parts of texts', [
  writing('contains, startsWith and endsWith tell case apart', [], async fixture => {
    await write(fixture, { a: 'Hamburg', b: 'hamburg', c: 'New Hamburg', d: '', e: null })
    const where = (filter: object): Promise<readonly string[]> => named(fixture, { text: filter })
    assert.deepEqual(await where({ contains: 'amb' }), ['a', 'b', 'c'])
    assert.deepEqual(await where({ contains: 'Ham' }), ['a', 'c'])
    assert.deepEqual(await where({ startsWith: 'Ham' }), ['a'])
    assert.deepEqual(await where({ endsWith: 'burg' }), ['a', 'b', 'c'])
    assert.deepEqual(await where({ endsWith: 'Burg' }), [])
  }),
  writing('an empty part is in every text and in no null', [], async fixture => {
    await write(fixture, { a: 'x', b: '', c: null })
    for (const operator of ['contains', 'startsWith', 'endsWith', 'icontains', 'istartsWith', 'iendsWith']) {
      assert.deepEqual(await named(fixture, { text: { [operator]: '' } }), ['a', 'b'], operator)
    }
  }),
  writing('wildcards, quotes and backslashes are ordinary characters', [], async fixture => {
    const texts = {
      a: '100%',
      b: '100',
      c: 'a_b',
      d: 'axb',
      e: 'back\\slash',
      f: "o'clock",
      g: '"quoted"',
      h: '[a-z]',
      i: '*?',
    }
    await write(fixture, texts)
    for (const [name, text] of Object.entries(texts)) {
      const part = text.slice(-2)
      const holding = Object.entries(texts)
        .filter(([, other]) => other.includes(part))
        .map(([other]) => other)
      assert.deepEqual(await named(fixture, { text: { contains: part } }), holding, part)
      assert.deepEqual(await named(fixture, { text: { eq: text } }), [name], text)
      assert.deepEqual(await named(fixture, { text: { iequals: text } }), [name], text)
    }
    assert.deepEqual(await named(fixture, { text: { startsWith: '100%' } }), ['a'])
    assert.deepEqual(await named(fixture, { text: { endsWith: '_b' } }), ['c'])
  }),
  writing('ignoring case goes by Unicode simple lower case', [], async fixture => {
    await write(fixture, {
      a: 'ÄPFEL',
      b: 'äpfel',
      c: 'ΣΊΣΥΦΟΣ',
      d: 'σίσυφοσ',
      e: 'İstanbul',
      f: 'istanbul',
      g: 'Straße',
      h: 'STRASSE',
      i: '𐐀',
    })
    const where = (filter: object): Promise<readonly string[]> => named(fixture, { text: filter })
    assert.deepEqual(await where({ iequals: 'Äpfel' }), ['a', 'b'])
    assert.deepEqual(await where({ icontains: 'PFE' }), ['a', 'b'])
    // No rule for the end of a word: every Σ is σ, and ς is another letter.
    assert.deepEqual(await where({ iequals: 'σίσυφοσ' }), ['c', 'd'])
    assert.deepEqual(await where({ istartsWith: 'ISTAN' }), ['e', 'f'])
    // ß is no small form of SS.
    assert.deepEqual(await where({ iequals: 'strasse' }), ['h'])
    assert.deepEqual(await where({ iendsWith: 'ße' }), ['g'])
    // Letters beyond the first plane have case, too.
    assert.deepEqual(await where({ iequals: '𐐨' }), ['i'])
  }),
  writing('neither trailing spaces nor normal forms are made equal', [], async fixture => {
    await write(fixture, { a: 'x', b: 'x ', c: ' x', d: 'é', e: 'e\u0301', f: 'ﬁ', g: 'fi' })
    for (const [name, text] of Object.entries({ a: 'x', b: 'x ', c: ' x', d: 'é', e: 'e\u0301', f: 'ﬁ', g: 'fi' })) {
      assert.deepEqual(await named(fixture, { text: { eq: text } }), [name])
      assert.deepEqual(await named(fixture, { text: { iequals: text } }), [name])
    }
  }),
  writing('lists of words: has, hasAny, hasAll', [], async fixture => {
    const { store, engine } = fixture
    const rows = [
      { name: 'a', words: [] },
      { name: 'b', words: ['red'] },
      { name: 'c', words: ['blue', 'red', 'red'] },
      { name: 'd', words: ['Red', '"', '[]', 'a,b'] },
      { name: 'e', words: null },
    ]
    await insertRows(store, engine.graph, { Sample: rows })
    const where = (filter: object): Promise<readonly string[]> => named(fixture, { words: filter })
    assert.deepEqual(await where({ has: 'red' }), ['b', 'c'])
    assert.deepEqual(await where({ has: '"' }), ['d'])
    assert.deepEqual(await where({ has: 'a' }), [])
    assert.deepEqual(await where({ hasAny: ['blue', 'a,b'] }), ['c', 'd'])
    assert.deepEqual(await where({ hasAll: ['red', 'blue'] }), ['c'])
    assert.deepEqual(await where({ hasAny: [] }), [])
    assert.deepEqual(await where({ hasAll: [] }), ['a', 'b', 'c', 'd'])
    assert.deepEqual(await where({ isNull: true }), ['e'])
  }),
  writing('lists of numbers, and what is not in them', ['or'], async fixture => {
    const { store, engine } = fixture
    const rows = [
      { name: 'a', numbers: [1, 2] },
      { name: 'b', numbers: [12] },
      { name: 'c', numbers: [-9007199254740991] },
      { name: 'd', numbers: null },
    ]
    await insertRows(store, engine.graph, { Sample: rows })
    assert.deepEqual(await named(fixture, { numbers: { has: 1 } }), ['a'])
    assert.deepEqual(await named(fixture, { numbers: { hasAny: [12, -9007199254740991] } }), ['b', 'c'])
    assert.deepEqual(await named(fixture, { not: { numbers: { has: 1 } } }), ['b', 'c', 'd'])
    assert.deepEqual(await named(fixture, { not: { numbers: { hasAll: [] } } }), ['d'])
  }),
  writing(
    'a text in upper case; what has no such letter stays, and so does null',
    ['transactions', 'joins', 'aggregates'],
    async ({ system }) => {
      const texts = { straße: 'STRAßE', ɐbc: 'ⱯBC', 'ǆ ǅ ᾳ': 'Ǆ Ǆ ᾼ', '': '' }
      const rows = [...Object.keys(texts), null].map((text, index) => ({ name: String(index), text }))
      await system.Sample.create(rows)
      const found = await system.Sample.find({ select: { loud: true }, sort: ['name'] })
      assert.deepEqual(
        found.map(({ loud }) => loud),
        [...Object.values(texts), null],
      )
      assert.equal(await system.Sample.count({ where: { loud: { isNull: true } } }), 1)
    },
  ),
])
