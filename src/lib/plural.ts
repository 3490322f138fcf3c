/** The plural of an English noun, well enough for names of collections; what it gets wrong is overridden by hand. */

export const irregularPlurals: Readonly<Record<string, string>> = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  foot: 'feet',
  tooth: 'teeth',
  goose: 'geese',
  mouse: 'mice',
  ox: 'oxen',
  datum: 'data',
  medium: 'media',
  criterion: 'criteria',
  phenomenon: 'phenomena',
  analysis: 'analyses',
  basis: 'bases',
  crisis: 'crises',
  thesis: 'theses',
  index: 'indexes',
  matrix: 'matrices',
  vertex: 'vertices',
  leaf: 'leaves',
  life: 'lives',
  knife: 'knives',
  wife: 'wives',
  half: 'halves',
  shelf: 'shelves',
  self: 'selves',
  loaf: 'loaves',
  wolf: 'wolves',
  thief: 'thieves',
  hero: 'heroes',
  echo: 'echoes',
  potato: 'potatoes',
  tomato: 'tomatoes',
  veto: 'vetoes',
  quiz: 'quizzes',
}

export const unchangedNouns: ReadonlySet<string> = new Set([
  'news',
  'series',
  'species',
  'sheep',
  'fish',
  'deer',
  'aircraft',
  'equipment',
  'information',
  'software',
  'hardware',
  'metadata',
  'media',
  'data',
  'money',
  'staff',
])

/** Takes the last word of a kebab-case or single-word lower-case name: `article-category` is `article-categories`. */
export function plural(name: string): string {
  const start = name.lastIndexOf('-') + 1
  return name.slice(0, start) + pluralWord(name.slice(start))
}

function pluralWord(word: string): string {
  if (unchangedNouns.has(word)) return word
  const known = irregularPlurals[word]
  if (known !== undefined) return known
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`
  return `${word}s`
}
