/** Second step: which fields are a model's key, and what the scalars of relations to it look like. */
import type { BelongsToDeclaration } from '../field/index.ts'
import { nearest } from '../../lib/index.ts'
import type { NativeColumns } from '../graph.ts'
import { canBeKey } from '../kind/index.ts'
import type { FieldType } from '../value.ts'
import type { Building, ForeignColumn, ModelDraft } from './draft.ts'
import { foreignName } from './names.ts'

const idType: FieldType = Object.freeze({ kind: 'id', options: Object.freeze({}) })

interface KeyColumn {
  readonly name: string
  readonly type: FieldType
  readonly native: NativeColumns | null
}

/** The fields that are declared as key; undefined when the model leaves it to Plinth. */
function declaredKey(draft: ModelDraft): readonly string[] | undefined {
  if (draft.options.key !== undefined) return draft.options.key
  if (draft.options.view === true && ![...draft.scalars.values()].some(({ key }) => key)) return []
  const marked = [...draft.scalars].filter(([, declaration]) => declaration.key).map(([name]) => name)
  return marked.length === 0 ? undefined : marked
}

/** True when the model gets the key `id` without having declared it. */
export const hasDefaultKey = (draft: ModelDraft): boolean => declaredKey(draft) === undefined

/** Fills in the key of every model and tells the mistakes. */
export function resolveKeys(building: Building): void {
  const { models, mistakes } = building
  for (const draft of models.values()) {
    const names = declaredKey(draft) ?? ['id']
    draft.key = names
    const wrong = (reason: string): void =>
      mistakes.add('boot.key-invalid', { model: draft.name, reason }, [draft.name])
    const marked = [...draft.scalars].filter(([, declaration]) => declaration.key).map(([name]) => name)
    if (draft.options.key === undefined && marked.length > 1) {
      wrong(
        `${marked.join(' and ')} are both marked as key(); a key of several fields is the option key: ['${marked.join("', '")}']`,
      )
    }
    const unlisted = marked.filter(name => draft.options.key !== undefined && !draft.options.key.includes(name))
    if (unlisted.length > 0) wrong(`${unlisted.join(', ')} is marked as key() but the option "key" does not name it`)
    if (new Set(names).size !== names.length) wrong('it names a field twice')
    if (names.length === 0 && draft.name === building.caller)
      wrong('its rows are the callers, who are known by their key')
    if (hasDefaultKey(draft)) {
      if (draft.declared.includes('id'))
        wrong('"id" is declared but not marked as key(); mark it, or name the key in the option "key"')
      continue
    }
    for (const name of names) checkKeyField(building, draft, name)
  }
}

function checkKeyField(building: Building, draft: ModelDraft, name: string): void {
  const { mistakes } = building
  const wrong = (reason: string): void =>
    mistakes.add('boot.key-invalid', { model: draft.name, reason }, [draft.name, name])
  const scalar = draft.scalars.get(name)
  if (scalar !== undefined) {
    if (scalar.nullable) wrong(`"${name}" may be null`)
    if (!canBeKey(scalar.type)) wrong(`"${name}" is of the kind ${scalar.type.kind}, which does not address a row`)
    if (scalar.writeOnly || scalar.private) wrong(`"${name}" cannot be read, so no caller could address a row`)
    if (scalar.default?.from === 'sequence' && draft.key.length > 1)
      wrong(`"${name}" is counted up by the database, which works only for a key of one field`)
    return
  }
  for (const [relation, declaration] of draft.belongsTo) {
    if (foreignColumns(building, relation, declaration).some(column => column.name === name)) {
      if (declaration.nullable) wrong(`"${name}" may be null, because the relation "${relation}" is optional`)
      return
    }
  }
  const known = [...draft.scalars.keys()]
  for (const [relation, declaration] of draft.belongsTo) {
    const columns = foreignColumns(building, relation, declaration).map(column => column.name)
    if (columns.length === 0 && building.models.has(declaration.target) && name.startsWith(relation))
      return wrong(
        `"${name}" holds the key of ${declaration.target}, which is made of the key of ${draft.name} in turn`,
      )
    known.push(...columns)
  }
  const relation = draft.belongsTo.get(name)
  const meant = relation === undefined ? undefined : foreignColumns(building, name, relation)[0]?.name
  mistakes.add(
    'boot.field-unknown',
    { what: `The key of ${draft.name}`, name, model: draft.name, nearest: meant ?? nearest(name, known) },
    [draft.name, name],
  )
}

/** The columns of a model's key. Relations can be part of keys, so this follows them; a circle ends as no columns. */
export function keyColumns(
  building: Building,
  model: ModelDraft,
  seen: ReadonlySet<string> = new Set(),
): readonly KeyColumn[] {
  if (seen.has(model.name)) return []
  const inside = new Set(seen).add(model.name)
  const columns: KeyColumn[] = []
  for (const name of declaredKey(model) ?? ['id']) {
    const scalar = model.scalars.get(name)
    if (scalar !== undefined) {
      columns.push({ name, type: scalar.type, native: scalar.native })
      continue
    }
    if (hasDefaultKey(model)) {
      columns.push({ name, type: idType, native: null })
      continue
    }
    for (const [relation, declaration] of model.belongsTo) {
      const column = foreignColumns(building, relation, declaration, inside).find(candidate => candidate.name === name)
      if (column !== undefined) columns.push({ name, type: column.type, native: column.native })
    }
  }
  return columns
}

/** The scalars that hold the key of what a relation leads to; empty when it leads to nothing. */
export function foreignColumns(
  building: Building,
  relation: string,
  declaration: BelongsToDeclaration,
  seen: ReadonlySet<string> = new Set(),
): readonly ForeignColumn[] {
  const target = building.models.get(declaration.target)
  if (target === undefined) return []
  if (declaration.on !== null) return overFields(target, declaration.on)
  const columns = keyColumns(building, target, seen)
  return columns.map(column => ({
    name: columns.length === 1 && declaration.field !== null ? declaration.field : foreignName(relation, column.name),
    remote: column.name,
    type: column.type,
    native: declaration.native ?? column.native,
  }))
}

/** What a relation over declared fields holds; fields of the target that are no scalars of its own are left to `addBelongsTo`. */
const overFields = (target: ModelDraft, on: Readonly<Record<string, string>>): readonly ForeignColumn[] =>
  Object.entries(on).map(([remote, name]) => {
    const scalar = target.scalars.get(remote)
    const node = target.fields.get(remote)
    return {
      name,
      remote,
      type: node?.type ?? scalar?.type ?? idType,
      native: node?.native ?? scalar?.native ?? null,
    }
  })
