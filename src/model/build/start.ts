/** First step: takes the declared models apart and looks at their names. */
import { isObject } from '../../lib/index.ts'
import type { BelongsToDeclaration, HasDeclaration, ManyToManyDeclaration, ScalarDeclaration } from '../field/index.ts'
import { type DeclaredField, Model, type ModelOptions } from '../model.ts'
import { type AnyModel, type ModelDraft, newDraft } from './draft.ts'
import { knownOptions } from './known-options.ts'
import type { Mistakes } from './mistakes.ts'
import {
  databaseName,
  isFieldName,
  isModelName,
  isOwnModelName,
  isOwnTableName,
  isPlural,
  pluralOf,
  reservedFieldNames,
  reservedModelNames,
} from './names.ts'

export function startModels(models: Readonly<Record<string, AnyModel>>, mistakes: Mistakes): Map<string, ModelDraft> {
  const drafts = new Map<string, ModelDraft>()
  for (const [name, declared] of Object.entries(models)) {
    checkModelName(name, mistakes)
    if (!(declared instanceof Model)) {
      mistakes.add('boot.option-invalid', { option: name, model: 'the schema', reason: 'it is not made by model()' }, [
        name,
      ])
      continue
    }
    if (!isObject(declared.fields)) {
      const reason = 'it has to be an object of fields, as in model({ title: field.text() })'
      mistakes.add('boot.option-invalid', { option: 'fields', model: name, reason }, [name])
      continue
    }
    const options = knownOptions(name, declared.options, mistakes)
    for (const field of Object.keys(declared.fields))
      checkFieldName(`A field of ${name}`, field, [name, field], mistakes)
    drafts.set(name, startModel(name, declared, options, mistakes))
  }
  checkTaken(drafts, mistakes)
  return drafts
}

function checkModelName(name: string, mistakes: Mistakes): void {
  if (!isModelName(name)) mistakes.add('boot.name-form', { what: 'A model', name, example: 'ArticleComment' }, [name])
  else if (reservedModelNames.has(name)) mistakes.add('boot.name-reserved', { what: 'A model', name }, [name])
  else if (isOwnModelName(name)) mistakes.add('boot.name-own', { what: 'A model', name, prefix: 'Plinth' }, [name])
}

/** Also for computed fields. */
export function checkFieldName(what: string, name: string, place: readonly string[], mistakes: Mistakes): void {
  if (!isFieldName(name)) mistakes.add('boot.name-form', { what, name, example: 'publishedAt' }, place)
  else if (reservedFieldNames.has(name)) mistakes.add('boot.name-reserved', { what, name }, place)
}

function startModel(name: string, model: AnyModel, options: ModelOptions, mistakes: Mistakes): ModelDraft {
  const scalars = new Map<string, ScalarDeclaration>()
  const belongsTo = new Map<string, BelongsToDeclaration>()
  const has = new Map<string, HasDeclaration>()
  const manyToMany = new Map<string, ManyToManyDeclaration>()
  for (const [field, builder] of Object.entries(model.fields)) {
    const declaration = declarationOf(builder)
    if (declaration === undefined) {
      const reason =
        typeof builder === 'function' ? 'it is a function; call it, as in field.text()' : 'it is not made by field'
      mistakes.add('boot.field-invalid', { field: `${name}.${field}`, reason }, [name, field])
      continue
    }
    if (declaration.kind !== 'scalar') {
      for (const reason of declaration.problems)
        mistakes.add('boot.field-invalid', { field: `${name}.${field}`, reason }, [name, field])
    }
    if (declaration.kind === 'scalar') scalars.set(field, declaration)
    else if (declaration.kind === 'belongsTo') belongsTo.set(field, declaration)
    else if (declaration.kind === 'manyToMany') manyToMany.set(field, declaration)
    else has.set(field, declaration)
  }
  return newDraft({
    name,
    options,
    scalars,
    belongsTo,
    has,
    manyToMany,
    declared: Object.keys(model.fields),
    table: options.table ?? databaseName(name),
    plural: options.plural ?? pluralOf(name),
    hidden: false,
  })
}

function declarationOf(builder: unknown): DeclaredField['declaration'] | undefined {
  return typeof builder === 'object' && builder !== null && 'declaration' in builder
    ? (builder as DeclaredField).declaration
    : undefined
}

/** Databases and URLs do not tell case apart everywhere. */
function checkTaken(drafts: ReadonlyMap<string, ModelDraft>, mistakes: Mistakes): void {
  const plurals = new Map<string, string>()
  const tables = new Map<string, string>()
  for (const draft of drafts.values()) {
    const { name, options } = draft
    if (!isPlural(draft.plural)) {
      mistakes.add(
        'boot.name-form',
        { what: `The plural of ${name}`, name: draft.plural, example: 'article-comments' },
        [name],
      )
    }
    if (isOwnTableName(draft.table) && !isOwnModelName(name))
      mistakes.add('boot.name-own', { what: `The table of ${name}`, name: draft.table, prefix: 'plinth_' }, [name])
    checkFormerName(draft, drafts, mistakes)
    const table = `${options.namespace ?? ''}.${draft.table}`.toLowerCase()
    const plural = plurals.get(draft.plural)
    if (plural !== undefined) {
      mistakes.add(
        'boot.name-taken',
        { what: `The collection of ${name}`, name: draft.plural, other: `that of ${plural}` },
        [name],
      )
    }
    const other = tables.get(table)
    if (other !== undefined) {
      mistakes.add('boot.name-taken', { what: `The table of ${name}`, name: draft.table, other: `that of ${other}` }, [
        name,
      ])
    }
    plurals.set(draft.plural, name)
    tables.set(table, name)
  }
}

/** Which former names there are tells the snapshot; what can be said without it is said here. */
function checkFormerName(
  { name, options }: ModelDraft,
  drafts: ReadonlyMap<string, ModelDraft>,
  mistakes: Mistakes,
): void {
  const former = options.renamedFrom
  if (former === undefined) return
  const wrong = (reason: string): void =>
    mistakes.add('boot.option-invalid', { option: 'renamedFrom', model: name, reason }, [name])
  if (!isModelName(former)) wrong(`"${former}" cannot have been the name of a model`)
  else if (former === name) wrong('it is the name that the model has')
  else if (drafts.has(former)) wrong(`the schema still has a model "${former}"`)
  else {
    const first = [...drafts.values()].find(({ options: { renamedFrom } }) => renamedFrom === former)
    if (first !== undefined && first.name !== name) wrong(`${first.name} says that it was called "${former}", too`)
  }
}
