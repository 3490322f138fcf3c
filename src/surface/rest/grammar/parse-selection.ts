/** What an answer holds: `select=id,author(name)` and `include=comments(id;sort=-id;limit=3)`. */
import { refusal } from '../../../error/index.ts'
import { canonicalJson, nearest, own } from '../../../lib/index.ts'
import { isToMany, type ModelNode, toldRelations } from '../../../model/index.ts'
import type { FilterRequest, NestedRequest, OutputRequest, Selection, Slot, SortTerm } from '../../../query/index.ts'
import { malformed } from '../../contract/index.ts'
import { allOf, type ConditionScope, parseCondition, visibleNames } from './parse-condition.ts'
import { parseSort } from './parse-sort.ts'
import type { SkeletonReader } from './skeleton-reader.ts'

/** `relationsOnly`: in `include`, fields have no place at the outermost level. */
export function parseSelection(scope: ConditionScope, reader: SkeletonReader, relationsOnly: boolean): Selection {
  let defaults = false
  const outputs = new Map<string, OutputRequest>()
  do {
    if (reader.take('*')) {
      if (relationsOnly) throw malformed(reader.name, '"*" belongs into select')
      defaults = true
    } else addOutput(outputs, parseItem(scope, reader, relationsOnly))
  } while (reader.take(','))
  return { defaults, outputs: inModelOrder(scope.model, [...outputs.values()]) }
}

const atEnd = (reader: SkeletonReader): boolean => reader.done || reader.next === ';' || reader.next === ')'

/** Naming a thing twice in the same way is naming it once. */
export function addOutput(outputs: Map<string, OutputRequest>, output: OutputRequest): void {
  const known = outputs.get(output.output)
  if (known !== undefined && canonicalJson(known) !== canonicalJson(output)) {
    throw refusal('request.repeated-output', { name: output.output })
  }
  outputs.set(output.output, output)
}

function parseItem(scope: ConditionScope, reader: SkeletonReader, relationsOnly: boolean): OutputRequest {
  const { model } = scope
  const spelled = reader.until('(),;')
  const colon = spelled.indexOf(':')
  const name = spelled.slice(colon + 1)
  const output = colon === -1 ? name : spelled.slice(0, colon)
  const dotted = /^(\w{1,64})\.(\w{1,64})$/.exec(spelled)
  if (dotted !== null)
    throw malformed(reader.name, `of a related row fields are chosen in parentheses, as in ${dotted[1]}(${dotted[2]})`)
  if (!/^[A-Za-z]\w{0,63}$/.test(output))
    throw malformed(reader.name, 'names of fields and relations are expected, with commas between them')
  const relation = own(model.relations, name)
  if (relation === undefined) {
    if (relationsOnly || reader.next === '(') throw unknownRelation(model, name)
    if (own(model.fields, name) === undefined && own(model.computed, name) === undefined) throw unknownName(model, name)
    if (colon !== -1) throw malformed(reader.name, 'only a relation can be given another name')
    return { kind: 'field', output, field: name }
  }
  if (output !== name && isTaken(model, output)) throw refusal('request.repeated-output', { name: output })
  const target = own(scope.graph.models, relation.target)
  if (target === undefined) throw unknownRelation(model, name)
  const nested = reader.take('(') ? parseNested({ ...scope, model: target }, reader) : everything
  if (!isToMany(relation) && hasOptions(nested)) throw malformed(reader.name, `in ${name}(…), ${ofOneRow}`)
  return { kind: 'include', output, relation: name, nested }
}

/** Another name for a relation may not hide something that the model has under that name. */
const isTaken = (model: ModelNode, name: string): boolean =>
  [model.fields, model.computed, model.relations].some(known => Object.hasOwn(known, name))

const ofOneRow = 'which leads to one row, there is nothing to filter, sort or limit'

const hasOptions = ({ where, sort, limit }: NestedRequest): boolean =>
  where !== null || sort.length > 0 || limit !== null

const everything: NestedRequest = Object.freeze({
  select: Object.freeze({ defaults: true, outputs: [] }),
  where: null,
  sort: [],
  limit: null,
})

/** After "(": a selection, options after ";", and ")". Without a selection everything is meant, as without parentheses. */
function parseNested(scope: ConditionScope, reader: SkeletonReader): NestedRequest {
  const select = atEnd(reader) ? everything.select : parseSelection(scope, reader, false)
  let sort: readonly SortTerm[] | null = null
  let limit: Slot | null = null
  const conditions = new Map<string, FilterRequest>()
  while (reader.take(';')) {
    const name = reader.until('=')
    reader.expect('=')
    const isRepeated = name === 'sort' ? sort !== null : name === 'limit' ? limit !== null : conditions.has(name)
    if (isRepeated) throw refusal('request.repeated-parameter', { name, nearest: '' }, { pointer: `?${reader.name}` })
    if (name === 'sort') sort = parseSort(name, reader.until(';)'))
    else if (name === 'limit') limit = reader.slot()
    else conditions.set(name, parseCondition(scope, name, reader))
  }
  reader.expect(')')
  return { select, where: conditions.size === 0 ? null : allOf([...conditions.values()]), sort: sort ?? [], limit }
}

function unknownRelation(model: ModelNode, name: string): Error {
  return refusal('request.unknown-relation', {
    model: model.name,
    name: name.slice(0, 80),
    nearest: nearest(name, toldRelations(model)),
  })
}

function unknownName(model: ModelNode, name: string): Error {
  return refusal('request.unknown-field', {
    model: model.name,
    name: name.slice(0, 80),
    nearest: nearest(name, visibleNames(model)),
  })
}

/** Answers have their keys in the order of the model, so that one selection has one shape however it is spelled. */
export function inModelOrder(model: ModelNode, outputs: readonly OutputRequest[]): readonly OutputRequest[] {
  const order = new Map(
    [...Object.keys(model.fields), ...Object.keys(model.computed), ...Object.keys(model.relations)].map(
      (name, index) => [name, index],
    ),
  )
  const place = (output: OutputRequest): number =>
    order.get(output.kind === 'field' ? output.field : output.kind === 'include' ? output.relation : '') ?? order.size
  return outputs.toSorted((one, other) => place(one) - place(other) || (one.output < other.output ? -1 : 1))
}
