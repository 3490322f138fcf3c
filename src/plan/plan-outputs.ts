/** What an answer holds: the fields that the caller may see, and the rows of included relations, each under its own rules. */
import { refusal } from '../error/index.ts'
import { type FieldType, isAlways, isNever, isToMany, kindOf, type Predicate } from '../model/index.ts'
import type { NestedRequest, Output, OutputRequest, ReadNode, Selection } from '../query/index.ts'
import { allOf } from './fold.ts'
import { isFetchedAsSet } from './link-set.ts'
import { attribute, relation as namedRelation } from './name.ts'
import { attributeExpression, planFilter } from './plan-filter.ts'
import { planOrder } from './plan-order.ts'
import type { Planning } from './planning.ts'
import { isClosedField, linkCondition, placeAt, relatedCondition, requireVisible } from './readable.ts'
import { unsupported } from './require-capabilities.ts'
import { rewriteExpression, withLinks } from './rewrite.ts'
import { rowLimit } from './row-limit.ts'
import type { Standpoint } from './standpoint.ts'

/** Whose outputs they are: those of the rows of a page, which a limit bounds, or of any other rows. */
type Around = 'page' | 'others'

export function planOutputs(at: Standpoint, selection: Selection, around: Around = 'others'): readonly Output[] {
  const explicit = new Set(selection.outputs.map(output => output.output))
  const defaults = selection.defaults ? defaultOutputs(at).filter(({ output }) => !explicit.has(output)) : []
  return [...defaults, ...selection.outputs.map(request => planOutput(at, request, around))]
}

/** Every field and computed field that the caller may see, in the order of the model. */
function defaultOutputs(at: Standpoint): Output[] {
  const names = [...Object.keys(at.model.fields), ...Object.keys(at.model.computed)]
  return names.filter(name => !isClosedField(at, name)).map(name => fieldOutput(at, name, name))
}

function planOutput(at: Standpoint, request: OutputRequest, around: Around): Output {
  switch (request.kind) {
    case 'field':
      return fieldOutput(at, request.field, request.output)
    case 'related':
      return relatedOutput(at, request)
    case 'expression': {
      const { output, type } = request
      const { planning } = at
      const of = planning.calculating(output, () => rewriteExpression(placeAt(at), request.expression))
      return { kind: 'value', output, of, type, visible: null, assemble: assembly(planning, type) }
    }
    case 'object': {
      const outputs = planOutputs(at, { defaults: false, outputs: request.outputs }, around)
      return { kind: 'object', output: request.output, outputs }
    }
    case 'include':
      return planInclude(at, request.output, request.relation, request.nested, around)
    case 'pluck': {
      const select: Selection = {
        defaults: false,
        outputs: [{ kind: 'field', output: request.field, field: request.field }],
      }
      const nested = { ...request.nested, select }
      const rows = planInclude(at, request.output, request.relation, nested, around)
      if (rows.kind !== 'many') throw new Error(`${at.model.name}.${request.relation} leads to one row`)
      return { ...rows, kind: 'list' }
    }
    default:
      return request satisfies never
  }
}

function fieldOutput(at: Standpoint, name: string, output: string): Output {
  const { type } = attribute(at.model, name).node
  const visible = requireVisible(at, name)
  return {
    kind: 'value',
    output,
    of: attributeExpression(at, name),
    type,
    visible: isAlways(visible) ? null : visible,
    assemble: assembly(at.planning, type),
  }
}

function relatedOutput(
  at: Standpoint,
  { output, path, field }: Extract<OutputRequest, { readonly kind: 'related' }>,
): Output {
  const { planning, row } = at
  const { visible: seen, type } = visibleAlong(at, path, field)
  return {
    kind: 'value',
    output,
    of: { kind: 'field', row, path, field },
    type,
    visible: isAlways(seen) ? null : seen,
    assemble: assembly(planning, type),
  }
}

