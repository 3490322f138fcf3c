/** Dates, times of day and moments as text (RFC 3339), years 1 to 9999. */

const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/
const timeForm = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/
const datetimeForm =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/

/** What is canonical already, on a day that every month has: most moments that come in are ones that went out. */
const canonicalForm =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

const earliest = Date.parse('0001-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** `2028-02-29`, or undefined for a day that does not exist. */
export function canonicalDate(text: string): string | undefined {
  const match = dateForm.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return text
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Cuts (not rounds) to milliseconds: a rounded `59.9996` would be another second. */
const milliseconds = (fraction: string | undefined): string => (fraction ?? '').slice(0, 3).padEnd(3, '0')

/** `09:30` is `09:30:00.000`; 24:00 and leap seconds are refused. */
export function canonicalTime(text: string): string | undefined {
  const match = timeForm.exec(text)
  if (match === null) return undefined
  return `${match[1]}:${match[2]}:${match[3] ?? '00'}.${milliseconds(match[4])}`
}

/** Any offset in, UTC with milliseconds out; undefined for a moment that does not exist or lies outside years 1 to 9999. */
export function canonicalDatetime(text: string): string | undefined {
  if (canonicalForm.test(text)) return text
  const match = datetimeForm.exec(text)
  if (match === null) return undefined
  const [, date = '', hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match
  if (canonicalDate(date) === undefined) return undefined
  const local = Date.parse(`${date}T${hour}:${minute}:${second}.${milliseconds(fraction)}Z`)
  const offset = sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
  return datetimeOf(sign === '-' ? local + offset : local - offset)
}

/** Milliseconds since 1970 as text; undefined outside years 1 to 9999. */
export function datetimeOf(moment: number): string | undefined {
  if (!(moment >= earliest && moment <= latest)) return undefined
  return new Date(moment).toISOString()
}

let second = Number.NaN
let secondText = ''

/**
 * The same for the present, whose moments come one after the other: what those of one second have in common is made once (0.1 instead of 0.5 µs).
 */
export function momentText(moment: number): string {
  const whole = Math.floor(moment)
  if (!(whole >= second && whole < second + 1000)) {
    second = Math.floor(whole / 1000) * 1000
    secondText = new Date(second).toISOString().slice(0, -4)
  }
  return `${secondText}${String(whole - second).padStart(3, '0')}Z`
}
