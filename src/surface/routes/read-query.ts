/** The query of a declared route: each parameter once, none that the route does not have. */
import { refusal } from '../../error/index.ts'
import { meant } from '../../lib/index.ts'
import { queryText } from '../contract/index.ts'

const noValues: ReadonlyMap<string, string> = new Map()

/** Names and values, percent-decoded, `+` read as a space as forms write it. */
export function readQuery(search: string, allowed: readonly string[]): ReadonlyMap<string, string> {
  if (search === '') return noValues
  const values = new Map<string, string>()
  for (const pair of search.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = queryText(equals === -1 ? pair : pair.slice(0, equals), 'the query')
    const shown = name.slice(0, 80)
    if (!allowed.includes(name)) {
      const parameters = { name: shown, nearest: meant(name, allowed) }
      throw refusal('request.unknown-parameter', parameters, { pointer: `?${shown}` })
    }
    if (values.has(name))
      throw refusal('request.repeated-parameter', { name: shown, nearest: '' }, { pointer: `?${shown}` })
    values.set(name, queryText(equals === -1 ? '' : pair.slice(equals + 1), name))
  }
  return values
}