/** When the field at the end of a path of to-one relations can be seen: where the caller may read each row on the way. */
function visibleAlong(
  at: Standpoint,
  [name, ...rest]: readonly string[],
  field: string,
): { readonly visible: Predicate; readonly type: FieldType } {
  const { model, planning, row } = at
  if (name === undefined) {
    planning.noteRead(model.name, field)
    return { visible: requireVisible(at, field), type: at.typeOf(field) }
  }
  const relation = namedRelation(model, name)
  const seen = requireVisible(at, name)
  planning.noteLink(model, relation)
  const inner = at.inside(relation.target)
  const readable = relatedCondition(inner, relation)
  const { visible, type } = visibleAlong(inner, rest, field)
  const where = allOf(readable, visible)
  if (isAlways(where) || isNever(where)) return { visible: allOf(seen, where), type }
  return { visible: allOf(seen, { kind: 'some', row, path: [], relation: name, where, authority: 'caller' }), type }
}

/** Fields with a codec in JavaScript, and classes that the store cannot write into JSON, take the second way (semantics 16). */
export function assembly(planning: Planning, type: FieldType): 'store' | 'decode' {
  const kind = kindOf(type)
  const inStore = kind.codec === undefined && planning.environment.capabilities.jsonClasses.has(kind.storage)
  return inStore && (type.element === undefined || assembly(planning, type.element) === 'store') ? 'store' : 'decode'
}

/** Whether JavaScript has to work on the rows of a read. */
export function decodes(outputs: readonly Output[]): boolean {
  return outputs.some(output => {
    if (output.kind === 'value') return output.assemble === 'decode'
    return decodes(output.kind === 'object' ? output.outputs : output.node.outputs)
  })
}

function planInclude(at: Standpoint, output: string, name: string, nested: NestedRequest, around: Around): Output {
  const { model, planning, row } = at
  const { capabilities, limits: bounds } = planning.environment
  const relation = namedRelation(model, name)
  const depth = row + 1
  if (depth > bounds.includeDepth) {
    throw refusal('request.include-too-deep', { depth, limit: bounds.includeDepth })
  }
  if (!capabilities.joins) {
    throw unsupported(planning.environment, `it cannot follow the relation ${name}`)
  }
  const visibleRule = requireVisible(at, name)
  const visible = isAlways(visibleRule) ? null : visibleRule
  planning.noteLink(model, relation)
  const inner = at.inside(relation.target)
  const readable = relatedCondition(inner, relation)
  const links = linkCondition(at, relation)
  const link = { model: model.name, row, relation: name, ...withLinks(links) }
  if (!isToMany(relation)) {
    refuseToOneArguments(at, name, nested)
    const outputs = planOutputs(inner, nested.select)
    const of = { model: relation.target, row: inner.row, where: readable, order: [], limit: null, offset: null }
    return { kind: 'one', output, link, node: { ...of, outputs }, visible }
  }
  const limit = nested.unlimited === true ? null : rowLimit(planning, nested, bounds.defaultNested, 0, `${name}.limit`)
  const outputs = planOutputs(inner, nested.select)
  const node: ReadNode = {
    model: relation.target,
    row: inner.row,
    where: allOf(readable, planFilter(inner, nested.where)),
    order: planOrder(inner, nested.sort).terms,
    limit,
    offset: null,
    outputs,
  }
  const asSet = around === 'page' && visible === null && isFetchedAsSet(planning, relation, node)
  return { kind: 'many', output, link, node, visible, strategy: asSet ? 'set' : 'correlated' }
}

function refuseToOneArguments({ model }: Standpoint, name: string, nested: NestedRequest): void {
  if (nested.where === null && nested.sort.length === 0 && nested.limit === null) return
  throw refusal('request.malformed-parameter', {
    name: `${model.name}.${name}`,
    reason: 'it leads to one row, which cannot be filtered, sorted or limited',
  })
}
