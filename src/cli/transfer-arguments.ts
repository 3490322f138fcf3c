/** What `plinth import`, `export` and `seed` have in common: options, what stops them, and figures for people. */
import { refusal } from '../error/index.ts'

export const transferArguments = {
  format: { type: 'string', valueHint: 'csv|jsonl', description: 'What the file holds; its ending says so' },
  delimiter: { type: 'string', valueHint: 'character', description: 'Between the cells of CSV; a comma, or "tab"' },
} as const

/** The exit code of what was stopped by SIGINT, as shells have it. */
export const stopped = 130

/** Aborted by the first SIGINT or SIGTERM; the second one ends the process as it would have without us. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return controller.signal
}

/** `a, b` as a list; `\\,` is a comma in a name. */
export const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text.split(/(?<!\\),/u).map(each => each.trim().replaceAll('\\,', ','))

export function countOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw refusal('transfer.option-invalid', { option, reason: 'it is a whole number of at least 1' })
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `30s`, `10m` or `2h`. */
export function durationOf(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? []
  const milliseconds = Number(count) * (units[unit] ?? 0)
  if (milliseconds > 0 && milliseconds <= longest) return milliseconds
  throw refusal('transfer.option-invalid', { option, reason: 'it is a time up to 24h, such as 30s, 10m or 2h' })
}

const longest = 86_400_000

const format = new Intl.NumberFormat('en')

export const number = (value: number): string => format.format(value)
export const rows = (count: number): string => `${number(count)} ${count === 1 ? 'row' : 'rows'}`
export const lines = (count: number): string => `${number(count)} ${count === 1 ? 'line' : 'lines'}`
