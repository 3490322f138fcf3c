/** Named fields that are not stored, as data: inputs and outputs of actions, parameters of routes. */
import { perhaps } from '../lib/index.ts'
import { collectMistakes, type Mistakes } from './build/mistakes.ts'
import { optionMistakes } from './build/type-options.ts'
import type { ScalarDeclaration } from './field/index.ts'
import type { ModelGraph, Words } from './graph.ts'
import { kindOf } from './kind/index.ts'
import { PartialFields } from './partial.ts'
import type { FieldType, Value } from './value.ts'

/** One value of an input. */
export interface InputField {
  readonly type: FieldType
  readonly nullable: boolean
  /** What it is when it is left out. */
  readonly default: { readonly from: 'literal'; readonly value: Value } | { readonly from: 'now' } | null
  readonly words: Words
}

export interface InputObject {
  /** Any field may be left out. */
  readonly partial: boolean
  readonly fields: Readonly<Record<string, InputField | InputObject>>
}

export const isInputObject = (node: InputField | InputObject): node is InputObject => 'fields' in node

/** What a declaration of fields says. `owner` is who they belong to, as in `the input of publish`; mistakes are thrown at once. */
export function declareFields(
  graph: ModelGraph,
  what: 'actions' | 'routes',
  owner: string,
  declared: unknown,
): InputObject {
  const mistakes = collectMistakes()
  const fields = inputObject(graph, owner, declared, mistakes)
  mistakes.refuse(what)
  return fields
}

function inputObject(
  graph: ModelGraph,
  owner: string,
  declared: unknown,
  mistakes: Mistakes,
  reason = 'it has to be an object of fields',
): InputObject {
  const partial = declared instanceof PartialFields
  const given: unknown = partial ? declared.fields : declared
  const fields: Record<string, InputField | InputObject> = {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    mistakes.add('boot.field-invalid', { field: owner, reason }, [owner])
    return { partial, fields }
  }
  for (const [name, field] of Object.entries(given) as [string, unknown][]) {
    const title = `"${name}" in ${owner}`
    // Not only names of ours: what others send may have dashes.
    if (!/^[A-Za-z_][\w-]*$/.test(name))
      mistakes.add('boot.name-form', { what: `A value in ${owner}`, name, example: 'publishedAt' }, [owner, name])
    if (isBuilder(field)) fields[name] = inputField(graph, title, field.declaration, mistakes)
    else if (typeof field === 'object' && field !== null && 'declaration' in field)
      mistakes.add('boot.field-invalid', { field: title, reason: noRelation }, [owner, name])
    else fields[name] = inputObject(graph, title, field, mistakes, noField)
  }
  return { partial, fields }
}

const noRelation = "it is a relation; take the key of a row, as by field.id('Book')"
const noField = 'it has to be a field, such as field.text(), or an object of fields'

function isBuilder(field: unknown): field is { readonly declaration: ScalarDeclaration } {
  if (typeof field !== 'object' || field === null || !('declaration' in field)) return false
  const { declaration } = field
  return (
    typeof declaration === 'object' && declaration !== null && 'kind' in declaration && declaration.kind === 'scalar'
  )
}

/** Modifiers that only mean something to a stored field. */
const storedOnly = ['unique', 'index', 'immutable', 'writeOnly', 'private'] as const

function inputField(graph: ModelGraph, title: string, declared: ScalarDeclaration, mistakes: Mistakes): InputField {
  const wrong = (reason: string): void => mistakes.add('boot.field-invalid', { field: title, reason }, [title])
  for (const problem of declared.problems) wrong(problem)
  for (const modifier of storedOnly) {
    if (declared[modifier]) wrong(`${modifier}() means something only to a field that is stored`)
  }
  if (declared.checks.length > 0) wrong('check() means something only to a field that is stored')
  const type = declared.idOf === null ? declared.type : keyType(graph, declared.idOf, wrong)
  const odd = optionMistakes(type)
  for (const problem of odd) wrong(problem)
  const given = odd.length > 0 ? null : defaultOf(declared, type, wrong)
  return { type, nullable: declared.nullable, default: given, words: declared.words }
}

function keyType(graph: ModelGraph, name: string, wrong: (reason: string) => void): FieldType {
  const model = graph.models[name]
  const [only] = model?.key ?? []
  const field = only === undefined ? undefined : model?.fields[only]
  if (model === undefined) wrong(`there is no model ${name}${perhaps(name, Object.keys(graph.models))}`)
  else if (model.key.length !== 1)
    wrong(`the key of ${name} is not one field; take each of ${model.key.join(', ')} by itself`)
  return field?.type ?? { kind: 'id', options: {} }
}

function defaultOf(
  declared: ScalarDeclaration,
  type: FieldType,
  wrong: (reason: string) => void,
): InputField['default'] {
  const given = declared.default
  if (given === null) return null
  if (given.from === 'now') return { from: 'now' }
  if (given.from !== 'literal') {
    wrong('its default is made when a row is stored; here only a constant or now can stand')
    return null
  }
  if (given.input === null) return { from: 'literal', value: null }
  const parsed = kindOf(type).parseNative(given.input, type, '')
  if (parsed.ok) return { from: 'literal', value: parsed.value }
  wrong(`its default does not fit: ${parsed.error.message}`)
  return null
}
