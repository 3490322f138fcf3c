// The Unicode CLDR's facts about territories, as read from its JSON, with its conventions undone.
import { z } from 'zod'
import { readPackageJson } from './package-file.ts'

const decimal = z.string().regex(/^\d+(\.\d+)?$/)
const digits = z.string().regex(/^\d+$/)

const languageUse = z.object({
  _populationPercent: decimal,
  _writingPercent: decimal.optional(),
  _officialStatus: z.enum(['official', 'de_facto_official', 'official_regional']).optional(),
})
const territory = z.object({
  _gdp: digits,
  _literacyPercent: decimal,
  _population: digits,
  languagePopulation: z.record(z.string(), languageUse).default({}),
})
const currencyUse = z.object({
  _from: z.iso.date().optional(),
  _to: z.iso.date().optional(),
  _tender: z.literal('false').optional(),
})
const containment = z.object({ _contains: z.array(z.string()), _grouping: z.literal('true').optional() })
const codes = z.object({ _alpha3: z.string().optional(), _numeric: z.string().optional() })
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
const fraction = z.object({ _digits: digits })

export type LanguageUse = z.output<typeof languageUse>
export type Territory = z.output<typeof territory>
export type CurrencyUse = z.output<typeof currencyUse>
export type Weekday = z.output<typeof weekday>

/** What the readers need of CLDR, keyed by territory code; `001` is the world and holds what is usual. */
export type Cldr = {
  territories: Record<string, Territory>
  codes: Record<string, z.output<typeof codes>>
  /** The territories and groups of territories directly within a group, by UN M49 code. */
  contains: Map<string, string[]>
  /** What was and is paid with, newest first. */
  currencies: Record<string, [currency: string, use: CurrencyUse][]>
  currencyDigits: (currency: string) => number
  firstWeekday: (territory: string) => Weekday
  measurementSystem: (territory: string) => 'metric' | 'US' | 'UK'
}

export async function readCldr(): Promise<Cldr> {
  const [info, mappings, groups, money, week, measures] = await Promise.all([
    read('territoryInfo', z.object({ territoryInfo: z.record(z.string(), territory) })),
    read('codeMappings', z.object({ codeMappings: z.record(z.string(), codes) })),
    read('territoryContainment', z.object({ territoryContainment: z.record(z.string(), containment) })),
    read('currencyData', z.object({ currencyData: currencyDataSchema })),
    read('weekData', z.object({ weekData: z.object({ firstDay: z.record(z.string(), weekday) }) })),
    read('measurementData', z.object({ measurementData: measurementSchema })),
  ])
  return {
    territories: info.territoryInfo,
    codes: mappings.codeMappings,
    contains: directContainment(groups.territoryContainment),
    currencies: currencyUses(money.currencyData.region),
    currencyDigits: currency =>
      Number((money.currencyData.fractions[currency] ?? usual(money.currencyData.fractions, 'DEFAULT'))._digits),
    firstWeekday: code => week.weekData.firstDay[code] ?? usual(week.weekData.firstDay, '001'),
    measurementSystem: code =>
      measures.measurementData.measurementSystem[code] ?? usual(measures.measurementData.measurementSystem, '001'),
  }
}

const currencyDataSchema = z.object({
  fractions: z.record(z.string(), fraction),
  region: z.record(z.string(), z.array(z.record(z.string(), currencyUse))),
})
const measurementSchema = z.object({ measurementSystem: z.record(z.string(), z.enum(['metric', 'US', 'UK'])) })

async function read<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  const { supplemental } = await readPackageJson(
    `cldr-core/supplemental/${file}.json`,
    z.object({ supplemental: z.unknown() }),
  )
  return schema.parse(supplemental)
}

/**
 * Without the groups that cut across the tree, such as the European Union, and without what is deprecated. QO is Unicode's
 * own code for Outlying Oceania, a subregion like the numbered ones.
 */
function directContainment(groups: Record<string, z.output<typeof containment>>): Map<string, string[]> {
  return new Map(
    Object.entries(groups)
      .filter(([code, group]) => /^(\d{3}|QO)$/.test(code) && !group._grouping)
      .map(([code, group]) => [code, group._contains]),
  )
}

function currencyUses(regions: Record<string, Record<string, CurrencyUse>[]>): Cldr['currencies'] {
  return Object.fromEntries(
    Object.entries(regions).map(([code, uses]) => [code, uses.flatMap(use => Object.entries(use))]),
  )
}

function usual<Value>(values: Record<string, Value>, key: string): Value {
  const value = values[key]
  if (value === undefined) throw new Error(`cldr-core has no usual value under ${key}`)
  return value
}
