/**
 * JSON whose length MariaDB can tell by its types. A value of more than 512 characters, as the server reckons, has `group_concat()` keep its rows
 * on the disk, and it takes whatever `json_quote()` makes for a long text. That costs a statement some 200 µs, which is a third of a page of 20 with
 * three links each (measured on 10.11).
 */
import { type Json, type JsonPiece, type ShortJson, type SqlValue, storageOf } from '../sql/index.ts'
import { declaredLength, longestInRow, uuidLength } from './column-type.ts'
import { quotedText, text } from './json-text.ts'
import type { Variety } from './variety.ts'

/** CONVERT_IF_BIGGER_TO_BLOB of the server. */
const longestValue = 512

/** No text of a number, a moment, a key or a word of an enum is longer; of one that were, only the list would take its time. */
const scalarLength = 70

/** What its type says to be short. The server keeps no more of it than it reckons, so that has to be enough. */
export const asShort = (sql: string): JsonPiece => ({
  sql,
  short: { parts: [{ sql, most: scalarLength }], cut: [] },
})

/** A quoted text. A table that was there before may have longer ones than its field says: those are not whole. */
export function shortText({ sql, type }: SqlValue, variety: Variety): { readonly short?: ShortJson } {
  const characters = storageOf(type) === 'uuid' ? uuidLength : declaredLength(type)
  if (characters === null || characters > longestInRow) return {}
  const quoted = quotedText(sql, variety)
  // `\u0000` for each of them, and quotes.
  const longest = 6 * characters + 2
  const parts = []
  for (let start = 0; start < longest; start += longestValue) {
    const most = Math.min(longest - start, longestValue)
    const part = start === 0 ? `left(${quoted},${most}),'null'` : `substr(${quoted},${start + 1},${most}),''`
    parts.push({ sql: `ifnull(${part})`, most })
  }
  return { short: { parts, cut: [`char_length(${sql}) > ${characters}`] } }
}

/** The JSON where the condition is true, else `null`; as one value, so that the condition is looked at once. */
export function shortWhen(condition: string, json: Json): { readonly short?: ShortJson } {
  const parts = partsOf(json)
  const groups = parts === null ? [] : grouped(parts.pieces)
  const [only] = groups
  if (parts === null || only === undefined || groups.length > 1) return {}
  const most = Math.max(only.most, 'null'.length)
  return { short: { parts: [{ sql: `if(${condition},${only.sql},'null')`, most }], cut: parts.cut } }
}

/** A row as the arguments of `group_concat()`, and the conditions under which they are all of it; null when some of it is long. */
export function shortOf(json: Json): { readonly row: string; readonly isWhole: readonly string[] } | null {
  const parts = partsOf(json)
  if (parts === null) return null
  const { pieces, cut } = parts
  return {
    row: grouped(pieces)
      .map(({ sql }) => sql)
      .join(','),
    isWhole: cut.length === 0 ? [] : [`ifnull(max(${cut.join(' or ')}),0) = 0`],
  }
}

interface Part {
  readonly json: JsonPiece
  readonly most: number
}

function partsOf(json: Json): { readonly pieces: readonly Part[]; readonly cut: readonly string[] } | null {
  const pieces: Part[] = []
  const cut: string[] = []
  for (const piece of json) {
    if ('text' in piece) pieces.push({ json: piece, most: piece.text.length })
    else if (piece.short === undefined) return null
    else {
      pieces.push(...piece.short.parts.map(({ sql, most }) => ({ json: { sql }, most })))
      cut.push(...piece.short.cut)
    }
  }
  return { pieces, cut }
}

/** As few values as hold them: each is copied in its full length for each row. */
function grouped(pieces: readonly Part[]): readonly { readonly sql: string; readonly most: number }[] {
  const groups: { json: JsonPiece[]; most: number }[] = []
  for (const { json, most } of pieces) {
    const last = groups.at(-1)
    if (last !== undefined && last.most + most <= longestValue) {
      last.json.push(json)
      last.most += most
    } else groups.push({ json: [json], most })
  }
  return groups.map(({ json, most }) => ({ sql: text(json), most }))
}
