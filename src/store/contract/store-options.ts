/** What types say of the options of a store, said to JavaScript: a misspelt one would be none, and a text in the place of a number no bound. */
import { refusal } from '../../error/index.ts'
import { isObject, nearest, type OptionForm } from '../../lib/index.ts'

/** A number counts something: connections, bytes, milliseconds. */
type Form = 'text' | 'texts' | 'number'

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const forms: Readonly<Record<Form, OptionForm>> = {
  text: { fits: isText, words: 'a text' },
  texts: { fits: value => Array.isArray(value) && value.every(isText), words: 'a list of texts' },
  number: {
    fits: value => Number.isSafeInteger(value) && Number(value) >= 0,
    words: 'a whole number of at least 0',
  },
}

/** `maker`: the function that is given them. `needed`: the one that cannot be left out. */
export function requireStoreOptions<Options>(
  maker: string,
  given: Options,
  known: Readonly<Record<keyof Options, Form>>,
  needed: keyof Options & string,
): void {
  const names = Object.keys(known)
  if (!isObject(given))
    throw refusal('boot.setting-invalid', { where: maker, problem: 'its options have to be an object' })
  for (const [name, value] of Object.entries({ ...given, [needed]: Reflect.get(given, needed) })) {
    if (!Object.hasOwn(known, name))
      throw refusal('boot.setting-unknown', { where: maker, name, nearest: nearest(name, names) })
    const { fits, words } = forms[known[name as keyof Options]]
    if (!fits(value) && (value !== undefined || name === needed))
      throw refusal('boot.setting-invalid', { where: `"${name}" of ${maker}`, problem: `it has to be ${words}` })
  }
}
