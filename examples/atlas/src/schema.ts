/** What there is: territories, their languages, currencies and time zones, and two hundred thousand places. Keys are those of the sources. */
import { defineSchema, field, model } from 'plinth'
import { cityKinds } from '../data/places.ts'

const code = (max: number) => field.text({ min: 1, max }).key()
const name = field.text({ min: 1, max: 200 })
const percent = { precision: 7, scale: 4 }
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const Area = model({
  code: code(3),
  name,
  kind: field.enum(['world', 'continent', 'subregion']),
  parent: field.belongsTo('Area').optional(),
  areas: field.hasMany('Area', 'parent'),
  countries: field.hasMany('Country', 'area'),
})

const Country = model(
  {
    code: code(2).describe('ISO 3166-1 alpha-2'),
    alpha3: field.text({ min: 3, max: 3 }).unique().describe('ISO 3166-1 alpha-3'),
    numeric: field.text({ min: 3, max: 3 }).unique().describe('ISO 3166-1 numeric'),
    name,
    area: field.belongsTo('Area'),
    population: field.integer({ min: 0 }),
    gdp: field.bigint().describe('Gross domestic product at purchasing power parity, in international dollars'),
    literacy: field.decimal({ precision: 4, scale: 1 }).describe('Percent of the population that can read and write'),
    firstWeekday: field.enum(weekdays),
    measurementSystem: field.enum(['metric', 'us', 'uk']),
    capital: field.belongsTo('City').optional(),
    regions: field.hasMany('Region', 'country'),
    cities: field.hasMany('City', 'country'),
    languages: field.hasMany('CountryLanguage', 'country'),
    currencies: field.hasMany('CountryCurrency', 'country'),
    timeZones: field.manyToMany('TimeZone', { inverse: 'countries' }),
  },
  { index: [['name']] },
)

const Script = model({ code: code(4).describe('ISO 15924'), name, addedOn: field.date() })

const Language = model(
  {
    code: code(3).describe('ISO 639'),
    name,
    nativeName: name.optional(),
    otherNames: field.array(name),
    scope: field.enum(['individual', 'macrolanguage', 'collection']),
    macrolanguage: field.belongsTo('Language').optional(),
    varieties: field.hasMany('Language', 'macrolanguage'),
    usualScript: field.belongsTo('Script').optional(),
    addedOn: field.date(),
    deprecated: field.boolean(),
    countries: field.hasMany('CountryLanguage', 'language'),
  },
  { index: [['name']] },
)

const CountryLanguage = model(
  {
    country: field.belongsTo('Country'),
    language: field.belongsTo('Language'),
    script: field.belongsTo('Script'),
    share: field
      .decimal(percent)
      .check(share => share.lte('100'))
      .describe('Percent of the population that uses it'),
    writingShare: field.decimal(percent).optional().describe('Percent of those who use it that write it'),
    status: field.enum(['official', 'deFacto', 'regional']).optional(),
  },
  { key: ['countryCode', 'languageCode', 'scriptCode'], index: [['languageCode', '-share']] },
)

const Currency = model({
  code: code(3).describe('ISO 4217'),
  name,
  symbol: field.text({ max: 10 }),
  digits: field.integer({ min: 0, max: 4 }),
  countries: field.hasMany('CountryCurrency', 'currency'),
})

const CountryCurrency = model(
  {
    country: field.belongsTo('Country'),
    position: field.integer({ min: 1 }).describe('Counts the currencies of a country, the newest first'),
    currency: field.belongsTo('Currency'),
    startedOn: field.date().optional(),
    endedOn: field.date().optional(),
    legalTender: field.boolean(),
  },
  {
    key: ['countryCode', 'position'],
    index: [['currencyCode'], ['endedOn']],
  },
)

const TimeZone = model({
  name: field.text({ min: 1, max: 40 }).key(),
  standardOffset: field.integer().describe('Minutes east of UTC'),
  daylightOffset: field.integer().describe('Minutes east of UTC while clocks are advanced'),
  canonical: field.belongsTo('TimeZone').optional(),
  aliases: field.hasMany('TimeZone', 'canonical'),
  countries: field.manyToMany('Country', { inverse: 'timeZones' }),
  cities: field.hasMany('City', 'timeZone'),
})

const Region = model(
  {
    code: code(20),
    name,
    country: field.belongsTo('Country'),
    districts: field.hasMany('District', 'region'),
    cities: field.hasMany('City', 'region'),
  },
  { index: [['countryCode', 'name']] },
)

const District = model(
  { code: code(80), name, region: field.belongsTo('Region'), cities: field.hasMany('City', 'district') },
  { index: [['regionCode', 'name']] },
)

const City = model(
  {
    id: field.integer({ min: 1 }).key().describe('The id that GeoNames has given it'),
    name,
    asciiName: name.optional().describe('The name without marks, where it differs'),
    alternateNames: field.array(name, { max: 500 }),
    kind: field.enum(Object.values(cityKinds)),
    latitude: field.decimal({ precision: 8, scale: 5 }).check(degrees => degrees.gte('-90')),
    longitude: field.decimal({ precision: 8, scale: 5 }).check(degrees => degrees.gte('-180')),
    elevation: field.integer().optional().describe('Metres above the sea'),
    population: field.integer({ min: 1 }).optional(),
    country: field.belongsTo('Country'),
    region: field.belongsTo('Region').optional(),
    district: field.belongsTo('District').optional(),
    timeZone: field.belongsTo('TimeZone'),
    modifiedOn: field.date(),
  },
  {
    index: [
      ['name'],
      ['-population', '-id'],
      ['countryCode', '-population', '-id'],
      ['regionCode', '-population'],
      ['districtCode'],
      ['timeZoneName'],
    ],
  },
)

export const schema = defineSchema(
  {
    Area,
    Country,
    Script,
    Language,
    CountryLanguage,
    Currency,
    CountryCurrency,
    TimeZone,
    Region,
    District,
    City,
  },
  {
    computed: {
      Country: ({ row }) => ({
        cityCount: row.cities.count(),
        officialLanguageCount: row.languages.count(language => language.status.is('official')),
      }),
      Region: ({ row }) => ({
        cityCount: row.cities.count(),
        hasSeat: row.cities.some(city => city.kind.is('regionSeat')),
      }),
    },
  },
)
