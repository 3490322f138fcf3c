// Areas, countries and currencies, and which languages are spoken and which money is used where: Unicode CLDR.
import { readCldr, type Cldr, type CurrencyUse, type LanguageUse, type Weekday } from './cldr.ts'
import { readLanguages } from './languages.ts'

/** A part of the world by its UN M49 code: the world, its continents, their subregions. */
export type AreaRow = {
  code: string
  name: string
  kind: 'world' | 'continent' | 'subregion'
  parentCode: string | null
}

/** A country or territory by its ISO 3166 codes; Kosovo has the codes that Unicode gives it. */
export type CountryRow = {
  code: string
  alpha3: string
  numeric: string
  name: string
  areaCode: string
  population: number
  /** Gross domestic product in US dollars at purchasing power parity; a 64-bit integer as text. */
  gdp: string
  /** Percent of those old enough to have learnt it, as decimal text. */
  literacy: string
  firstWeekday: Weekday
  measurementSystem: 'metric' | 'us' | 'uk'
}

export type LanguageStatus = 'official' | 'deFacto' | 'regional'

/** A language as used in a country, in one script. */
export type CountryLanguageRow = {
  countryCode: string
  languageCode: string
  scriptCode: string
  /** Percent of the population, as decimal text. */
  share: string
  /** Percent of the speakers who write it, where that is not nearly all who can write. */
  writingShare: string | null
  status: LanguageStatus | null
}

export type CurrencyRow = { code: string; name: string; symbol: string; digits: number }

/** A currency as used in a country for a time; `position` counts from the newest. */
export type CountryCurrencyRow = {
  countryCode: string
  position: number
  currencyCode: string
  startedOn: string | null
  endedOn: string | null
  legalTender: boolean
}

type Country = { code: string; alpha3: string; numeric: string; areaCode: string }

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const currencyNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' })

/** Every area, after the one that contains it. */
export async function* readAreas(): AsyncGenerator<AreaRow> {
  const { contains } = await readCldr()
  const waiting: { code: string; depth: number; parentCode: string | null }[] = [
    { code: '001', depth: 0, parentCode: null },
  ]
  for (let area = waiting.shift(); area; area = waiting.shift()) {
    const { code, depth, parentCode } = area
    const kind = depth === 0 ? 'world' : depth === 1 ? 'continent' : 'subregion'
    yield { code, name: named(regionNames, code), kind, parentCode }
    const inner = (contains.get(code) ?? []).filter(child => contains.has(child))
    waiting.push(...inner.map(child => ({ code: child, depth: depth + 1, parentCode: code })))
  }
}

export async function* readCountries(): AsyncGenerator<CountryRow> {
  const cldr = await readCldr()
  for (const country of countriesOf(cldr)) {
    const { _population, _gdp, _literacyPercent } = known(cldr.territories, country.code)
    const system = cldr.measurementSystem(country.code)
    yield {
      ...country,
      name: named(regionNames, country.code),
      population: Number(_population),
      gdp: _gdp,
      literacy: _literacyPercent,
      firstWeekday: cldr.firstWeekday(country.code),
      measurementSystem: system === 'US' ? 'us' : system === 'UK' ? 'uk' : 'metric',
    }
  }
}

export async function* readCountryLanguages(): AsyncGenerator<CountryLanguageRow> {
  const cldr = await readCldr()
  const languages = new Set<string>()
  for await (const { code } of readLanguages()) languages.add(code)
  for (const { code } of countriesOf(cldr)) {
    const rows = new Map<string, CountryLanguageRow>()
    for (const [tag, use] of Object.entries(known(cldr.territories, code).languagePopulation)) {
      const row = countryLanguageRow(code, tag, use)
      if (!languages.has(row.languageCode)) continue
      // Hong Kong lists `zh` and `zh_Hant`, which are the same there: the larger share counts both.
      const key = `${row.languageCode} ${row.scriptCode}`
      const other = rows.get(key)
      if (!other || Number(other.share) < Number(row.share)) rows.set(key, row)
    }
    yield* rows.values()
  }
}

/** Every currency that some country used. */
export async function* readCurrencies(): AsyncGenerator<CurrencyRow> {
  const cldr = await readCldr()
  const used = countriesOf(cldr).flatMap(({ code }) => (cldr.currencies[code] ?? []).map(([currency]) => currency))
  for (const code of [...new Set(used)].toSorted()) {
    yield { code, name: named(currencyNames, code), symbol: symbolOf(code), digits: cldr.currencyDigits(code) }
  }
}

export async function* readCountryCurrencies(): AsyncGenerator<CountryCurrencyRow> {
  const cldr = await readCldr()
  for (const { code } of countriesOf(cldr)) {
    for (const [index, [currency, use]] of (cldr.currencies[code] ?? []).entries()) {
      yield countryCurrencyRow(code, index + 1, currency, use)
    }
  }
}

/** The territories with both ISO 3166 codes. CLDR knows seven more, such as Ascension, that have cities of their own nowhere. */
function countriesOf(cldr: Cldr): Country[] {
  const countries: Country[] = []
  for (const [areaCode, children] of cldr.contains) {
    for (const code of children) {
      const { _alpha3: alpha3, _numeric: numeric } = cldr.codes[code] ?? {}
      if (!cldr.contains.has(code) && alpha3 && numeric) countries.push({ code, alpha3, numeric, areaCode })
    }
  }
  return countries.toSorted((a, b) => (a.code < b.code ? -1 : 1))
}

const statuses = { official: 'official', de_facto_official: 'deFacto', official_regional: 'regional' } as const

function countryLanguageRow(countryCode: string, tag: string, use: LanguageUse): CountryLanguageRow {
  const locale = new Intl.Locale(`${tag.replace('_', '-')}-${countryCode}`).maximize()
  if (!locale.script) throw new Error(`no script is known for ${tag} in ${countryCode}`)
  return {
    countryCode,
    // `maximize` also modernises codes; the registry knows the one CLDR wrote.
    languageCode: tag.replace(/_.*/, ''),
    scriptCode: locale.script,
    share: use._populationPercent,
    writingShare: use._writingPercent ?? null,
    status: use._officialStatus ? statuses[use._officialStatus] : null,
  }
}

function countryCurrencyRow(
  countryCode: string,
  position: number,
  currencyCode: string,
  use: CurrencyUse,
): CountryCurrencyRow {
  const [startedOn, endedOn] = [use._from ?? null, use._to ?? null]
  return { countryCode, position, currencyCode, startedOn, endedOn, legalTender: use._tender !== 'false' }
}

function symbolOf(currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  return format.formatToParts(0).find(part => part.type === 'currency')?.value ?? currency
}

function named(names: Intl.DisplayNames, code: string): string {
  const name = names.of(code)
  if (name === undefined) throw new Error(`Unicode has no English name for ${code}`)
  return name
}

function known<Value>(values: Record<string, Value>, code: string): Value {
  const value = values[code]
  if (value === undefined) throw new Error(`CLDR has nothing about ${code}`)
  return value
}
