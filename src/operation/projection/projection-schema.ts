/** The JSON Schemas of what projections give and take. */
import {
  callerOnlyAttributes,
  isReadableByAll,
  isToMany,
  type JsonSchema,
  type ModelGraph,
  type ModelNode,
  modelOf,
  nullableSchema,
  relationOf,
  type SchemaObject,
  valueSchema,
} from '../../model/index.ts'
import type { InputPart } from './projection-input.ts'
import { bareValue, type Projection, type ProjectionOutput } from './projection.ts'

/** One row as the projection shows it. */
export function projectionSchema(graph: ModelGraph, projection: Projection): SchemaObject {
  const model = modelOf(graph, projection.model)
  if (projection.bare) {
    const [only] = projection.outputs
    return only === undefined || only.output !== bareValue ? {} : outputSchema(graph, model, only)
  }
  return outputsSchema(graph, model, projection.outputs)
}

function outputsSchema(graph: ModelGraph, model: ModelNode, outputs: readonly ProjectionOutput[]): SchemaObject {
  return {
    type: 'object',
    properties: Object.fromEntries(outputs.map(each => [each.output, outputSchema(graph, model, each)])),
    required: outputs.map(({ output }) => output),
    additionalProperties: false,
  }
}

function outputSchema(graph: ModelGraph, model: ModelNode, projected: ProjectionOutput): SchemaObject {
  switch (projected.kind) {
    case 'field': {
      const schema = valueSchema(projected.type)
      const words = model.fields[projected.field]?.words
      const described = words?.description ? { ...schema, description: words.description } : schema
      return orNull(described, projected.nullable || mayBeHidden(model, projected.field))
    }
    case 'related': {
      const nullable = projected.nullable || mayBeHiddenAlong(graph, model, projected.path, projected.field)
      return orNull(valueSchema(projected.type), nullable)
    }
    case 'expression':
      return orNull(valueSchema(projected.type), projected.nullable)
    case 'object':
      return outputsSchema(graph, model, projected.outputs)
    case 'pluck': {
      const target = modelOf(graph, model.relations[projected.relation]?.target ?? '')
      const value = valueSchema(projected.type)
      const nullable = target.fields[projected.field]?.nullable === true || mayBeHidden(target, projected.field)
      return listSchema(orNull(value, nullable), projected.limit)
    }
    case 'include': {
      const relation = relationOf(model, projected.relation)
      const inner = projectionSchema(graph, projected.projection)
      const hidden = mayBeHidden(model, projected.relation)
      if (isToMany(relation)) return orNull(listSchema(inner, projected.limit), hidden)
      const target = modelOf(graph, projected.projection.model)
      return orNull(inner, hidden || relation.nullable || !isReadableByAll(target))
    }
    default:
      return projected satisfies never
  }
}

const orNull = (schema: SchemaObject, nullable: boolean): SchemaObject => (nullable ? nullableSchema(schema) : schema)

const listSchema = (items: SchemaObject, limit: number | null): SchemaObject => ({
  type: 'array',
  items,
  ...(limit === null ? {} : { maxItems: limit }),
})

/** A field rule that depends on the row makes null of the field (semantics 8); one that the caller decides refuses the request. */
function mayBeHidden(model: ModelNode, name: string): boolean {
  const relation = model.relations[name]
  if (model.fields[name]?.maskable === true || relation?.maskable === true) return true
  const names = [name, ...(relation?.kind === 'belongsTo' ? relation.on.map(({ local }) => local) : [])]
  return names.some(each => {
    const rule = model.rules?.fields[each]?.read
    return rule !== undefined && callerOnlyAttributes(rule) === null
  })
}

function mayBeHiddenAlong(
  graph: ModelGraph,
  model: ModelNode,
  [name, ...rest]: readonly string[],
  field: string,
): boolean {
  if (name === undefined) return mayBeHidden(model, field)
  const target = modelOf(graph, model.relations[name]?.target ?? '')
  return mayBeHidden(model, name) || !isReadableByAll(target) || mayBeHiddenAlong(graph, target, rest, field)
}

/** The body of a create or an update, envelope included. */
export function projectionBodySchema(
  graph: ModelGraph,
  model: ModelNode,
  parts: readonly InputPart[],
  mode: 'create' | 'update',
  envelope: string | null,
): SchemaObject {
  const properties = parts.map((part): [string, SchemaObject] => {
    if (part.kind === 'field') {
      const field = model.fields[part.field]
      return [part.name, field === undefined ? {} : orNull(valueSchema(field.type), field.nullable)]
    }
    const value = modelOf(graph, model.relations[part.relation]?.target ?? '').fields[part.field]
    return [part.name, listSchema(value === undefined ? {} : valueSchema(value.type), null)]
  })
  const required = mode === 'update' ? [] : parts.filter(part => isRequired(model, part)).map(({ name }) => name)
  const body: SchemaObject = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
  return envelope === null ? body : envelopeSchema({ [envelope]: body })
}

function isRequired(model: ModelNode, part: InputPart): boolean {
  const field = part.kind === 'field' ? model.fields[part.field] : undefined
  return field !== undefined && !field.nullable && field.default === null && field.from === null
}

/** An object that has exactly these properties. */
export function envelopeSchema(properties: Readonly<Record<string, JsonSchema>>): SchemaObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
