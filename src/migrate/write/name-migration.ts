/** What a migration is called when nobody says: after what it does first. */
import { kebabCase, plural } from '../../lib/index.ts'
import type { MatchedModels } from './matched-models.ts'

const mostNamed = 2

/** `changed`: the first model of which anything changed. `drops`: what goes from the database by name. */
export function nameOf(
  { kept, dropped, added }: MatchedModels,
  changed: string | null,
  drops: ReadonlySet<string>,
): string {
  const visible = added.filter(({ hidden }) => !hidden)
  if (kept.length === 0 && dropped.length === 0) return 'initial'
  if (visible.length > 0) return `add-${joined(visible.map(({ name }) => plural(kebabCase(name))))}`
  const gone = dropped.filter(({ hidden }) => !hidden)
  if (gone.length > 0) {
    const goes = gone.filter(({ name, adopted }) => !adopted || drops.has(name))
    return goneName('', goes, gone, name => plural(kebabCase(name)))
  }
  for (const { after, added: fields, dropped: left, fields: same } of kept) {
    const model = kebabCase(after.name)
    if (fields.length > 0) return `add-${model}-${joined(fields.map(({ name }) => kebabCase(name)))}`
    if (left.length > 0) {
      const goes = left.filter(({ name }) => !after.adopted || drops.has(`${after.name}.${name}`))
      return goneName(`${model}-`, goes, left, kebabCase)
    }
    const renamed = same.find(field => field.before.name !== field.after.name)
    if (renamed !== undefined) return `rename-${model}-${kebabCase(renamed.before.name)}`
  }
  return changed === null ? 'change' : `change-${kebabCase(changed)}`
}

/** What goes from the database gives the name; where all of it stays there, what is left. */
function goneName(
  of: string,
  goes: readonly { readonly name: string }[],
  gone: readonly { readonly name: string }[],
  word: (name: string) => string,
): string {
  const verb = goes.length > 0 ? 'drop' : 'leave'
  return `${verb}-${of}${joined((goes.length > 0 ? goes : gone).map(({ name }) => word(name)))}`
}

const joined = (names: readonly string[]): string =>
  names.length <= mostNamed ? names.join('-and-') : `${names.slice(0, mostNamed).join('-')}-and-more`

/** A name that can be the name of a folder everywhere. */
export const isMigrationName = (name: string): boolean => /^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(name) && name.length <= 100
