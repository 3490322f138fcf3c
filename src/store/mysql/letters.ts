/** Texts in lower and upper case: letters of all languages, by a collation that knows them. */
import type { Variety } from './variety.ts'

/** Letters that take two bytes, and three in the other case. */
const growing = {
  lower: ['Ⱥⱥ', 'Ⱦⱦ'],
  upper: ['ȿⱾ', 'ɀⱿ', 'ɐⱯ', 'ɑⱭ', 'ɒⱰ', 'ɜꞫ', 'ɡꞬ', 'ɥꞍ', 'ɦꞪ', 'ɪꞮ', 'ɫⱢ', 'ɬꞭ', 'ɱⱮ', 'ɽⱤ', 'ʇꞱ', 'ʝꞲ', 'ʞꞰ'],
} as const

/** In the collation of letters, which the caller has to give up again. */
export function inCase(which: 'lower' | 'upper', text: string, { letters, makesRoom }: Variety): string {
  const pairs = makesRoom ? [] : growing[which]
  const grown = pairs.reduce((of, [letter, other]) => `replace(${of}, '${letter}', '${other}')`, text)
  return `${which}(${grown} collate ${letters})`
}

/** The column of which an expression is the text in lower case, as the catalogue prints it; null where it is something else. */
export function lowerCaseOf(printed: string, { letters, collation }: Variety): string | null {
  // Brackets go without saying, and so does the collation that is given up. Letters that are replaced are printed in another character set.
  const form =
    /^(?:lower|lcase)(?:replace)*[`"]((?:[^`"]|``|"")+)[`"](?:,_utf8mb4\\'[^']+')*(?: collate (\w+))? collate (\w+)$/u
  const [, column = null, own = collation, used] = form.exec(printed.replaceAll(/[()]/gu, '')) ?? []
  return own === collation && used === letters ? column : null
}
