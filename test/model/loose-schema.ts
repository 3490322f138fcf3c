/** Schemas that the compiler would refuse, as plain JavaScript could declare them: what is wrong with them is told at boot. */
import { PlinthError } from '../../src/error/index.ts'
import { defineSchema } from '../../src/model/index.ts'

/** Without the compiler's checks. */
export const defineLoosely = defineSchema as unknown as (models: object, options?: object) => unknown

/** `code pointer message` of each mistake. */
export function mistakesOf(models: object, options?: object): string[] {
  try {
    defineLoosely(models, options)
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error
    return error.errors.map(({ code, pointer, message }) => `${code} ${pointer} ${message}`)
  }
  return []
}
