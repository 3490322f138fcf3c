/** JSON Schemas of rows: as they are read, as they are selected, and as they are sent. */
import {
  type FieldNode,
  isReadableByAll,
  isToMany,
  type ModelGraph,
  type ModelNode,
  needsValue,
  nullableSchema,
  recognisingFields,
  type RelationNode,
  type SchemaObject,
  valueSchema,
} from '../../model/index.ts'
import { capitalise } from '../../lib/index.ts'
import { isClosed } from '../contract/index.ts'
import { partRef, schemaName, schemaRef } from './schema-names.ts'
import { appearance, isWritable, isWritableRelation, mayBeNull, readableRelations } from './access.ts'

function words(node: { readonly words: FieldNode['words'] }): SchemaObject {
  const { description, label, deprecated } = node.words
  const reason = typeof deprecated === 'string' ? `Deprecated: ${deprecated}` : null
  const text = [description, reason].filter(part => part !== null).join(' ')
  return {
    ...(label === null ? {} : { title: label }),
    ...(text === '' ? {} : { description: text }),
    ...(deprecated === false ? {} : { deprecated: true }),
  }
}

/**
 * Moments that are answered have one spelling, and their format says it. The pattern bounds what is sent; here, generated clients would hold it
 * against the moments that they have made of the texts by then (openapi-generator for Python could read no row).
 */
function answeredSchema(type: FieldNode['type']): SchemaObject {
  const schema = valueSchema(type)
  if (type.element !== undefined) return { ...schema, items: answeredSchema(type.element) }
  if (schema['format'] !== 'date-time') return schema
  return Object.fromEntries(Object.entries(schema).filter(([word]) => word !== 'pattern'))
}

/** Every property of a row that somebody may read. */
function readProperties(
  graph: ModelGraph,
  model: ModelNode,
): { readonly properties: Record<string, SchemaObject>; readonly required: string[] } {
  const properties: Record<string, SchemaObject> = {}
  const required: string[] = []
  for (const node of [...Object.values(model.fields), ...Object.values(model.computed)]) {
    const seen = appearance(model, node.name)
    if (seen === null) continue
    const schema = answeredSchema(node.type)
    const isServers = !('column' in node) || !isWritable(model, node, 'create')
    properties[node.name] = {
      ...(mayBeNull(model, node) ? nullableSchema(schema) : schema),
      ...words(node),
      ...(isServers ? { readOnly: true } : {}),
    }
    if (seen.always) required.push(node.name)
  }
  for (const { relation, target } of readableRelations(graph, model)) {
    const one = partRef(graph, target, 'Selected')
    const related = isToMany(relation) ? { type: 'array', items: one, ...words(relation) } : one
    const isNull = mayBeNull(model, relation) || (!isToMany(relation) && !isReadableByAll(target))
    properties[relation.name] = isNull ? nullableSchema(related) : related
  }
  return { properties, required }
}

/** Included relations may have names that the request gives them. Generators of clients stumble over a choice of types here, not over what is not there. */
const underOtherNames: SchemaObject = {
  description: 'A relation that was included under another name.',
  not: { type: ['string', 'number', 'boolean'] },
}

export function readSchemas(graph: ModelGraph, model: ModelNode): Record<string, SchemaObject> {
  const { properties, required } = readProperties(graph, model)
  return {
    [model.name]: {
      type: 'object',
      ...words(model),
      properties,
      required,
      additionalProperties: underOtherNames,
    },
    [schemaName(graph, model, 'Selected')]: {
      type: 'object',
      description: `What \`select\` asks for of ${model.name}.`,
      properties,
      additionalProperties: underOtherNames,
    },
  }
}

