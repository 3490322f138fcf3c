/** Sixth step: uniques and indexes. */
import { nearest } from '../../lib/index.ts'
import type { IndexNode } from '../graph.ts'
import { kindOf } from '../kind/index.ts'
import type { Building, ModelDraft } from './draft.ts'
import { indexName, uniqueName } from './names.ts'
import { isOneToOne } from './relations.ts'

export function buildConstraints(building: Building, draft: ModelDraft): void {
  const liveOnly = draft.options.softDelete === true
  const columnOf = (field: string): string => draft.fields.get(field)?.column ?? field
  const unique = (fields: readonly string[]): void => {
    const isKnown = draft.uniques.some(known => known.ignoreCase === undefined && sameFields(known.fields, fields))
    if (isKnown || (!liveOnly && sameFields(draft.key, fields))) return
    draft.uniques.push({ name: uniqueName(draft.table, { fields }, columnOf), fields, liveOnly })
  }
  for (const field of draft.fields.values()) {
    if (!field.unique || field.relation !== null) continue
    if (draft.scalars.get(field.name)?.ignoreCase.unique !== true) unique([field.name])
    else if (checkLetters(building, draft, field.name)) {
      const folded = { fields: [field.name], ignoreCase: [field.name] }
      draft.uniques.push({ name: uniqueName(draft.table, folded, columnOf), ...folded, liveOnly })
    }
  }
  for (const [name, declaration] of draft.belongsTo) {
    if (!isOneToOne(building, draft, name, declaration)) continue
    const fields = (draft.relations.get(name)?.on ?? []).map(pair => pair.local)
    if (fields.length > 0) unique(fields)
    const [only] = fields
    const node = only === undefined || fields.length > 1 ? undefined : draft.fields.get(only)
    if (node !== undefined) draft.fields.set(node.name, { ...node, unique: true })
  }
  for (const fields of draft.options.unique ?? []) {
    if (checkGroup(building, draft, 'unique', fields)) unique([...fields])
  }

  const index = (fields: IndexNode['fields']): void => {
    if (isIndexed(draft, fields)) return
    draft.indexes.push({ name: indexName(draft.table, { fields }, columnOf), fields })
  }
  for (const fields of draft.options.index ?? []) {
    const parsed = fields.map(name => ({
      field: name.replace(/^-/, ''),
      direction: name.startsWith('-') ? ('descending' as const) : ('ascending' as const),
    }))
    if (
      checkGroup(
        building,
        draft,
        'index',
        parsed.map(({ field }) => field),
      )
    )
      index(parsed)
  }
  for (const [name, scalar] of draft.scalars) {
    if (!scalar.index) continue
    const fields = [{ field: name, direction: 'ascending' as const }]
    if (!scalar.ignoreCase.index) index(fields)
    else if (checkLetters(building, draft, name) && !isFolded(draft, name)) {
      const folded = { fields, ignoreCase: [name] }
      draft.indexes.push({ name: indexName(draft.table, folded, columnOf), ...folded })
    }
  }
  // Of a table that was there before its model nobody knows what it is for; its indexes are those that it has.
  if (draft.options.adopted === true) return
  // Relations are followed from both sides, and a delete looks for what refers to the row.
  for (const relation of draft.relations.values()) {
    if (relation.kind === 'belongsTo' && relation.on.length > 0) {
      index(relation.on.map(pair => ({ field: pair.local, direction: 'ascending' as const })))
    }
  }
}

/** A unique that ignores the field's case finds its rows, too. */
const isFolded = ({ uniques }: ModelDraft, field: string): boolean =>
  uniques.some(({ liveOnly, ignoreCase }) => !liveOnly && ignoreCase?.[0] === field)

/** Whether the field holds letters, as they are: what a codec writes has none that anybody would compare. */
function checkLetters({ mistakes }: Building, draft: ModelDraft, name: string): boolean {
  const type = draft.fields.get(name)?.type
  if (type === undefined) return false
  const { storage, codec, operators } = kindOf(type)
  if (storage === 'text' && codec === undefined && operators.includes('startsWith')) return true
  const reason = `values of the kind ${type.kind} have no letter case that could be ignored`
  mistakes.add('boot.field-invalid', { field: `${draft.name}.${name}`, reason }, [draft.name, name])
  return false
}

const sameFields = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index])

/** The key, a unique or an index begins with these fields. */
function isIndexed(draft: ModelDraft, fields: IndexNode['fields']): boolean {
  const begins = (names: readonly string[]): boolean =>
    fields.every(({ field, direction }, index) => direction === 'ascending' && names[index] === field)
  const hasIndex = draft.indexes.some(
    known =>
      known.ignoreCase === undefined &&
      fields.every(
        ({ field, direction }, index) =>
          known.fields[index]?.field === field && known.fields[index].direction === direction,
      ),
  )
  const uniques = draft.uniques.filter(known => !known.liveOnly && known.ignoreCase === undefined)
  return hasIndex || begins(draft.key) || uniques.some(known => begins(known.fields))
}

function checkGroup(
  building: Building,
  draft: ModelDraft,
  option: 'unique' | 'index',
  fields: readonly string[],
): boolean {
  const { mistakes } = building
  const wrong = (reason: string): boolean => {
    mistakes.add('boot.option-invalid', { option, model: draft.name, reason }, [draft.name])
    return false
  }
  if (fields.length === 0) return wrong('a group of it names no field')
  if (new Set(fields).size !== fields.length) return wrong(`it names a field twice in ${fields.join(', ')}`)
  let valid = true
  for (const name of fields) {
    const node = draft.fields.get(name)
    if (node === undefined) {
      valid = false
      const relation = draft.relations.get(name)?.on.map(pair => pair.local)
      mistakes.add(
        'boot.field-unknown',
        {
          what: `The option "${option}" of ${draft.name}`,
          name,
          model: draft.name,
          nearest: relation?.[0] ?? nearest(name, draft.fields.keys()),
        },
        [draft.name],
      )
    } else if (!kindOf(node.type).sortable && !kindOf(node.type).operators.includes('eq')) {
      valid = wrong(`"${name}" is of the kind ${node.type.kind}, which has no order`)
    }
  }
  return valid
}
