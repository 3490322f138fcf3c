/** Texts of query strings as they were meant. */
import { refusal } from '../../error/index.ts'

/** Decodes `%41` and `+`, which stands for a space as in forms (WHATWG URL, application/x-www-form-urlencoded). `name`: of its parameter. */
export function queryText(text: string, name: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformed(name, 'its percent-encoding is broken')
  }
}

/** A parameter that cannot be read. */
export function malformed(name: string, reason: string): Error {
  const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name
  return refusal('request.malformed-parameter', { name: shown, reason }, { pointer: `?${shown}` })
}