/** `mostRows`: how many rows a write may touch. */
export function writeSchemas(graph: ModelGraph, model: ModelNode, mostRows: number): Record<string, SchemaObject> {
  const schemas: Record<string, SchemaObject> = {}
  if (!isClosed(model, 'create')) {
    schemas[schemaName(graph, model, 'Create')] = inputSchema(graph, model, 'create', mostRows)
    schemas[nestedName(graph, model)] = inputSchema(graph, model, 'create', null)
    for (const { kind, inverse, name, on } of Object.values(model.relations)) {
      if (kind !== 'belongsTo' || inverse === null) continue
      const filledIn = on.map(({ local }) => local)
      schemas[nestedName(graph, model, name)] = inputSchema(graph, model, 'create', null, filledIn)
    }
  }
  if (!isClosed(model, 'update')) {
    schemas[schemaName(graph, model, 'Update')] = inputSchema(graph, model, 'update', mostRows)
    schemas[schemaName(graph, model, 'UpdateMany')] = inputSchema(graph, model, 'update', null)
  }
  if (!isClosed(model, 'read') && model.key.length > 0) {
    schemas[schemaName(graph, model, 'Address')] = addressSchema(model)
  }
  return schemas
}

/** The schema of a row that is written along; `without` is the relation that leads back to the row that it is written with. */
const nestedName = (graph: ModelGraph, model: ModelNode, without?: string): string =>
  schemaName(graph, model, `NestedCreate${without === undefined ? '' : `Without${capitalise(without)}`}`)

/** `mostRows`: how many rows may be written along; null where none are. `filledIn`: what nobody sends. */
function inputSchema(
  graph: ModelGraph,
  model: ModelNode,
  mode: 'create' | 'update',
  mostRows: number | null,
  filledIn: readonly string[] = [],
): SchemaObject {
  const properties: Record<string, SchemaObject> = {}
  const required: string[] = []
  const eitherOr: SchemaObject[] = []
  for (const field of Object.values(model.fields)) {
    if (!isWritable(model, field, mode) || filledIn.includes(field.name)) continue
    const schema = isOnlyKey(model, field) ? addressable(valueSchema(field.type)) : valueSchema(field.type)
    properties[field.name] = {
      ...(field.nullable ? nullableSchema(schema) : schema),
      ...words(field),
      ...(field.writeOnly ? { writeOnly: true } : {}),
      ...(field.default?.from === 'literal' && mode === 'create' ? { default: field.default.value } : {}),
    }
    if (mode === 'update' || !needsValue(field)) continue
    const nestable =
      mostRows !== null &&
      field.relation !== null &&
      nestedSchema(graph, model, field.relation, mode, mostRows) !== null
    if (nestable) eitherOr.push({ oneOf: [{ required: [field.name] }, { required: [field.relation] }] })
    else required.push(field.name)
  }
  if (mostRows !== null) {
    for (const relation of Object.values(model.relations)) {
      const schema = nestedSchema(graph, model, relation.name, mode, mostRows)
      if (schema !== null) properties[relation.name] = { ...schema, ...words(relation) }
    }
  }
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(eitherOr.length === 0 ? {} : { allOf: eitherOr }),
    additionalProperties: false,
  }
}

const isOnlyKey = (model: ModelNode, { name, type }: FieldNode): boolean =>
  type.kind === 'text' && model.key.length === 1 && model.key[0] === name

/** A text that a path can name a row by. */
const addressable = (schema: SchemaObject): SchemaObject => ({
  ...schema,
  minLength: Math.max(1, Number(schema['minLength'] ?? 0)),
  not: { enum: ['.', '..'] },
})

