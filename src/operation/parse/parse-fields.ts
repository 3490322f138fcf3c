/** The fields of a row in a body → values in canonical form, or all mistakes at once. */
import { detail, type ErrorDetail } from '../../error/index.ts'
import { own, pointerStep } from '../../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../../model/index.ts'
import { nameMistake } from '../name-mistake.ts'
import { mostHints, type NestedWrite, type Parse, type ParseOptions } from './parsed-row.ts'
import { readInto } from './read-into.ts'
import { referenceMistake, writeMistake } from './write-mistake.ts'

/** Reads what is said about a relation. */
export type NestedParser = (
  relation: RelationNode,
  given: unknown,
  pointer: string,
) => { readonly nested: NestedWrite; readonly errors: readonly ErrorDetail[] }

/** `before`: the mistakes of the rows before it. Without `parseRelation` relations have no place in the row. */
export function parseFields(
  options: ParseOptions,
  model: ModelNode,
  input: unknown,
  pointer: string,
  before = 0,
  parseRelation: NestedParser | null = null,
): Parse {
  const values: Record<string, Value> = {}
  const nested: NestedWrite[] = []
  const errors: ErrorDetail[] = []
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      row: { values, nested, pointer },
      errors: [detail('values.wrong-type', { expected: 'an object' }, pointer)],
    }
  }
  for (const [name, given] of Object.entries(input)) {
    if (given === undefined) continue
    const field = own(model.fields, name)
    const relation = own(model.relations, name)
    // Names of fields hold nothing to be escaped.
    const place = `${pointer}/${field === undefined ? pointerStep(name) : name}`
    if (field !== undefined) {
      const mistake = writeMistake(options, field)
      if (mistake === null && isUnaddressable(options, model, given) && model.key[0] === name)
        errors.push(detail('values.not-addressable', { name, value: given }, place))
      else if (mistake === null) readInto(values, errors, options.form, field, given, place)
      else errors.push(detail(mistake, { name }, place))
    } else if (relation !== undefined && parseRelation !== null) {
      const mistake = referenceMistake(options, model, relation)
      if (mistake !== null) {
        errors.push(detail(mistake, { name }, place))
        continue
      }
      const parsed = parseRelation(relation, given, place)
      nested.push(parsed.nested)
      for (const error of parsed.errors) errors.push(error)
    } else {
      const told = before + errors.length < mostHints || options.caller === 'system'
      errors.push(nameMistake(model, name, told ? writableNames(options, model, parseRelation !== null) : [], place))
    }
  }
  for (const { relation } of nested) errors.push(...givenTwice(model, relation, input, pointer))
  return { row: { values, nested, pointer }, errors }
}

/** Paths lose such segments on their way, so callers could not address the row that they create; the system needs no paths. */
const isUnaddressable = ({ caller }: ParseOptions, { key }: ModelNode, value: unknown): value is '' | '.' | '..' =>
  caller !== 'system' && key.length === 1 && (value === '' || value === '.' || value === '..')

/** What hints may spell: names that callers cannot write are not told. */
function writableNames(options: ParseOptions, model: ModelNode, nest: boolean): readonly string[] {
  const fields = Object.values(model.fields).filter(field => writeMistake(options, field) === null)
  const relations = Object.values(model.relations).filter(
    relation => nest && referenceMistake(options, model, relation) === null,
  )
  return [...fields, ...relations].map(({ name }) => name)
}

/** A reference that is written along does not come a second time as a scalar. Fields that were declared by themselves may also stand there. */
function givenTwice(model: ModelNode, relation: RelationNode, input: object, pointer: string): readonly ErrorDetail[] {
  if (relation.kind !== 'belongsTo') return []
  const given = relation.on.filter(
    ({ local }) => model.fields[local]?.relation === relation.name && Reflect.get(input, local) !== undefined,
  )
  return given.map(({ local }) =>
    detail('values.given-twice', { name: local, relation: relation.name }, `${pointer}/${local}`),
  )
}
