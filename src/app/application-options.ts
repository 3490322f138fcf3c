/** Looks at the options of `createApp` before anything is opened: words that do not exist and values that cannot work. */
import { detail, type ErrorDetail } from '../error/index.ts'
import { isFunction, isObject, nearest } from '../lib/index.ts'
import { defaultLimits } from '../query/index.ts'
import { defaultHttpLimits } from '../surface/http/index.ts'
import { isPath, longestTime, misshapenOptions, optionNames } from './option-forms.ts'

/** The options that exist, by the object that they stand in. */
const words = {
  createApp: [...optionNames(), 'limits'],
  auth: optionNames('auth'),
  api: optionNames('api'),
  server: optionNames('server'),
  limits: [...Object.keys(defaultLimits), ...Object.keys(defaultHttpLimits)],
  extension: ['name', 'models', 'kinds', 'rules', 'hooks', 'actions', 'routes', 'on', 'checks', 'start', 'stop'],
}

/** Every mistake, each with the place where the application is made. */
export function optionMistakes(options: object, place: string): readonly ErrorDetail[] {
  const mistakes: ErrorDetail[] = []
  const known = (kind: keyof typeof words, value: unknown, where: string = kind): Readonly<Record<string, unknown>> => {
    if (value === undefined) return {}
    if (!isObject(value)) {
      invalid(where, 'it has to be an object')
      return {}
    }
    for (const name of Object.keys(value)) {
      if (words[kind].includes(name)) continue
      const about = where === 'createApp' ? `createApp (${place})` : `"${where}" in createApp (${place})`
      mistakes.push(detail('boot.setting-unknown', { where: about, name, nearest: nearest(name, words[kind]) }, where))
    }
    return value
  }
  const invalid = (where: string, problem: string): void => {
    mistakes.push(detail('boot.setting-invalid', { where: `"${where}" in createApp (${place})`, problem }, where))
  }

  const given = known('createApp', options)
  for (const { where, problem } of misshapenOptions(given)) invalid(where, problem)
  for (const part of ['auth', 'api', 'server'] as const) known(part, given[part])
  const limits = known('limits', given['limits'])
  const { defaultPage, maximumPage = defaultLimits.maximumPage } = limits
  // A maximum alone bounds the default as well.
  if (Number(defaultPage) > Number(maximumPage)) {
    invalid('limits.defaultPage', `it cannot be more than "maximumPage", which is ${String(maximumPage)}`)
  }
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue
    const most = name.endsWith('Time') ? longestTime : name === 'planCache' ? mostPlans : Number.MAX_SAFE_INTEGER
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      invalid(`limits.${name}`, 'it has to be a whole number of at least 1')
    else if (Number(value) > most) invalid(`limits.${name}`, `it can be ${most} at most`)
  }
  for (const [path, mounted] of Object.entries(asObject(given['mount']))) {
    if (!isPath(path)) invalid(`mount["${path}"]`, 'it has to be a path such as "/legacy"')
    else if (!answers(mounted)) invalid(`mount["${path}"]`, 'it needs a function as its "handler" or "plugin"')
  }
  const { extensions } = given
  for (const [index, extension] of (Array.isArray(extensions) ? extensions : []).entries()) {
    if (!isObject(extension)) continue
    const parts = known('extension', extension, `extensions[${index}]`)
    for (const name of ['start', 'stop', 'actions', 'routes']) {
      const part = parts[name]
      if (part !== undefined && !isFunction(part)) invalid(`extensions[${index}].${name}`, 'it has to be a function')
    }
  }
  return mistakes
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

/** One of the two, and that a function. */
function answers(mounted: unknown): boolean {
  const { handler, plugin } = asObject(mounted) as { readonly handler?: unknown; readonly plugin?: unknown }
  return typeof (handler ?? plugin) === 'function' && (handler === undefined || plugin === undefined)
}

/** Each plan has a place from the beginning. */
const mostPlans = 1_000_000
