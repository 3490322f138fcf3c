/** Imports the atlas's data in batches, and goes on where an earlier import has stopped. */
import type { Db, SystemDb } from 'plinth'
import { tables } from '../data/read.ts'
import type { schema } from './schema.ts'

export type TableName = keyof typeof tables
type RowOf<Name extends TableName> = (typeof tables)[Name] extends { rows: () => AsyncGenerator<infer Row> }
  ? Row
  : never

export interface ImportOptions {
  /** At most so many rows of a table; all of them by default. */
  readonly most?: Partial<Record<TableName, number>>
  /** Told before a table and after every batch of it. */
  readonly onProgress?: (table: TableName, done: number, of: number) => void
}

/** Where the rows of a table go. */
interface Target<Row> {
  count(): Promise<number>
  create(rows: readonly Row[]): Promise<unknown>
}

const batchSize = 2000

/** One table after the other, in an order in which rows come after the rows that they name. */
export async function importAtlas(db: Db<typeof schema>, { most = {}, onProgress }: ImportOptions = {}): Promise<void> {
  async function table<Name extends TableName>(name: Name, target: Target<RowOf<Name>>): Promise<void> {
    const { rows, count } = tables[name]
    const of = Math.min(count, most[name] ?? count)
    // Batches are kept whole and in order, so what is there already are the first rows.
    let done = await target.count()
    onProgress?.(name, done, of)
    for await (const batch of batches(rows() as AsyncGenerator<RowOf<Name>>, done, of)) {
      await target.create(batch)
      done += batch.length
      onProgress?.(name, done, of)
    }
  }

  const system = db.asSystem('importing the atlas')
  await table('areas', system.Area)
  await table('countries', system.Country)
  await table('scripts', system.Script)
  await table('languages', system.Language)
  await table('countryLanguages', system.CountryLanguage)
  await table('currencies', system.Currency)
  await table('countryCurrencies', system.CountryCurrency)
  await table('timeZones', system.TimeZone)
  await table('countryTimeZones', { count: async () => 0, create: rows => linkTimeZones(system, rows) })
  await table('regions', system.Region)
  await table('districts', system.District)
  // So many rows are not read back whole.
  const createCities = (rows: readonly RowOf<'cities'>[]) => system.City.create(rows, { select: { id: true } })
  await table('cities', { count: () => system.City.count(), create: createCities })
  await table('capitals', { count: async () => 0, create: rows => setCapitals(system, rows) })
}

async function* batches<Row>(rows: AsyncGenerator<Row>, skip: number, most: number): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = []
  let seen = 0
  for await (const row of rows) {
    if (seen === most) break
    seen += 1
    if (seen > skip) batch.push(row)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function linkTimeZones(db: SystemDb<typeof schema>, rows: readonly RowOf<'countryTimeZones'>[]): Promise<void> {
  await db.transaction(async inside => {
    for (const [code, links] of Map.groupBy(rows, row => row.countryCode)) {
      await inside.Country.update(code, { timeZones: { connect: links.map(({ timeZoneName }) => timeZoneName) } })
    }
  })
}

/** Countries and cities name each other: a capital is set when its city is there. */
async function setCapitals(db: SystemDb<typeof schema>, rows: readonly RowOf<'capitals'>[]): Promise<void> {
  await db.transaction(async inside => {
    for (const { countryCode, cityId } of rows) {
      const isThere = (await inside.City.count({ where: { id: cityId } })) > 0
      if (isThere) await inside.Country.update(countryCode, { capitalId: cityId })
    }
  })
}
