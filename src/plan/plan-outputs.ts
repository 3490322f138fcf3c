/** What an answer holds: the fields that the caller may see, and the rows of included relations, each under its own rules. */
import { refusal } from '../error/index.ts'
import { type FieldType, kindOf, type ModelNode } from '../model/index.ts'
import type { NestedRequest, Output, OutputRequest, ReadNode, Selection } from '../query/index.ts'
import type { Planning } from './environment.ts'
import { allOf, isAlways } from './fold.ts'
import { isFetchedAsSet } from './link-set.ts'
import { attribute, relation as namedRelation } from './name.ts'
import { attributeExpression, planFilter } from './plan-filter.ts'
import { planOrder } from './plan-order.ts'
import { isClosedField, linkCondition, placeAt, relatedCondition, requireVisible } from './readable.ts'
import { noteLink, rewriteExpression, withLinks } from './rewrite.ts'

/** The outputs of one selection, and the limits that multiply from the root down to each of its to-many relations. */
export interface PlannedOutputs {
  readonly outputs: readonly Output[]
  readonly limitProducts: readonly (readonly number[])[]
}

/** `limits`: indexes of the limit parameters around this selection. */
export function planOutputs(
  planning: Planning,
  rows: readonly string[],
  selection: Selection,
  limits: readonly number[],
): PlannedOutputs {
  const model = planning.model(rows.at(-1) ?? '')
  const explicit = new Set(selection.outputs.map(output => output.output))
  const outputs: Output[] = selection.defaults
    ? defaultOutputs(planning, rows, model).filter(output => !explicit.has(output.output))
    : []
  const limitProducts: (readonly number[])[] = []
  for (const request of selection.outputs) {
    const planned = planOutput(planning, rows, model, request, limits)
    outputs.push(planned.output)
    limitProducts.push(...planned.limitProducts)
  }
  return { outputs, limitProducts }
}

/** Every field and computed field that the caller may see, in the order of the model. */
function defaultOutputs(planning: Planning, rows: readonly string[], model: ModelNode): Output[] {
  const names = [...Object.keys(model.fields), ...Object.keys(model.computed)]
  return names
    .filter(name => !isClosedField(planning, rows, model, name))
    .map(name => fieldOutput(planning, rows, model, name, name))
}

function planOutput(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  request: OutputRequest,
  limits: readonly number[],
): { readonly output: Output; readonly limitProducts: readonly (readonly number[])[] } {
  switch (request.kind) {
    case 'field':
      return { output: fieldOutput(planning, rows, model, request.field, request.output), limitProducts: [] }
    case 'expression': {
      const { output, type } = request
      const of = planning.calculating(output, () => rewriteExpression(placeAt(planning, rows), request.expression))
      return {
        output: { kind: 'value', output, of, type, visible: null, assemble: assembly(planning, type) },
        limitProducts: [],
      }
    }
    case 'object': {
      const planned = planOutputs(planning, rows, { defaults: false, outputs: request.outputs }, limits)
      return {
        output: { kind: 'object', output: request.output, outputs: planned.outputs },
        limitProducts: planned.limitProducts,
      }
    }
    case 'include':
      return planInclude(planning, rows, model, request.output, request.relation, request.nested, limits)
    case 'pluck': {
      const select: Selection = {
        defaults: false,
        outputs: [{ kind: 'field', output: request.field, field: request.field }],
      }
      const nested = { ...request.nested, select }
      const { output, limitProducts } = planInclude(
        planning,
        rows,
        model,
        request.output,
        request.relation,
        nested,
        limits,
      )
      if (output.kind !== 'many') {
        throw refusal('request.unknown-relation', {
          model: model.name,
          name: request.relation,
          nearest: 'a to-many relation',
        })
      }
      const { link, node, visible, strategy } = output
      return { output: { kind: 'list', output: request.output, link, node, visible, strategy }, limitProducts }
    }
    default:
      return request satisfies never
  }
}

