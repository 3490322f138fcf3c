/**
 * What types refuse and JavaScript takes: arguments that a builder's method does not have, or that are not what they have to be. The field tells
 * them when its schema is built; they would mean nothing, or as in `private(false)` the opposite.
 */
import { filledText, isObject, perhaps, truth } from '../../lib/index.ts'

/** What is wrong with the arguments of the method with this name, in words; null: nothing. */
type Ask = (given: readonly unknown[], name: string) => string | null

interface Built {
  readonly declaration: { readonly problems: readonly string[] }
  // Each builder is made of its declaration.
  readonly constructor: new (declaration: never) => object
}

export const nothing: Ask = (given, name) => (given.length === 0 ? null : `${name}() takes nothing`)

export const oneText: Ask = ([text, ...others], name) =>
  filledText.fits(text) && others.length === 0 ? null : `${name}() takes a text`

const perhapsText: Ask = ([text, ...others], name) =>
  (text === undefined || filledText.fits(text)) && others.length === 0 ? null : `${name}() takes a text, or nothing`

/** The column, and its own types. */
export const column: Ask = ([text, types, ...others], name) =>
  filledText.fits(text) && (types === undefined || isObject(types)) && others.length === 0
    ? null
    : `${name}() takes the name of the column, and an object with its type in each database`

export const letterCase: Ask = ([options, ...others], name) => {
  if (options === undefined && others.length === 0) return null
  const word = isObject(options) ? Object.keys(options).find(each => each !== 'ignoreCase') : undefined
  if (word !== undefined) return `${name}() has no option "${word}"${perhaps(word, ['ignoreCase'])}`
  const { ignoreCase } = isObject(options) ? options : { ignoreCase: null }
  const fits = (ignoreCase === undefined || truth.fits(ignoreCase)) && others.length === 0
  return fits ? null : `${name}() takes nothing, or { ignoreCase: true }`
}

/** What the methods of scalars and of relations have in common. */
export const wordMethods = { describe: oneText, label: oneText, deprecated: perhapsText } as const

const withProblem = ({ declaration, constructor }: Built, problem: string): object =>
  Reflect.construct(constructor, [{ ...declaration, problems: [...declaration.problems, problem] }]) as object

/** Has the methods of `owner` tell what is wrong with their arguments. */
export function tellArguments<Owner extends object>(owner: Owner, asks: Readonly<Record<string, Ask>>): Owner {
  for (const [name, ask] of Object.entries(asks)) {
    const method: unknown = Reflect.get(owner, name)
    if (typeof method !== 'function') throw new TypeError(`There is no ${name}()`)
    const telling = function (this: unknown, ...given: unknown[]): unknown {
      const problem = ask(given, name)
      // What takes nothing does its work whatever it was given. Others do not: 5 could not be the name of a column.
      const built: unknown = problem === null || ask === nothing ? Reflect.apply(method, this, given) : this
      return problem === null ? built : withProblem(built as Built, problem)
    }
    Reflect.defineProperty(owner, name, {
      value: telling,
      writable: true,
      configurable: true,
      enumerable: Object.hasOwn(owner, name),
    })
  }
  return owner
}
