/**
 * What a column of SQLite holds. The declared type is a hint only (sqlite.org/datatype3.html), and for moments there is none: a look at
 * the first values decides.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { FieldType } from '../../model/index.ts'
import { identifier, textType, typeOfKind } from '../sql/index.ts'
import { momentForms, numberForm, timeForm } from './native-form.ts'

export interface ColumnType {
  readonly type: FieldType
  readonly form: string | null
  /** What is odd about the values. */
  readonly note: string | null
}

/** As many values are looked at. */
const sampled = 1000

/** What the values of a column are like. */
export interface Sample {
  /** As `typeof` calls them. */
  readonly types: ReadonlySet<string>
  readonly texts: readonly string[]
  readonly longest: number
  /** The greatest whole number, without its sign. */
  readonly greatest: bigint
}

export function sampleOf(database: DatabaseSync, table: string, column: string): Sample {
  const name = identifier(column)
  const values = `(select ${name} as v from ${identifier(table)} where ${name} is not null limit ${sampled})`
  const statement = database.prepare(
    `select typeof(v) as t, iif(typeof(v) = 'text', substr(v, 1, 40), null) as x, iif(typeof(v) = 'text', length(v), 0) as n, iif(typeof(v) = 'integer', v, 0) as i from ${values}`,
  )
  statement.setReadBigInts(true)
  const rows = statement.all() as { t: string; x: string | null; n: bigint; i: bigint }[]
  return {
    types: new Set(rows.map(({ t }) => t)),
    texts: rows.flatMap(({ x }) => (x === null ? [] : [x])),
    longest: rows.reduce((most, { n }) => Math.max(most, Number(n)), 0),
    greatest: rows.reduce((most, { i }) => (i < 0n ? (-i > most ? -i : most) : i > most ? i : most), 0n),
  }
}

export function columnTypeOf(declared: string, sample: Sample): ColumnType {
  const [, name = '', first, second] =
    /^([^(]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?/u.exec(declared.toUpperCase()) ?? []
  const found = byName(name.trim(), first === undefined ? null : Number(first), Number(second ?? 0), sample)
  return found ?? bySample(declared, sample)
}

const plain = (type: FieldType, form: string | null = null): ColumnType => ({ type, form, note: null })

/** The kind that the declared type stands for; null when the values are something else. */
function byName(name: string, size: number | null, scale: number, sample: Sample): ColumnType | null {
  const only = (...types: string[]): boolean => [...sample.types].every(type => types.includes(type))
  if (/BOOL/u.test(name)) return only('integer') && sample.greatest <= 1n ? plain(typeOfKind('boolean')) : null
  if (/DATETIME|TIMESTAMP/u.test(name)) return moment(sample)
  if (name === 'DATE') {
    if (only('text') && sample.texts.every(text => day.test(text))) return plain(typeOfKind('date'))
    return moment(sample)
  }
  if (name === 'TIME') {
    if (!only('text') || !sample.texts.every(text => time.test(text))) return null
    return plain(typeOfKind('time'), sample.texts.some(text => text.includes('.')) ? null : timeForm)
  }
  if (/DECIMAL|NUMERIC|MONEY/u.test(name)) return number(size, scale, only)
  if (/JSON/u.test(name)) return only('text') ? plain(typeOfKind('json')) : null
  if (/INT/u.test(name)) return only('integer') ? whole(name.includes('BIG'), sample) : null
  if (/REAL|FLOA|DOUB/u.test(name)) return only('real', 'integer') ? plain(typeOfKind('float')) : null
  if (/CHAR|CLOB|TEXT/u.test(name)) {
    if (!only('text', 'integer', 'real')) return null
    // SQLite holds nobody to the length.
    return plain(textType(size === null || sample.longest > size ? null : size))
  }
  if (/BLOB|BINARY/u.test(name)) return only('blob') ? plain(typeOfKind('bytes', { max: longestBytes })) : null
  return null
}

const longestBytes = 10_000_000

const day = /^\d{4}-\d\d-\d\d$/u
const time = /^\d\d:\d\d:\d\d(?:\.\d{3})?$/u

const whole = (big: boolean, { greatest }: Sample): ColumnType =>
  plain(typeOfKind(big || greatest > BigInt(Number.MAX_SAFE_INTEGER) ? 'bigint' : 'integer'))

function number(size: number | null, scale: number, only: (...types: string[]) => boolean): ColumnType | null {
  if (!only('integer', 'real')) return null
  // Scaled whole numbers of SQLite have eighteen digits.
  if (size === null || size > 18 || scale > size) return plain(typeOfKind('float'))
  return plain(typeOfKind('decimal', { precision: size, scale }), numberForm)
}

const patterns: readonly (readonly [string, RegExp])[] = [
  ['YYYY-MM-DD HH:MM:SS', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/u],
  ['YYYY-MM-DD HH:MM:SS.SSS', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/u],
  ['YYYY-MM-DDTHH:MM:SS', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/u],
  ['YYYY-MM-DDTHH:MM:SSZ', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u],
  ['YYYY-MM-DDTHH:MM:SS.SSS', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/u],
]
const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u

/** Whole numbers from here on count milliseconds: as seconds it is the year 5138. */
const milliseconds = 100_000_000_000n

function moment({ types, texts, greatest }: Sample): ColumnType | null {
  const type = typeOfKind('datetime')
  const [first = ''] = momentForms.keys()
  if (types.size === 0) return plain(type, first)
  if (types.size > 1) return null
  if (types.has('integer')) return plain(type, greatest >= milliseconds ? 'unix milliseconds' : 'unix seconds')
  if (!types.has('text')) return null
  if (texts.every(text => canonical.test(text))) return plain(type)
  const form = patterns.find(([, pattern]) => texts.every(text => pattern.test(text)))
  return form === undefined ? null : plain(type, form[0])
}

/** What is there decides. */
function bySample(declared: string, sample: Sample): ColumnType {
  const { types } = sample
  const odd = (type: FieldType): ColumnType => {
    const held = [...types].toSorted().join(' and ')
    const note = declared === '' ? null : `it is declared as ${declared} and holds ${held}`
    return { type, form: null, note: types.size === 0 ? null : note }
  }
  if (types.size === 0)
    return /BLOB/iu.test(declared) ? odd(typeOfKind('bytes', { max: longestBytes })) : odd(textType(null))
  if (types.size === 1 && types.has('integer')) return odd(whole(false, sample).type)
  if (!types.has('text') && !types.has('blob')) return odd(typeOfKind('float'))
  if (types.size === 1 && types.has('blob')) return odd(typeOfKind('bytes', { max: longestBytes }))
  return odd(textType(null))
}
