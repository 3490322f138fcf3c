/**
 * What only a person can know: whether something that is gone and something like it that is new are the same, and what rows that are there get
 * where a value is required from now on.
 */
import { type FieldNode, hasOwnUnique, type ModelNode } from '../../model/index.ts'
import { typeChange } from '../../store/sql/index.ts'
import type { MatchedModel, MatchedModels } from './matched-models.ts'

/** For each thing that is gone the sentences that name every way on. `allowed`: what has been said to be dropped, `Article.title` or `Article`. */
export function renameChoices(matched: MatchedModels, allowed: ReadonlySet<string>): readonly string[] {
  return [
    ...matched.dropped
      .filter(({ name, hidden }) => !hidden && !allowed.has(name))
      .map(model => modelChoices(model, matched.added)),
    ...matched.kept.flatMap(model => fieldChoices(model, allowed)),
  ]
    .filter(ways => ways.length > 0)
    .map(ways => ways.join('\n'))
}

function modelChoices(model: ModelNode, added: readonly ModelNode[]): readonly string[] {
  const alike = added.filter(other => !other.hidden && isAlike(model, other))
  return alike.map(({ name }) =>
    [
      `  - ${model.name} is gone, and ${name} is new and like it.`,
      `    The same, with its rows:  renamedFrom: '${model.name}' in the options of ${name},`,
      `                              or: plinth migrate rename ${model.name} ${name}`,
      `    Not the same:             plinth migrate new --drop ${model.name}`,
    ].join('\n'),
  )
}

/** At least half of its fields, keys apart, are there again. */
function isAlike(model: ModelNode, other: ModelNode): boolean {
  const fields = Object.values(model.fields).filter(({ name }) => !model.key.includes(name))
  const again = fields.filter(({ name, type }) => {
    const found = other.fields[name]
    return found !== undefined && typeChange(type, found.type) !== 'impossible'
  })
  return again.length * 2 >= fields.length
}

function fieldChoices(
  { after, dropped, added }: MatchedModel,
  allowed: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const model = after.name
  return dropped
    .filter(({ name }) => !allowed.has(`${model}.${name}`))
    .map(field => {
      const alike = added.filter(({ type }) => typeChange(field.type, type) !== 'impossible')
      return alike.map(({ name }) => fieldChoice(model, field.name, name, relationOf(after, name)))
    })
}

/** The scalar of a relation is renamed where the relation is. */
const relationOf = (model: ModelNode, field: string): string | null =>
  Object.values(model.relations).find(({ on }) => on.some(({ local }) => local === field))?.name ?? null

function fieldChoice(model: string, gone: string, fresh: string, relation: string | null): string {
  return [
    `  - ${model}.${gone} is gone, and ${model}.${fresh} is new and could hold its values.`,
    `    The same, with its values:  .renamedFrom('${gone}') at ${model}.${relation ?? fresh},`,
    `                                or: plinth migrate rename ${model}.${gone} ${fresh}`,
    `    Not the same:               plinth migrate new --drop ${model}.${gone}`,
  ].join('\n')
}

/** Sentences about fields that are required from now on, for which rows that are there have no value. `given`: those that have been named. */
export function valueChoices(matched: MatchedModels, given: (name: string) => boolean): readonly string[] {
  return matched.kept.flatMap(({ after, fields, added }) => {
    const required = [...added, ...fields.filter(({ before }) => before.nullable).map(one => one.after)]
    return required
      .filter(({ nullable }) => !nullable)
      .flatMap(field => {
        const name = `${after.name}.${field.name}`
        const target = newTargetOf(after, field.name, matched)
        if (target !== null)
          return [
            `  - ${name}: ${target} is new, so no row of it is there yet: code makes one and gives it, "--data", or optional()`,
          ]
        if (isAlone(after, field.name) && field.default?.from !== 'sequence')
          return [
            `  - ${name}: it is unique, so each row needs a value of its own: code that finds them, "--data", or optional()`,
          ]
        if (hasValue(field) || given(name)) return []
        const keeps = added.includes(field) && !after.adopted ? '' : ' (what is there already is kept)'
        return [
          `  - ${name}: a default in the model, optional(), "--fill ${name}=<value>"${keeps}, or code that finds one: "--data"`,
        ]
      })
  })
}

/** The new model that the field refers to; null where it refers to none. */
export const newTargetOf = (model: ModelNode, field: string, { added }: MatchedModels): string | null =>
  Object.values(model.relations).find(
    ({ kind, target, on }) =>
      kind === 'belongsTo' && on.some(({ local }) => local === field) && added.some(({ name }) => name === target),
  )?.target ?? null

/** No two rows have the same value. */
const isAlone = (model: ModelNode, field: string): boolean =>
  hasOwnUnique(model, field) || (model.key.length === 1 && model.key[0] === field)

function hasValue({ default: value }: FieldNode): boolean {
  switch (value?.from) {
    case 'literal':
      return value.value !== null
    case 'now':
    case 'version':
    case 'sequence':
    case 'database':
      return true
    default:
      return false
  }
}
