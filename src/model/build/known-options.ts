/** What each option of a model has to be: `softDelete: "yes"` would delete for good. */
import { filledText, isFunction, isObject, nearest, type OptionForm, truth } from '../../lib/index.ts'
import type { ModelOptions } from '../model.ts'
import type { Mistakes } from './mistakes.ts'

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const names = (value: unknown): boolean => isList(value) && value.every(name => typeof name === 'string')
const groups: OptionForm = {
  fits: value => isList(value) && value.every(group => names(group) || (isObject(group) && isGroup(group))),
  words: 'a list of lists of names, as in [["shelf", "place"]], each perhaps as { fields, ignoreCase }',
}
const isGroup = ({ fields, ignoreCase, ...others }: Readonly<Record<string, unknown>>): boolean =>
  names(fields) && names(ignoreCase) && Object.keys(others).length === 0
const conditions: OptionForm = {
  fits: value => isObject(value) && Object.values(value).every(isFunction),
  words: 'an object of functions by names, as in { isCheap: row => row.price.lt(10) }',
}

const optionForms: Readonly<Record<keyof ModelOptions, OptionForm>> = {
  key: { fits: names, words: 'a list of names, as in ["orderId", "line"]' },
  unique: groups,
  index: groups,
  check: conditions,
  timestamps: truth,
  version: truth,
  softDelete: truth,
  scopes: conditions,
  table: filledText,
  renamedFrom: filledText,
  plural: filledText,
  namespace: filledText,
  adopted: truth,
  view: truth,
  description: filledText,
  label: filledText,
  deprecated: {
    fits: value => truth.fits(value) || filledText.fits(value),
    words: 'true, or a text that says why',
  },
}
const optionNames = Object.keys(optionForms)
const isOption = (name: string): name is keyof ModelOptions => optionNames.includes(name)

/** The options that are what they have to be; what is undefined is not given. */
export function knownOptions(name: string, options: unknown, mistakes: Mistakes): ModelOptions {
  if (!isObject(options)) {
    mistakes.add('boot.field-invalid', { field: name, reason: 'its options have to be an object' }, [name])
    return {}
  }
  const given = Object.entries(options).filter(([option, value]) => {
    if (!isOption(option)) {
      const possible = optionNames.join(', ')
      const parameters = { what: `The model ${name}`, name: option, nearest: nearest(option, optionNames), possible }
      mistakes.add('boot.word-unknown', parameters, [name])
      return false
    }
    const { fits, words } = optionForms[option]
    if (value === undefined || fits(value)) return value !== undefined
    mistakes.add('boot.option-invalid', { option, model: name, reason: `it has to be ${words}` }, [name])
    return false
  })
  return Object.fromEntries(given)
}