function fieldOutput(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  name: string,
  output: string,
): Output {
  const { type } = attribute(model, name).node
  const visible = requireVisible(planning, rows, model, name)
  return {
    kind: 'value',
    output,
    of: attributeExpression(planning, rows, model, name),
    type,
    visible: isAlways(visible) ? null : visible,
    assemble: assembly(planning, type),
  }
}

/** Fields with a codec in JavaScript, and classes that the store cannot write into JSON, take the second way (semantics 16). */
export function assembly(planning: Planning, type: FieldType): 'store' | 'decode' {
  const kind = kindOf(type)
  const inStore = kind.codec === undefined && planning.environment.capabilities.jsonClasses.has(kind.storage)
  return inStore && (type.element === undefined || assembly(planning, type.element) === 'store') ? 'store' : 'decode'
}

function planInclude(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  output: string,
  name: string,
  nested: NestedRequest,
  limits: readonly number[],
): { readonly output: Output; readonly limitProducts: readonly (readonly number[])[] } {
  const { capabilities, limits: bounds } = planning.environment
  const relation = namedRelation(model, name)
  const depth = rows.length
  if (depth > bounds.includeDepth) {
    throw refusal('request.include-too-deep', { depth, limit: bounds.includeDepth })
  }
  if (!capabilities.joins) {
    throw refusal('store.unsupported', { store: 'of this model', reason: `it cannot follow the relation ${name}` })
  }
  const visibleRule = requireVisible(planning, rows, model, name)
  const visible = isAlways(visibleRule) ? null : visibleRule
  noteLink(planning, model, relation)
  const inner = [...rows, relation.target]
  const readable = relatedCondition(planning, inner, relation, 'caller')
  const links = linkCondition(planning, rows, relation, 'caller')
  const link = { model: model.name, row: rows.length - 1, relation: name, ...withLinks(links) }
  if (relation.kind === 'belongsTo' || relation.kind === 'hasOne') {
    refuseToOneArguments(model, name, nested)
    const planned = planOutputs(planning, inner, nested.select, limits)
    const node = { model: relation.target, row: rows.length, where: readable, order: [], limit: null, offset: null }
    return {
      output: { kind: 'one', output, link, node: { ...node, outputs: planned.outputs }, visible },
      limitProducts: planned.limitProducts,
    }
  }
  const limit = nestedLimit(planning, nested, name)
  const around = limit === null ? limits : [...limits, limit]
  const planned = planOutputs(planning, inner, nested.select, around)
  const node: ReadNode = {
    model: relation.target,
    row: rows.length,
    where: allOf(readable, planFilter(planning, inner, nested.where)),
    order: planOrder(planning, inner, nested.sort).terms,
    limit,
    offset: null,
    outputs: planned.outputs,
  }
  const strategy = visible === null && isFetchedAsSet(planning, relation, node, limits.length) ? 'set' : 'correlated'
  return {
    output: { kind: 'many', output, link, node, visible, strategy },
    limitProducts: [...(around.length > 1 ? [around] : []), ...planned.limitProducts],
  }
}

function refuseToOneArguments(model: ModelNode, name: string, nested: NestedRequest): void {
  if (nested.where === null && nested.sort.length === 0 && nested.limit === null) return
  throw refusal('request.malformed-parameter', {
    name: `${model.name}.${name}`,
    reason: 'it leads to one row, which cannot be filtered, sorted or limited',
  })
}

function nestedLimit(planning: Planning, nested: NestedRequest, name: string): number | null {
  if (nested.unlimited === true) return null
  const { limits } = planning.environment
  return planning.parameter({
    source: 'limit',
    slot: nested.limit,
    fallback: nested.fixedLimit ?? limits.defaultNested,
    maximum: Math.max(limits.maximumPage, nested.fixedLimit ?? 0),
    peek: 0,
    name: `${name}.limit`,
  }).index
}
