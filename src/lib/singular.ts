/** The singular of an English noun, well enough for names of models; what it gets wrong is renamed by hand. */
import { irregularPlurals, unchangedNouns } from './plural.ts'

const irregular = new Map(Object.entries(irregularPlurals).map(([singular, plural]) => [plural, singular]))

/** Singulars that end in ie. */
const inIe = /(?:^[dlpt]|brown|calor|cook|gen|mov|prair|self|zomb)ies$/

/** Takes a single word in lower case: `categories` is `category`. A word that is no plural stays. */
export function singular(word: string): string {
  if (unchangedNouns.has(word)) return word
  const known = irregular.get(word)
  if (known !== undefined) return known
  if (inIe.test(word)) return word.slice(0, -1)
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  if (/(?:statuses|buses|bonuses|aliases|viruses|campuses|gases|lenses)$/.test(word)) return word.slice(0, -2)
  if (/(?:ss|us|is|as|os)$/.test(word) || !word.endsWith('s') || word.length < 3) return word
  return word.slice(0, -1)
}
