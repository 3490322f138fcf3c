/** What a test says has to mean something: a check that is misspelt would find nothing wrong, for ever. */
import { perhaps } from '../lib/index.ts'

/** The words of an interface, each once: the compiler sees to it that none is missing. */
export type Words<Of> = Readonly<Record<keyof Of, true>>

export function requireWords<Of>(what: string, given: object, words: Words<Of>): void {
  const known = Object.keys(words)
  for (const name of Object.keys(given))
    if (!known.includes(name)) throw new TypeError(`${what} has no "${name}"${perhaps(name, known)}`)
}
