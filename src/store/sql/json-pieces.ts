/** JSON text in pieces: what all databases that put it together share. */
import { enumValues } from '../../model/index.ts'
import type { Json, JsonPiece, SqlValue } from './dialect.ts'

export const quoteMark: JsonPiece = Object.freeze({ text: '"' })

/** An object; its names are written once into the statement. */
export function jsonObject(members: readonly { readonly name: string; readonly json: Json }[]): Json {
  const pieces: JsonPiece[] = [{ text: '{' }]
  for (const [index, { name, json }] of members.entries()) {
    pieces.push({ text: `${index === 0 ? '' : ','}${JSON.stringify(name)}:` }, ...json)
  }
  return [...pieces, { text: '}' }]
}

/** The pieces as SQL, neighbouring fixed texts as one literal. */
export function joinPieces(json: Json, literal: (text: string) => string): string[] {
  const parts: string[] = []
  let fixed = ''
  for (const piece of json) {
    if ('text' in piece) {
      fixed += piece.text
      continue
    }
    if (fixed !== '') parts.push(literal(fixed))
    fixed = ''
    parts.push(piece.sql)
  }
  if (fixed !== '') parts.push(literal(fixed))
  return parts
}

/** One `concat()` of many texts, in steps where the database takes only so many arguments. */
export function concatCall(parts: readonly string[], most: number): string {
  if (parts.length <= most) return `concat(${parts.join(',')})`
  const groups: string[] = []
  for (let start = 0; start < parts.length; start += most)
    groups.push(concatCall(parts.slice(start, start + most), most))
  return concatCall(groups, most)
}

/** Whether a value is one of words of the declaration, which the table checks and JSON need not escape. */
export function isPlainEnum({ type, checked }: SqlValue): boolean {
  const words = enumValues(type)
  return checked && type.kind === 'enum' && words.length > 0 && words.every(word => /^[\w .:/-]*$/.test(word))
}