/** A nested write, one level deep; null when nobody could carry it out. */
function nestedSchema(
  graph: ModelGraph,
  model: ModelNode,
  name: string,
  mode: 'create' | 'update',
  mostRows: number,
): SchemaObject | null {
  const relation = model.relations[name]
  const target = relation === undefined ? undefined : graph.models[relation.target]
  if (relation === undefined || target === undefined || target.hidden || target.key.length === 0) return null
  if (!isWritableRelation(model, relation, target, mode)) return null
  const back = relation.kind === 'hasMany' || relation.kind === 'hasOne' ? (relation.inverse ?? undefined) : undefined
  const row =
    isClosed(target, 'create') || !mayRefer(graph, relation, target, 'create')
      ? null
      : schemaRef(nestedName(graph, target, back))
  const address = isClosed(target, 'read') ? null : partRef(graph, target, 'Address')
  const connected = mayRefer(graph, relation, target, 'update') ? address : null
  const disconnects = mode === 'update' && mayLeave(relation, target)
  if (!isToMany(relation)) {
    const choices: Record<string, SchemaObject> = {
      ...(row === null ? {} : { create: row }),
      ...(connected === null ? {} : { connect: connected }),
      ...(disconnects ? { disconnect: { type: 'boolean', enum: [true] } } : {}),
    }
    if (Object.keys(choices).length === 0) return null
    const least = relation.nullable || mode === 'update' ? {} : { minProperties: 1 }
    return { type: 'object', properties: choices, ...least, maxProperties: 1, additionalProperties: false }
  }
  const list = (item: SchemaObject): SchemaObject => ({
    // The row that they are written with counts, too.
    anyOf: [item, { type: 'array', items: item, maxItems: mostRows - 1 }],
  })
  // Where links cannot be made they can still go.
  const chosen = relation.kind === 'manyToMany' ? address : connected
  const ensured =
    row === null
      ? null
      : recognisedSchema(target, row, back === undefined ? [] : relation.on.map(({ remote }) => remote))
  const properties: Record<string, SchemaObject> = {
    ...(row === null ? {} : { create: list(row) }),
    ...(ensured === null ? {} : { connectOrCreate: list(ensured), setOrCreate: list(ensured) }),
    ...(connected === null ? {} : { connect: list(connected) }),
    ...(chosen === null || !disconnects ? {} : { disconnect: list(chosen) }),
    ...(chosen === null ? {} : { set: list(chosen) }),
  }
  return Object.keys(properties).length === 0 ? null : { type: 'object', properties, additionalProperties: false }
}

/** A row that is known by its unique values, all of them given; null where it has none. `reference`: the parent gives it. */
function recognisedSchema(target: ModelNode, row: SchemaObject, reference: readonly string[]): SchemaObject | null {
  const groups = recognisingFields(target, true).filter(names => !names.some(name => reference.includes(name)))
  if (groups.length === 0) return null
  const given = groups.map(names => {
    const nullable = names.filter(name => target.fields[name]?.nullable === true)
    const present = Object.fromEntries(nullable.map(name => [name, { not: { type: 'null' } }]))
    return { required: names, ...(nullable.length === 0 ? {} : { properties: present }) }
  })
  return { allOf: [row, given.length === 1 ? given[0] : { anyOf: given }] }
}

/** Whether a related row can be given its reference: when it is created, or (`update`) one that is there. Links are rows of a join model. */
function mayRefer(graph: ModelGraph, relation: RelationNode, target: ModelNode, mode: 'create' | 'update'): boolean {
  const { kind, on, through } = relation
  if (kind === 'belongsTo') return true
  if (through === null) return referencesOf(on, target).every(field => isWritable(target, field, mode))
  const join = graph.models[through.model]
  if (join === undefined || join.hooks.includes('beforeCreate')) return true
  const ends = [...through.local, ...through.remote].map(pair => pair.through)
  return Object.values(join.fields).every(field => ends.includes(field.name) || !needsValue(field))
}

/** Whether a related row can do without its reference. */
function mayLeave({ kind, nullable: isOptional, on }: RelationNode, target: ModelNode): boolean {
  if (kind === 'manyToMany') return true
  if (kind === 'belongsTo') return isOptional
  const references = referencesOf(on, target)
  return references.every(field => isWritable(target, field, 'update')) && references.some(field => field.nullable)
}

/** The children of a hasMany or hasOne hold the reference. */
const referencesOf = (on: RelationNode['on'], target: ModelNode): readonly FieldNode[] =>
  on.flatMap(({ remote }) => target.fields[remote] ?? [])

/** A row named by its key, or by the fields of a unique group. */
function addressSchema(model: ModelNode): SchemaObject {
  const seen = model.uniques.filter(({ fields }) => fields.every(name => appearance(model, name) !== null))
  const groups = [model.key, ...seen.map(unique => unique.fields)]
  const objects = groups.map(fields => ({
    type: 'object',
    properties: Object.fromEntries(fields.map(name => [name, keySchema(model, name)])),
    required: fields,
    additionalProperties: false,
  }))
  const [only] = model.key
  const bare = only !== undefined && model.key.length === 1 ? [keySchema(model, only)] : []
  const [first = {}, ...others] = [...bare, ...objects]
  return others.length === 0 ? first : { anyOf: [first, ...others] }
}

export function keySchema(model: ModelNode, name: string): SchemaObject {
  const type = model.fields[name]?.type
  return type === undefined ? {} : valueSchema(type)
}
