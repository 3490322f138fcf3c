/** Third step: the stored fields of a model, in order. */
import { isFunction, nearest, perhaps } from '../../lib/index.ts'
import type { BelongsToDeclaration, DeclaredDefault, ScalarDeclaration } from '../field/index.ts'
import { CallerAttribute } from '../field/index.ts'
import type { FieldDefault, FieldNode } from '../graph.ts'
import { canBeUnique, kindOf } from '../kind/index.ts'
import { comparable } from '../symbol/literal.ts'
import { datetimeType, integerType } from '../symbol/expression-type.ts'
import { fieldNode } from '../plain-nodes.ts'
import type { FieldType } from '../value.ts'
import type { Building, ForeignColumn, ModelDraft } from './draft.ts'
import { foreignColumns, hasDefaultKey, keyColumns } from './keys.ts'
import { checkFieldName } from './start.ts'
import { optionMistakes } from './type-options.ts'
import { databaseName } from './names.ts'

export function buildFields(building: Building, draft: ModelDraft): void {
  const add = (field: FieldNode): void => addField(building, draft, field)
  if (hasDefaultKey(draft)) {
    const type: FieldType = { kind: 'id', options: {} }
    add(fieldNode('id', type, { default: { from: 'uuidv7' }, immutable: true, readOnly: true }))
  }
  for (const name of draft.declared) {
    const scalar = draft.scalars.get(name)
    if (scalar !== undefined) add(scalarNode(building, draft, name, scalar))
    const relation = draft.belongsTo.get(name)
    if (relation !== undefined && relation.on === null) {
      for (const column of foreignColumns(building, name, relation)) {
        checkFieldName(`The scalar of ${draft.name}.${name}`, column.name, [draft.name, name], building.mistakes)
        add(foreignNode(building, draft, name, relation, column))
      }
    }
  }
  const { timestamps, version, softDelete } = draft.options
  if (timestamps === true) {
    const created: FieldDefault = { from: 'now', onUpdate: false }
    add(fieldNode('createdAt', datetimeType, { default: created, immutable: true, readOnly: true }))
    add(fieldNode('updatedAt', datetimeType, { default: { from: 'now', onUpdate: true }, readOnly: true }))
  }
  if (version === true) add(fieldNode('version', integerType, { default: { from: 'version' }, readOnly: true }))
  if (softDelete === true) add(fieldNode('deletedAt', datetimeType, { nullable: true, readOnly: true }))
}

/** Columns are compared without case: SQLite and MySQL do not tell `userID` from `userId`. */
function addField(building: Building, draft: ModelDraft, field: FieldNode): void {
  const { mistakes } = building
  const place = [draft.name, field.name]
  const what = `The field "${field.name}" of ${draft.name}`
  const same = draft.fields.get(field.name)
  if (same !== undefined || (draft.declared.includes(field.name) && !draft.scalars.has(field.name))) {
    const origin = field.relation ?? same?.relation
    const other =
      same === undefined
        ? 'a relation'
        : origin === null || origin === undefined
          ? 'what its options add'
          : `the scalar of the relation "${origin}"`
    mistakes.add('boot.name-taken', { what, name: field.name, other }, place)
    return
  }
  for (const known of draft.fields.values()) {
    if (known.column.toLowerCase() === field.column.toLowerCase()) {
      mistakes.add(
        'boot.name-taken',
        { what: `The column of ${draft.name}.${field.name}`, name: field.column, other: `that of "${known.name}"` },
        place,
      )
    }
  }
  draft.fields.set(field.name, field)
}

function scalarNode(building: Building, draft: ModelDraft, name: string, declaration: ScalarDeclaration): FieldNode {
  const place = [draft.name, name]
  const title = `${draft.name}.${name}`
  const wrong = (reason: string): void => building.mistakes.add('boot.field-invalid', { field: title, reason }, place)
  for (const problem of declaration.problems) wrong(problem)
  const { type, idOf } = declaration
  if (idOf !== null)
    wrong(`field.id('${idOf}') is for inputs; a stored key of another row is a relation: field.belongsTo('${idOf}')`)
  const odd = optionMistakes(type)
  for (const problem of odd) wrong(problem)
  const isKey = draft.key.includes(name)
  if (declaration.unique && !canBeUnique(type)) wrong(`values of the kind ${type.kind} cannot be unique`)
  // Types say so, JavaScript may not.
  if (declaration.checks.some(({ build }) => !isFunction(build)))
    wrong('its check has to be a function, as in check(value => value.gte(0))')
  if (declaration.from !== null) checkSource(building, draft, name, declaration.from)
  if (declaration.private && declaration.writeOnly)
    wrong('it is private and writeOnly; private already means that callers never read it')
  // Whether it fits says nothing about a type that is none.
  const given = odd.length > 0 ? null : declaration.default
  const defaultValue = given === null ? null : fieldDefault(building, draft, name, type, given)
  return fieldNode(name, type, {
    column: declaration.column ?? databaseName(name),
    nullable: declaration.nullable,
    default: defaultValue,
    unique: declaration.unique,
    immutable: declaration.immutable || isKey,
    readOnly: declaration.readOnly,
    writeOnly: declaration.writeOnly,
    private: declaration.private,
    maskable: declaration.maskable,
    from: declaration.from,
    renamedFrom: declaration.renamedFrom,
    native: declaration.native,
    words: declaration.words,
  })
}

