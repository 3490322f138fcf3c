// The atlas's data is what the schema relies on: counted, keyed, whole, and true where anyone can check it.
import { beforeAll, describe, expect, test } from 'vitest'
import { tables } from './read.ts'

type TableName = keyof typeof tables
type RowOf<Name extends TableName> = (typeof tables)[Name] extends { rows: () => AsyncGenerator<infer Row> }
  ? Row
  : never
type World = { [Name in TableName]: RowOf<Name>[] }

const names = Object.keys(tables) as TableName[]
let world: World

beforeAll(async () => {
  const read = await Promise.all(names.map(async name => [name, await Array.fromAsync<object>(tables[name].rows())]))
  world = Object.fromEntries(read) as World
}, 60_000)

test('has at least 100,000 rows, and in every table as many as it says', () => {
  const counted = Object.fromEntries(names.map(name => [name, world[name].length]))
  expect(counted).toEqual(Object.fromEntries(names.map(name => [name, tables[name].count])))
  expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100_000)
})

describe('keys', () => {
  test('are unique', () => {
    expect(repeated(world.areas, row => row.code)).toEqual([])
    expect(repeated(world.countries, row => row.code)).toEqual([])
    expect(repeated(world.countries, row => row.alpha3)).toEqual([])
    expect(repeated(world.countries, row => row.numeric)).toEqual([])
    expect(repeated(world.scripts, row => row.code)).toEqual([])
    expect(repeated(world.languages, row => row.code)).toEqual([])
    expect(repeated(world.countryLanguages, row => [row.countryCode, row.languageCode, row.scriptCode])).toEqual([])
    expect(repeated(world.currencies, row => row.code)).toEqual([])
    expect(repeated(world.countryCurrencies, row => [row.countryCode, row.position])).toEqual([])
    expect(repeated(world.timeZones, row => row.name)).toEqual([])
    expect(repeated(world.countryTimeZones, row => [row.countryCode, row.timeZoneName])).toEqual([])
    expect(repeated(world.regions, row => row.code)).toEqual([])
    expect(repeated(world.districts, row => row.code)).toEqual([])
    expect(repeated(world.cities, row => row.id)).toEqual([])
    expect(repeated(world.capitals, row => row.countryCode)).toEqual([])
  })

  test('differ in more than letter case, so they are unique on any database', () => {
    for (const rows of [world.scripts, world.languages, world.regions, world.districts]) {
      expect(repeated<{ code: string }>(rows, row => row.code.toLowerCase())).toEqual([])
    }
  })
})

test('every reference leads to a row', () => {
  const [areas, countries, scripts] = [codes(world.areas), codes(world.countries), codes(world.scripts)]
  const [languages, currencies] = [codes(world.languages), codes(world.currencies)]
  const [regions, districts] = [codes(world.regions), codes(world.districts)]
  const timeZones = new Set(world.timeZones.map(row => row.name))
  const cities = new Set(world.cities.map(row => row.id))

  expect(dangling(world.areas, row => row.parentCode, areas)).toEqual([])
  expect(dangling(world.countries, row => row.areaCode, areas)).toEqual([])
  expect(dangling(world.languages, row => row.macrolanguageCode, languages)).toEqual([])
  expect(dangling(world.languages, row => row.usualScriptCode, scripts)).toEqual([])
  expect(dangling(world.countryLanguages, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.countryLanguages, row => row.languageCode, languages)).toEqual([])
  expect(dangling(world.countryLanguages, row => row.scriptCode, scripts)).toEqual([])
  expect(dangling(world.countryCurrencies, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.countryCurrencies, row => row.currencyCode, currencies)).toEqual([])
  expect(dangling(world.timeZones, row => row.canonicalName, timeZones)).toEqual([])
  expect(dangling(world.countryTimeZones, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.countryTimeZones, row => row.timeZoneName, timeZones)).toEqual([])
  expect(dangling(world.regions, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.districts, row => row.regionCode, regions)).toEqual([])
  expect(dangling(world.cities, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.cities, row => row.regionCode, regions)).toEqual([])
  expect(dangling(world.cities, row => row.districtCode, districts)).toEqual([])
  expect(dangling(world.cities, row => row.timeZoneName, timeZones)).toEqual([])
  expect(dangling(world.capitals, row => row.countryCode, countries)).toEqual([])
  expect(dangling(world.capitals, row => row.cityId, cities)).toEqual([])
})

test('a row that another of its own table names comes before it', () => {
  expect(
    outOfOrder(
      world.areas,
      row => row.code,
      row => row.parentCode,
    ),
  ).toEqual([])
  expect(
    outOfOrder(
      world.languages,
      row => row.code,
      row => row.macrolanguageCode,
    ),
  ).toEqual([])
  expect(
    outOfOrder(
      world.timeZones,
      row => row.name,
      row => row.canonicalName,
    ),
  ).toEqual([])
})

