/** Sixth step: uniques and indexes. */
import { isDeepStrictEqual } from 'node:util'
import { nearest } from '../../lib/index.ts'
import type { IndexNode, UniqueNode } from '../graph.ts'
import { canBeIndexed, kindOf } from '../kind/index.ts'
import type { Building, ModelDraft } from './draft.ts'
import { fieldGroup, type NamedFields } from './field-group.ts'
import { indexName, uniqueName } from './names.ts'
import { isOneToOne } from './relations.ts'

export function buildConstraints(building: Building, draft: ModelDraft): void {
  const liveOnly = draft.options.softDelete === true
  const columnOf = (field: string): string => draft.fields.get(field)?.column ?? field
  const unique = (fields: readonly string[], ignoreCase: readonly string[] = []): void => {
    if (!ignoreCase.every(name => checkLetters(building, draft, name))) return
    const node = { fields, ...ignoringCase(ignoreCase) }
    const isKnown = draft.uniques.some(known => sameFields(known.fields, fields) && sameCase(known, node))
    if (isKnown || (ignoreCase.length === 0 && !liveOnly && sameFields(draft.key, fields))) return
    draft.uniques.push({ name: uniqueName(draft.table, node, columnOf), ...node, liveOnly })
  }
  for (const { name, unique: isUnique, relation } of draft.fields.values()) {
    if (!isUnique || relation !== null) continue
    unique([name], draft.scalars.get(name)?.ignoreCase.unique === true ? [name] : [])
  }
  for (const [name, declaration] of draft.belongsTo) {
    if (!isOneToOne(building, draft, name, declaration)) continue
    const fields = (draft.relations.get(name)?.on ?? []).map(pair => pair.local)
    if (fields.length > 0) unique(fields)
    const [only] = fields
    const node = only === undefined || fields.length > 1 ? undefined : draft.fields.get(only)
    if (node !== undefined) draft.fields.set(node.name, { ...node, unique: true })
  }
  for (const { fields, ignoreCase } of (draft.options.unique ?? []).map(fieldGroup)) {
    if (checkGroup(building, draft, 'unique', { fields, ignoreCase })) unique([...fields], ignoreCase)
  }

  const index = (fields: IndexNode['fields'], ignoreCase: readonly string[] = []): void => {
    if (!ignoreCase.every(name => checkLetters(building, draft, name))) return
    const node = { fields, ...ignoringCase(ignoreCase) }
    if (ignoreCase.length === 0 ? isIndexed(draft, fields) : isIndexedFolded(draft, node)) return
    draft.indexes.push({ name: indexName(draft.table, node, columnOf), ...node })
  }
  for (const group of (draft.options.index ?? []).map(fieldGroup)) {
    const parsed = group.fields.map(name => ({
      field: name.replace(/^-/, ''),
      direction: name.startsWith('-') ? ('descending' as const) : ('ascending' as const),
    }))
    const fields = parsed.map(({ field }) => field)
    if (checkGroup(building, draft, 'index', { ...group, fields })) index(parsed, group.ignoreCase)
  }
  for (const [name, scalar] of draft.scalars) {
    if (!scalar.index) continue
    index([{ field: name, direction: 'ascending' }], scalar.ignoreCase.index ? [name] : [])
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

const ignoringCase = (ignoreCase: readonly string[]): Pick<UniqueNode, 'ignoreCase'> =>
  ignoreCase.length === 0 ? {} : { ignoreCase: [...ignoreCase] }

type LetterCase = Pick<UniqueNode, 'ignoreCase'>

const sameCase = ({ ignoreCase: left = [] }: LetterCase, { ignoreCase: right = [] }: LetterCase): boolean =>
  sameFields(left.toSorted(), right.toSorted())

/** A unique that ignores the case of the first field finds its rows, too. */
function isIndexedFolded({ indexes, uniques }: ModelDraft, node: Pick<IndexNode, 'fields' | 'ignoreCase'>): boolean {
  const [only, ...others] = node.fields
  const isUnique = uniques.some(({ liveOnly, ignoreCase = [], fields }) => {
    const [first] = fields
    return (
      !liveOnly && others.length === 0 && first !== undefined && first === only?.field && ignoreCase.includes(first)
    )
  })
  return isUnique || indexes.some(known => isDeepStrictEqual(known.fields, node.fields) && sameCase(known, node))
}

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
  { fields, ignoreCase }: NamedFields,
): boolean {
  const { mistakes } = building
  const wrong = (reason: string): boolean => {
    mistakes.add('boot.option-invalid', { option, model: draft.name, reason }, [draft.name])
    return false
  }
  if (fields.length === 0) return wrong('a group of it names no field')
  if (new Set(fields).size !== fields.length) return wrong(`it names a field twice in ${fields.join(', ')}`)
  const other = ignoreCase.find(name => !fields.includes(name))
  if (other !== undefined) return wrong(`"${other}", whose letter case it ignores, is none of its fields`)
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
    } else if (!canBeIndexed(node.type)) {
      valid = wrong(`"${name}" is of the kind ${node.type.kind}, which has no order`)
    }
  }
  return valid
}
