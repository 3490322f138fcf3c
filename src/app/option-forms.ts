/** What each option of `createApp` has to be: types say it to TypeScript, this to JavaScript. */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { isFunction, isObject } from '../lib/index.ts'
import { Hooks, Rules, Schema } from '../model/index.ts'
import { Action } from '../operation/index.ts'
import { isOrigin } from '../surface/http/index.ts'
import { RouteGroup } from '../surface/routes/index.ts'

/** Timers of Node hold no more than 24.8 days, and those that are longer end at once. */
export const longestTime = 24 * 86_400_000

interface Form {
  readonly option: string
  readonly fits: (value: unknown) => boolean
  readonly problem: string
  /** Asked of each entry of a list or an object, not of the option as a whole. */
  readonly each?: 'entry' | 'value'
}

const isText = (value: unknown): boolean => typeof value === 'string'

export const isPath = (value: unknown): boolean => typeof value === 'string' && /^(?:\/[\w~.-]+)+$/.test(value)

const isWhole = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most

/** Milliseconds from none to so many. */
const isDuration = (value: unknown, most: number): boolean =>
  Number.isFinite(value) && Number(value) >= 0 && Number(value) <= most

/** Semantics 10: what is known of a caller is at most this old, in milliseconds. */
const longestMemory = 30_000

const hasAll = (value: unknown, names: readonly string[]): boolean =>
  isObject(value) && names.every(name => isFunction(value[name]))

/** One that is not would end the connection of every request. */
function isHeader([name, value]: readonly [string, unknown]): boolean {
  if (typeof value !== 'string') return false
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}

