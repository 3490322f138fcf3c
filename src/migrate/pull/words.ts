/** From the names of tables and columns to the names of models and fields. */
import { capitalise, singular } from '../../lib/index.ts'
import { reservedFieldNames, reservedModelNames } from '../../model/index.ts'

/** The words of a name, in lower case and in plain letters: `Größe (cm)` is grosse, cm. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z\d])([A-Z])/gu, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/gu, '$1 $2')
    .split(/[^A-Za-z\d]+/u)
    .filter(word => word !== '')
    .map(word => word.toLowerCase())
}

/** `Order Details` is OrderDetail. `place`: what a name without any letter is called by. */
export function modelName(table: string, place: number): string {
  const words = wordsOf(table)
  const last = words.at(-1) ?? ''
  const name = [...words.slice(0, -1), singular(last)].map(capitalise).join('')
  const formed = name === '' ? `Table${place}` : /^\d/u.test(name) ? `Table${name}` : name
  return reservedModelNames.has(formed) ? `${formed}Row` : formed
}

export const camelCase = (words: readonly string[]): string =>
  words.map((word, index) => (index === 0 ? word : capitalise(word))).join('')

/** `ORDER_ID` is orderId. */
export function fieldName(column: string, place: number): string {
  const name = camelCase(wordsOf(column))
  return usable(name === '' ? `column${place}` : /^\d/u.test(name) ? `column${name}` : name)
}

/** Requests and rules give some words a meaning. */
export const usable = (name: string): string => (reservedFieldNames.has(name) ? `${name}Value` : name)

/** Gives names out, each once: a second one of the same name gets a number. */
export class TakenNames {
  readonly #taken = new Set<string>()

  has(name: string): boolean {
    return this.#taken.has(name.toLowerCase())
  }

  /** The first of the names that is free, or else the last with a number. */
  take(...wanted: readonly string[]): string {
    const free = wanted.find(name => !this.has(name))
    let name = free ?? ''
    for (let number = 2; name === '' || this.has(name); number++) name = `${wanted.at(-1)}${number}`
    this.#taken.add(name.toLowerCase())
    return name
  }
}