/** A slug is made from a text of the same model. */
function checkSource(building: Building, draft: ModelDraft, name: string, from: string): void {
  const source = draft.scalars.get(from)
  const place = [draft.name, name]
  if (source === undefined) {
    const texts = [...draft.scalars].filter(([, scalar]) => scalar.type.kind === 'text').map(([text]) => text)
    building.mistakes.add(
      'boot.field-unknown',
      { what: `The slug ${draft.name}.${name}`, name: from, model: draft.name, nearest: nearest(from, texts) },
      place,
    )
  } else if (source.type.kind !== 'text') {
    building.mistakes.add(
      'boot.field-invalid',
      { field: `${draft.name}.${name}`, reason: `"${from}" is no text` },
      place,
    )
  }
}

function foreignNode(
  building: Building,
  draft: ModelDraft,
  relation: string,
  declaration: BelongsToDeclaration,
  column: ForeignColumn,
): FieldNode {
  const columns = foreignColumns(building, relation, declaration)
  const place = [draft.name, relation]
  const single = columns.length === 1
  if (!single) {
    const reason = `the key of ${declaration.target} has ${columns.length} fields`
    const refuse = (what: string): void =>
      building.mistakes.add(
        'boot.relation-invalid',
        { relation: `${draft.name}.${relation}`, reason: `${reason}, so ${what} cannot say which is meant` },
        place,
      )
    if (column === columns[0] || column.name === columns[0]?.name) {
      if (declaration.column !== null) refuse('column()')
      if (declaration.field !== null) refuse('the option "field"')
      if (declaration.default !== null) refuse('default()')
      if (declaration.renamedFrom !== null) refuse('renamedFrom()')
    }
  }
  const given = single ? declaration.default : null
  return fieldNode(column.name, column.type, {
    column: (single ? declaration.column : null) ?? databaseName(column.name),
    nullable: declaration.nullable,
    default: given === null ? null : fieldDefault(building, draft, column.name, column.type, given),
    unique: single && declaration.unique,
    immutable: declaration.immutable || draft.key.includes(column.name),
    readOnly: declaration.readOnly,
    private: declaration.private,
    maskable: declaration.maskable,
    relation,
    renamedFrom: single ? declaration.renamedFrom : null,
    native: column.native,
    words: declaration.words,
  })
}

function fieldDefault(
  building: Building,
  draft: ModelDraft,
  name: string,
  type: FieldType,
  given: DeclaredDefault,
): FieldDefault | null {
  const place = [draft.name, name]
  const wrong = (reason: string): null => {
    building.mistakes.add('boot.default-invalid', { field: `${draft.name}.${name}`, reason }, place)
    return null
  }
  switch (given.from) {
    case 'uuidv7':
    case 'sequence':
      return { from: given.from }
    case 'database':
      return given
    case 'now':
      return type.kind === 'datetime'
        ? { from: 'now', onUpdate: false }
        : wrong(`now is a datetime, not a ${type.kind}`)
    case 'literal': {
      if (given.input === null) return wrong('it is null; write optional() instead')
      const result = kindOf(type).parseNative(given.input, type, '')
      return result.ok ? { from: 'literal', value: result.value } : wrong(result.error.message.replace(/\.$/, ''))
    }
    case 'caller':
      return callerDefault(building, type, given.read, wrong)
  }
}

function callerDefault(
  building: Building,
  type: FieldType,
  read: (caller: Readonly<Record<string, CallerAttribute>>) => unknown,
  wrong: (reason: string) => null,
): FieldDefault | null {
  const caller = building.caller === null ? undefined : building.models.get(building.caller)
  // A Date made by the function would be that of the start.
  const advice = type.kind === 'datetime' ? '; the moment of the request is default(now)' : ''
  if (caller === undefined) return wrong(`it takes a field of the caller, but the schema names no caller${advice}`)
  let result: unknown
  const taken: string[] = []
  const run = (attributeOf: (name: string) => CallerAttribute | null): unknown =>
    read(
      new Proxy<Record<string, CallerAttribute>>(
        {},
        {
          get(_target, name) {
            taken.push(String(name))
            return attributeOf(String(name))
          },
        },
      ),
    )
  try {
    result = run(name => new CallerAttribute(name))
    // Once more without a value: `||` and `??` would take another attribute then, and are refused like `?:`.
    run(() => null)
  } catch (error) {
    return wrong(`its function throws: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!(result instanceof CallerAttribute) || taken.length !== 2)
    return wrong(`its function has to return a field of the caller as it is, as in caller => caller.id${advice}`)
  const { attribute } = result
  const types = new Map([...caller.scalars].map(([field, scalar]) => [field, scalar.type] as const))
  for (const [relation, declaration] of caller.belongsTo) {
    for (const column of foreignColumns(building, relation, declaration)) types.set(column.name, column.type)
  }
  for (const column of keyColumns(building, caller)) types.set(column.name, column.type)
  const found = types.get(attribute)
  if (found === undefined) return wrong(`${caller.name} has no field "${attribute}"${perhaps(attribute, types.keys())}`)
  if (!comparable(found, type))
    return wrong(`${caller.name}.${attribute} is of the kind ${found.kind}, the field of the kind ${type.kind}`)
  return { from: 'caller', attribute }
}