const forms: readonly Form[] = [
  { option: 'name', fits: isText, problem: 'it has to be a text' },
  { option: 'description', fits: isText, problem: 'it has to be a text' },
  { option: 'version', fits: isText, problem: 'it has to be a text' },
  { option: 'schema', fits: value => value instanceof Schema, problem: 'it has to be made by defineSchema({ … })' },
  {
    option: 'rules',
    fits: value => value instanceof Rules,
    problem: 'it has to be made by defineRules(schema, { … })',
  },
  {
    option: 'hooks',
    fits: value => value instanceof Hooks,
    problem: 'it has to be made by defineHooks(schema, { … })',
  },
  { option: 'actions', fits: isObject, problem: 'it has to be an object of actions by their names' },
  {
    option: 'actions',
    each: 'value',
    fits: value => value instanceof Action,
    problem: 'it is no action; make one with action(schema, { … })',
  },
  { option: 'routes', fits: Array.isArray, problem: 'it has to be a list: [group({ prefix: "/v1" }, [ … ])]' },
  {
    option: 'routes',
    each: 'entry',
    fits: value => value instanceof RouteGroup,
    problem: 'it is no group of routes; make one with group({ prefix: "/v1" }, [ … ])',
  },
  { option: 'on', fits: isObject, problem: 'it has to be an object of functions by the names of events' },
  {
    option: 'on',
    each: 'value',
    fits: value => [value].flat().every(isFunction),
    problem: 'it has to be a function that is given the event, or a list of them',
  },
  { option: 'seed', fits: isFunction, problem: 'it has to be a function that is given the db' },
  {
    option: 'store',
    fits: value => hasAll(value, ['close']),
    problem: 'it has to be a store, such as sqliteStore({ … }); an address belongs into DATABASE_URL',
  },
  {
    option: 'auth.key',
    fits: value => hasAll(value, ['sign', 'verify']),
    problem: 'it has to be made by hmacKey(secret) or ed25519Key({ … })',
  },
  { option: 'auth.issuer', fits: isText, problem: 'it has to be a text' },
  { option: 'auth.audience', fits: isText, problem: 'it has to be a text' },
  {
    option: 'auth.scheme',
    fits: value => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
    problem: 'it has to be one word, such as "Bearer"',
  },
  {
    option: 'auth.lifetime',
    fits: value => isWhole(value, 1),
    problem: 'it has to be a whole number of seconds, at least 1',
  },
  {
    option: 'auth.remember',
    fits: value => isDuration(value, longestMemory),
    problem: `it has to be from 0 to ${longestMemory} milliseconds`,
  },
  { option: 'api.prefix', fits: isPath, problem: 'it has to be a path such as "/api" or "/api/v1"' },
  {
    option: 'api.relationDepth',
    fits: value => isWhole(value, 0),
    problem: 'it has to be a whole number of at least 0',
  },
  { option: 'api.reference', fits: value => typeof value === 'boolean', problem: 'it has to be true or false' },
  {
    option: 'server.port',
    fits: value => isWhole(value, 0, 65_535),
    problem: 'it has to be a whole number from 0 to 65535',
  },
  {
    option: 'server.host',
    fits: value => typeof value === 'string' && value.trim() !== '',
    problem: 'it has to be the name or address of this machine, such as "127.0.0.1"',
  },
  ...['server.shutdownDelay', 'server.shutdownGrace'].map(option => ({
    option,
    fits: (value: unknown) => isDuration(value, longestTime),
    problem: `it has to be from 0 to ${longestTime} milliseconds`,
  })),
  {
    option: 'server.headers',
    fits: value => isObject(value) && Object.entries(value).every(isHeader),
    problem: 'it has to be an object of texts by the names of headers, both as HTTP allows them',
  },
  {
    option: 'server.origins',
    fits: value =>
      value === '*' || (Array.isArray(value) && value.every(each => typeof each === 'string' && isOrigin(each))),
    problem:
      'it has to be a list of origins as browsers send them, such as "https://app.example.com" (no path, no slash at the end), or "*"',
  },
  { option: 'extensions', fits: Array.isArray, problem: 'it has to be a list of extensions' },
  {
    option: 'extensions',
    each: 'entry',
    fits: value => isObject(value) && isText(value['name']),
    problem: 'it has to be an object with a "name"',
  },
  { option: 'plugins', fits: Array.isArray, problem: 'it has to be a list of Fastify plugins' },
  { option: 'plugins', each: 'entry', fits: isFunction, problem: 'it has to be a Fastify plugin, which is a function' },
  { option: 'mount', fits: isObject, problem: 'it has to be an object of handlers by their paths' },
  { option: 'checks', fits: Array.isArray, problem: 'it has to be a list of checks' },
  {
    option: 'checks',
    each: 'entry',
    fits: value => hasAll(value, ['run']),
    problem: 'it has to be an object with a function "run"',
  },
]

/** The options of `createApp` that have a form, or those inside of one of them. */
export const optionNames = (of?: string): readonly string[] =>
  forms.flatMap(({ option }) => {
    const [first = '', second] = option.split('.')
    return of === undefined ? [first] : of === first && second !== undefined ? [second] : []
  })

/** The options that are not what they have to be, with what they have to be. What is undefined is not given. */
export function misshapenOptions(
  options: Readonly<Record<string, unknown>>,
): readonly { readonly where: string; readonly problem: string }[] {
  return forms.flatMap(({ option, each, fits, problem }) => {
    const value = valueAt(options, option)
    if (value === undefined && option !== 'schema') return []
    if (each === undefined) return fits(value) ? [] : [{ where: option, problem }]
    if (each === 'entry' ? !Array.isArray(value) : !isObject(value)) return []
    return Object.entries(value as object).flatMap(([name, entry]) =>
      fits(entry) ? [] : [{ where: each === 'entry' ? `${option}[${name}]` : `${option}.${name}`, problem }],
    )
  })
}

function valueAt(options: Readonly<Record<string, unknown>>, path: string): unknown {
  const [first = '', second] = path.split('.')
  const value = options[first]
  return second === undefined ? value : isObject(value) ? value[second] : undefined
}