test('divisions nest: a city is in its district, its district in its region, its region in its country', () => {
  const strays = world.cities.filter(
    city =>
      (city.districtCode && !city.districtCode.startsWith(`${city.regionCode}.`)) ||
      (city.regionCode && !city.regionCode.startsWith(`${city.countryCode}.`)),
  )
  expect(strays).toEqual([])
  // Hamlets of a few countries have no division; were it many, a join key would be broken.
  expect(world.cities.filter(city => city.regionCode === null).length).toBeLessThan(200)
  expect(world.cities.filter(city => city.districtCode === null).length).toBeLessThan(30_000)
})

test('values are in range', () => {
  expect(world.cities.filter(city => Math.abs(Number(city.latitude)) > 90)).toEqual([])
  expect(world.cities.filter(city => Math.abs(Number(city.longitude)) > 180)).toEqual([])
  expect(world.cities.filter(city => (city.elevation ?? 0) < -430 || (city.elevation ?? 0) > 5700)).toEqual([])
  expect(world.cities.filter(city => city.population !== null && city.population <= 0)).toEqual([])
  expect(world.countryLanguages.filter(row => Number(row.share) > 100)).toEqual([])
  expect(world.countries.filter(row => Number(row.literacy) > 100)).toEqual([])
  const backwards = world.countryCurrencies.filter(
    ({ startedOn, endedOn }) => startedOn && endedOn && endedOn < startedOn,
  )
  expect(backwards).toEqual([])
})

describe('is true where anyone can check it', () => {
  test('Switzerland', () => {
    const switzerland = world.countries.find(row => row.code === 'CH')
    expect(switzerland).toMatchObject({ alpha3: 'CHE', numeric: '756', name: 'Switzerland', firstWeekday: 'mon' })
    expect(world.areas.find(row => row.code === switzerland?.areaCode)).toMatchObject({ name: 'Western Europe' })
    const capital = world.capitals.find(row => row.countryCode === 'CH')
    expect(world.cities.find(row => row.id === capital?.cityId)).toMatchObject({ name: 'Bern', kind: 'capital' })
    const official = world.countryLanguages.filter(row => row.countryCode === 'CH' && row.status === 'official')
    expect(official.map(row => row.languageCode).toSorted()).toEqual(['de', 'fr', 'it'])
  })

  test('Germany paid with marks, then with euros', () => {
    const money = world.countryCurrencies.filter(row => row.countryCode === 'DE')
    expect(money).toMatchObject([
      { position: 1, currencyCode: 'EUR', startedOn: '1999-01-01', endedOn: null },
      { position: 2, currencyCode: 'DEM', startedOn: '1948-06-20', endedOn: '2002-02-28' },
    ])
    expect(world.currencies.find(row => row.code === 'EUR')).toMatchObject({ name: 'Euro', symbol: '€', digits: 2 })
    expect(world.currencies.find(row => row.code === 'JPY')).toMatchObject({
      name: 'Japanese Yen',
      symbol: '¥',
      digits: 0,
    })
  })

  test('Mandarin is Chinese, and Zürich has names in many scripts', () => {
    expect(world.languages.find(row => row.code === 'cmn')).toMatchObject({ macrolanguageCode: 'zh' })
    expect(world.languages.find(row => row.code === 'de')).toMatchObject({ name: 'German', nativeName: 'Deutsch' })
    const zurich = world.cities.find(row => row.name === 'Zürich' && row.countryCode === 'CH')
    expect(zurich).toMatchObject({ kind: 'regionSeat', regionCode: 'CH.ZH', timeZoneName: 'Europe/Zurich' })
    expect(zurich?.alternateNames).toContain('Цюрих')
  })

  test('where one language is written twice, scripts keep the rows apart', () => {
    const serbian = world.countryLanguages.filter(row => row.countryCode === 'RS' && row.languageCode === 'sr')
    expect(serbian.map(row => row.scriptCode).toSorted()).toEqual(['Cyrl', 'Latn'])
    const chinese = world.countryLanguages.filter(row => row.countryCode === 'HK' && row.languageCode === 'zh')
    expect(chinese.map(row => row.scriptCode)).toEqual(['Hant'])
  })
})

function codes(rows: readonly { code: string }[]): Set<string> {
  return new Set(rows.map(row => row.code))
}

/** The keys that more than one row has. */
function repeated<Row>(rows: readonly Row[], keyOf: (row: Row) => unknown): string[] {
  const seen = new Set<string>()
  return rows.map(row => JSON.stringify(keyOf(row))).filter(key => seen.size === seen.add(key).size)
}

/** The references, other than null, that are not among the keys. */
function dangling<Row, Key>(rows: readonly Row[], reference: (row: Row) => Key | null, keys: ReadonlySet<Key>): Key[] {
  return rows.map(reference).filter(key => key !== null && !keys.has(key)) as Key[]
}

/** The rows that come before the row of the same table that they name. */
function outOfOrder<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  reference: (row: Row) => string | null,
): Row[] {
  const seen = new Set<string>()
  return rows.filter(row => {
    seen.add(keyOf(row))
    const named = reference(row)
    return named !== null && !seen.has(named)
  })
}
