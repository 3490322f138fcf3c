/** The atlas: everything is generated, and everybody may read. */
import { createApp, defineRules, everyone } from 'plinth'
import { schema } from './schema.ts'

const readable = () => ({ read: everyone })

export const rules = defineRules(schema, {
  Area: readable,
  Country: readable,
  Script: readable,
  Language: readable,
  CountryLanguage: readable,
  Currency: readable,
  CountryCurrency: readable,
  TimeZone: readable,
  Region: readable,
  District: readable,
  City: readable,
})

/** The licences of the data ask for these two lines wherever it is shown. */
export const attribution = [
  'Places: © GeoNames (https://www.geonames.org/), used under CC BY 4.0 and CC BY 3.0, with changes.',
  'Territories, languages in use and currencies: © Unicode, Inc., under the Unicode License v3.',
] as const

export default createApp({
  name: 'Atlas',
  description: `The world's cities, countries, languages, currencies and time zones.\n\n${attribution.join('\n\n')}`,
  schema,
  rules,
})
