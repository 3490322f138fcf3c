// The whole atlas is imported on every engine, in two goes; then it is asked what anybody can look up elsewhere.
import { createTestApp, type TestResponse } from 'plinth/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase, type EngineDatabase, engines, isThere, needsEngine } from '../../../test/fixtures/engines.ts'
import { tables } from '../data/read.ts'
import app, { attribution } from '../src/app.ts'
import { importAtlas } from '../src/import.ts'

const open = (database: EngineDatabase) => createTestApp(app, { store: database.store() })

/** All rows are brought in each time: on one server, and on each of them with `PLINTH_TEST_LONG`. */
const tried = engines.filter(engine => engine !== 'mariadb-10.11' || process.env['PLINTH_TEST_LONG'] !== undefined)

describe.each(tried)('on %s', engine => {
  let database: EngineDatabase
  let atlas: Awaited<ReturnType<typeof open>>

  beforeAll(async () => {
    if (!isThere(engine)) return
    database = await emptyDatabase(engine)
    atlas = await open(database)
  })
  beforeEach(context => needsEngine(context, engine))
  afterAll(async () => {
    if (!isThere(engine)) return
    await atlas.close()
    await database[Symbol.asyncDispose]()
  })

  async function get(path: string): Promise<TestResponse> {
    return await atlas.asAnonymous().get(`/api/${path}`)
  }

  /** The rows of a page. */
  async function rows(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { status, body } = await get(path)
    expect(status).toBe(200)
    return (body as { data: Record<string, unknown>[] }).data
  }

  const namesOf = async (path: string): Promise<unknown[]> => (await rows(path)).map(({ name }) => name)

  test('is imported whole, tells how far it is, and goes on where it was stopped', { timeout: 240_000 }, async () => {
    const db = atlas.asAnonymous().db
    await importAtlas(db, { most: { cities: 6000, capitals: 0 } })
    expect(await atlas.db.City.count()).toBe(6000)

    const started = performance.now()
    const last: Record<string, string> = {}
    await importAtlas(db, {
      onProgress: (table, done, of) => {
        last[table] = `${done}/${of}`
      },
    })
    process.stdout.write(
      `The atlas was imported on ${engine} in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`,
    )
    expect(last).toEqual(
      Object.fromEntries(Object.entries(tables).map(([name, { count }]) => [name, `${count}/${count}`])),
    )
    const counted = [
      atlas.db.Area,
      atlas.db.Country,
      atlas.db.Language,
      atlas.db.TimeZone,
      atlas.db.District,
      atlas.db.City,
    ]
    expect(await Promise.all(counted.map(model => model.count()))).toEqual([29, 250, 8263, 598, 45_459, 199_568])
  })

  describe('search', () => {
    test('by the beginning of a name, largest first', async () => {
      const found = await rows('cities?name[startsWith]=San+&sort=-population&limit=3&select=name,country(name)')
      const country = { name: 'United States' }
      expect(found).toEqual([
        { name: 'San Antonio', country },
        { name: 'San Diego', country },
        { name: 'San Jose', country },
      ])
    })

    test('in any script, and without marks', async () => {
      expect(await namesOf(`cities?alternateNames[has]=${encodeURIComponent('Цюрих')}`)).toEqual(['Zürich'])
      expect(await namesOf('cities?asciiName[iequals]=zurich&countryCode=CH')).toEqual(['Zürich'])
      expect(await namesOf(`languages?nativeName=${encodeURIComponent('日本語')}`)).toEqual(['Japanese'])
    })
  })

  describe('filters through relations', () => {
    test('to-one twice: cities of a million in Western Europe', async () => {
      const path = 'cities?country.area.name=Western+Europe&population[gte]=1000000&sort=-population'
      expect(await namesOf(path)).toEqual(['Berlin', 'Paris', 'Hamburg', 'Vienna', 'Munich', 'Brussels'])
    })

    test('two conditions about one row are not two conditions about two', async () => {
      const official = await namesOf('countries?languages[some]=(language.name=French,status=official)&limit=200')
      expect(official).toEqual(expect.arrayContaining(['France', 'Belgium', 'Switzerland', 'Canada', 'Monaco']))
      expect(official).not.toContain('Germany')
      const either = await namesOf('countries?languages.language.name=French&languages.status=official&limit=200')
      expect(either).toEqual(expect.arrayContaining(['Germany', 'France']))
    })

    test('none and every', async () => {
      const small = await get('countries?cities[none].population[gte]=1000000&count=true&limit=1')
      expect(small.body).toMatchObject({ count: 153 })
      const parisian = await namesOf('countries?cities[every].timeZoneName=Europe/Paris&cities[some]=true')
      expect(parisian).toEqual(['France'])
    })

    test('days: what the euro replaced at the beginning of 2002', async () => {
      const path =
        'country-currencies?endedOn[gte]=2002-01-01&endedOn[lt]=2002-03-01&select=country(name),currency(name)&limit=100'
      const ended = (await rows(path)).map(row => (row['currency'] as { name: string }).name)
      expect(ended).toEqual(
        expect.arrayContaining([
          'German Mark',
          'French Franc',
          'Italian Lira',
          'Spanish Peseta',
          'Greek Drachma',
          'Finnish Markka',
        ]),
      )
    })
  })

  describe('what an answer holds', () => {
    test('one statement, whatever it includes', async () => {
      const path =
        'countries/CH?select=name,area(name,parent(name)),capital(name),regions(name;sort=name;limit=2),' +
        'languages(share,status,language(name,nativeName);sort=-share;limit=2),currencies(startedOn,currency(name)),timeZones(name)'
      const { body, statements } = await get(path)
      expect(body).toEqual({
        name: 'Switzerland',
        area: { name: 'Western Europe', parent: { name: 'Europe' } },
        capital: { name: 'Bern' },
        regions: [{ name: 'Aargau' }, { name: 'Appenzell Ausserrhoden' }],
        languages: [
          { share: '76.0000', status: 'official', language: { name: 'German', nativeName: 'Deutsch' } },
          { share: '66.0000', status: 'deFacto', language: { name: 'Swiss German', nativeName: 'Schwiizertüütsch' } },
        ],
        currencies: expect.arrayContaining([{ startedOn: '1799-03-17', currency: { name: 'Swiss Franc' } }]) as unknown,
        timeZones: [{ name: 'Europe/Zurich' }],
      })
      expect(statements).toHaveLength(1)
      for (const limit of [1, 200]) {
        const path = `countries?select=name,capital(name),regions(name;limit=5)&limit=${limit}`
        // MariaDB learns from a first answer that lists are long, and asks once more for it.
        if (engine.startsWith('mariadb')) await get(path)
        const list = await get(path)
        expect(list.statements).toHaveLength(1)
      }
    })

    test('one relation twice, under two names', async () => {
      const path =
        'countries/CH?select=largest:cities(name;sort=-population;limit=2),highest:cities(name;sort=-elevation;limit=1)'
      expect((await get(path)).body).toMatchObject({ largest: [{ name: 'Zürich' }, { name: 'Genève' }], highest: [{}] })
    })

    test('relations of a model to itself', async () => {
      const { body } = await get('areas/001?select=name,areas(name,areas(name;sort=name;limit=1);sort=name)')
      expect(body).toMatchObject({
        name: 'world',
        areas: [
          { name: 'Africa' },
          { name: 'Americas' },
          { name: 'Asia' },
          { name: 'Europe', areas: [{ name: 'Eastern Europe' }] },
          {},
        ],
      })
      expect(await get('languages/zh?select=name,nativeName,varieties(name;sort=name;limit=1)')).toMatchObject({
        body: { name: 'Chinese', nativeName: '中文', varieties: [{ name: 'Gan Chinese' }] },
      })
    })

    test('64-bit integers and decimals are strings, computed fields are numbers and sort', async () => {
      expect(await rows('countries?sort=-gdp&select=name,gdp,literacy&limit=1')).toEqual([
        {
          name: 'China',
          gdp: expect.stringMatching(/^\d{14}$/) as unknown,
          literacy: expect.stringMatching(/^\d+\.\d$/) as unknown,
        },
      ])
      expect(await rows('countries?select=name,cityCount&sort=-cityCount&limit=3')).toEqual([
        { name: 'United States', cityCount: 21_140 },
        { name: 'Mexico', cityCount: 16_917 },
        { name: 'China', cityCount: 15_621 },
      ])
    })
  })

  describe('addresses', () => {
    test('of several parts, and with characters that paths are made of', async () => {
      expect((await get('country-languages/CH,de,Latn?select=share,status')).body).toEqual({
        share: '76.0000',
        status: 'official',
      })
      expect((await get('time-zones/Europe%2FZurich?select=name,standardOffset')).body).toEqual({
        name: 'Europe/Zurich',
        standardOffset: 60,
      })
      expect((await get('districts/US.MA.025?select=name,region(name)')).body).toEqual({
        name: 'Suffolk County',
        region: { name: 'Massachusetts' },
      })
      expect((await get('country-languages/CH,de,Cyrl')).status).toBe(404)
    })
  })

  describe('pages', () => {
    test('with nulls and directions mixed: forward is the whole list, backward the same again', async () => {
      const query = 'cities?countryCode=IS&sort=elevation,-population&select=id,elevation,population&limit=20'
      const forward: unknown[] = []
      let [after, before] = ['', '']
      for (let path = query; ; path = `${query}&after=${after}`) {
        const { data, page } = (await get(path)).body as { data: unknown[]; page: Record<string, string | null> }
        forward.push(...data)
        before = page['before'] ?? before
        if (page['after'] === null || page['after'] === undefined) break
        after = page['after']
      }
      const whole = await rows(query.replace('limit=20', 'limit=200'))
      expect(forward).toEqual(whole)
      expect(forward.length).toBeGreaterThan(40)
      const elevations = whole.map(({ elevation }) => elevation)
      expect(elevations.slice(elevations.indexOf(null)).every(elevation => elevation === null)).toBe(true)

      const backward: unknown[] = []
      for (let path = `${query}&before=${before}`; ;) {
        const { data, page } = (await get(path)).body as { data: unknown[]; page: Record<string, string | null> }
        backward.unshift(...data)
        if (page['before'] === null || page['before'] === undefined) break
        path = `${query}&before=${page['before']}`
      }
      expect([...backward, ...forward.slice(backward.length)]).toEqual(forward)
    })
  })

  describe('figures', () => {
    test('over two hundred thousand rows, in groups', async () => {
      const largest = await rows(
        'cities:aggregate?groupBy=countryCode&sum=population&count=*&sort=-sumPopulation&limit=3',
      )
      expect(largest.map(({ countryCode }) => countryCode)).toEqual(['CN', 'IN', 'US'])
      expect(largest[2]).toMatchObject({ count: 21_140, sumPopulation: expect.stringMatching(/^\d+$/) as unknown })
      const kinds = await rows('cities:aggregate?groupBy=kind&count=*')
      expect(kinds.reduce((sum, { count }) => sum + Number(count), 0)).toBe(199_568)
      const euro = await rows('country-currencies:aggregate?groupBy=currencyCode&count=*&sort=-count&limit=1')
      expect(euro).toEqual([{ currencyCode: 'EUR', count: 37 }])
    })
  })

  describe('refusals', () => {
    test.each([
      ['cities?poplation=1', 400, 'request.unknown-parameter'],
      ['cities?population[gt]=many', 400, 'request.malformed-parameter'],
      ['countries?select=regions(cities(name;limit=100);limit=100)&limit=100', 400, 'request.page-too-large'],
      ['cities?country.area.parent.name=Europe', 400, 'request.filter-too-deep'],
      ['cities/0', 404, 'request.not-found'],
    ])('%s', async (path, status, code) => {
      expect(await get(path)).toMatchObject({ status, body: { code } })
    })

    test('nothing can be written', async () => {
      expect((await atlas.asAnonymous().post('/api/cities', { name: 'Atlantis' })).status).toBe(405)
      expect((await atlas.asAnonymous().delete('/api/cities/2657896')).status).toBe(405)
    })
  })

  test('says whose data it is, where programs and people look', async () => {
    const { body } = await atlas.asAnonymous().get('/openapi.json')
    const { description } = (body as { info: { description: string } }).info
    for (const line of attribution) expect(description).toContain(line)
  })
})
