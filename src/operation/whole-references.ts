/** References of several fields: a row has all of their parts or none, since a database does not check one that is half null. */
import { detail, type ErrorDetail, refusal } from '../error/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Steps } from '../lib/index.ts'
import type { ModelNode, RelationNode, Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'
import type { ParsedRow } from './parse/parsed-row.ts'

interface CompositeReference {
  readonly relation: string
  readonly fields: readonly string[]
  /** Those of the fields that are there for this reference only: whether any of them is given tells whether it is. */
  readonly own: readonly string[]
}

const known = new WeakMap<ModelNode, readonly CompositeReference[]>()

/** The references that could be half null. */
function compositeReferences(model: ModelNode): readonly CompositeReference[] {
  let found = known.get(model)
  if (found === undefined) known.set(model, (found = findComposite(model)))
  return found
}

function findComposite(model: ModelNode): readonly CompositeReference[] {
  const references = Object.values(model.relations).filter(({ kind }) => kind === 'belongsTo')
  const shares = (relation: RelationNode, field: string): boolean =>
    references.some(other => other !== relation && other.on.some(({ local }) => local === field))
  return references.flatMap(relation => {
    const fields = relation.on.map(({ local }) => local)
    const nullable = fields.filter(field => model.fields[field]?.nullable === true)
    if (fields.length < 2 || nullable.length === 0) return []
    const own = nullable.filter(field => !shares(relation, field))
    return [{ relation: relation.name, fields, own: own.length === 0 ? nullable : own }]
  })
}

/** What is missing of the references of a finished row. What only the database knows, and what comes `later`, is not missed. */
export function halfReferences(
  model: ModelNode,
  row: Readonly<Record<string, Value>>,
  pointer: string,
  later?: ReadonlySet<string>,
): readonly ErrorDetail[] {
  const references = compositeReferences(model)
  if (references.length === 0) return []
  return references
    .filter(({ fields }) => fields.every(field => row[field] !== undefined && later?.has(field) !== true))
    .flatMap(reference => missingParts(reference, row, pointer))
}

function missingParts(
  { relation, fields, own }: CompositeReference,
  row: Readonly<Record<string, Value>>,
  pointer: string,
): readonly ErrorDetail[] {
  if (own.every(field => row[field] === null)) return []
  const missing = fields.filter(field => row[field] === null)
  return missing.map(name => {
    const parameters = { name, relation, fields: fields.join(', ') }
    return detail('values.reference-incomplete', parameters, `${pointer}/${name}`)
  })
}

/** The references that a change of these fields touches. One that was half null before its model is left alone until then. */
const touchedBy = (model: ModelNode, set: readonly string[]): readonly CompositeReference[] =>
  compositeReferences(model).filter(({ fields }) => fields.some(field => set.includes(field)))

/** Whether a change of these fields leaves a part of a reference as it is: then the row has to be asked what it has. */
export const setsPart = (model: ModelNode, set: readonly string[]): boolean =>
  touchedBy(model, set).some(({ fields }) => !fields.every(field => set.includes(field)))

/** Rows that were changed have whole references; otherwise nothing has happened. */
export function* requireWholeReferences(
  engine: Engine,
  model: ModelNode,
  keys: readonly (readonly Value[])[],
  set: readonly string[],
  context: ExecutionContext,
): Steps<void> {
  const touched = touchedBy(model, set)
  if (touched.length === 0) return
  for (const row of yield* engine.rows.stored(model, keys, context)) {
    const errors = touched.flatMap(reference => missingParts(reference, row, ''))
    if (errors.length > 0) throw refusal('values.invalid', { model: model.name }, { errors })
  }
}

/** What a row says and what its references were found to hold; they may meet in a field, and have to say the same of it. */
export function withReference(
  { values, pointer }: ParsedRow,
  references: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  for (const [name, value] of Object.entries(references)) {
    const given = values[name]
    if (given === undefined || JSON.stringify(given) === JSON.stringify(value)) continue
    throw refusal('values.contradicted', { name }, { pointer: `${pointer}/${name}` })
  }
  return { ...values, ...references }
}
