// The atlas's data: every table in an order in which its rows can be inserted, read from npm packages as plain rows.
import * as countries from './countries.ts'
import * as languages from './languages.ts'
import * as places from './places.ts'
import * as timeZones from './time-zones.ts'

export type * from './countries.ts'
export type * from './languages.ts'
export type * from './places.ts'
export type * from './time-zones.ts'

/** A table to import: its rows as a stream, and how many there are, for progress. */
export type Table<Row> = { readonly rows: () => AsyncGenerator<Row>; readonly count: number }

/**
 * Every table of the atlas. Rows name each other by natural keys, and a row comes after the rows that it names; only a
 * country's capital comes after both, as a table of its own.
 *
 * @example
 * for await (const country of tables.countries.rows()) console.log(country.name)
 */
export const tables = {
  areas: { rows: countries.readAreas, count: 29 },
  countries: { rows: countries.readCountries, count: 250 },
  scripts: { rows: languages.readScripts, count: 224 },
  languages: { rows: languages.readLanguages, count: 8263 },
  countryLanguages: { rows: countries.readCountryLanguages, count: 1573 },
  currencies: { rows: countries.readCurrencies, count: 289 },
  countryCurrencies: { rows: countries.readCountryCurrencies, count: 468 },
  timeZones: { rows: timeZones.readTimeZones, count: 598 },
  countryTimeZones: { rows: timeZones.readCountryTimeZones, count: 672 },
  regions: { rows: places.readRegions, count: 3879 },
  districts: { rows: places.readDistricts, count: 45_459 },
  cities: { rows: places.readCities, count: 199_568 },
  capitals: { rows: places.readCapitals, count: 241 },
} as const satisfies Record<string, Table<object>>
