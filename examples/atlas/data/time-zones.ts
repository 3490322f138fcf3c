// Time zones and where they are in use: the IANA time zone database.
import zones, { type Timezone } from 'countries-and-timezones'

/** A time zone by its IANA name, with its offsets from UTC in minutes. */
export type TimeZoneRow = {
  name: string
  standardOffset: number
  daylightOffset: number
  /** The zone that this name is another name of: Europe/Oslo has Europe/Berlin here. */
  canonicalName: string | null
}

export type CountryTimeZoneRow = { countryCode: string; timeZoneName: string }

/** Every name, canonical ones first. */
export async function* readTimeZones(): AsyncGenerator<TimeZoneRow> {
  const rows = allZones().map(zone => ({
    name: zone.name,
    standardOffset: zone.utcOffset,
    daylightOffset: zone.dstOffset,
    canonicalName: zone.aliasOf ?? null,
  }))
  yield* rows.filter(row => row.canonicalName === null)
  yield* rows.filter(row => row.canonicalName !== null)
}

export async function* readCountryTimeZones(): AsyncGenerator<CountryTimeZoneRow> {
  for (const zone of allZones()) {
    for (const countryCode of new Set(zone.countries)) yield { countryCode, timeZoneName: zone.name }
  }
}

function allZones(): Timezone[] {
  return Object.values(zones.getAllTimezones({ deprecated: true }))
}
