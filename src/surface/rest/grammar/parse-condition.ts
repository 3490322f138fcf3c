/** Conditions of a query: `name[operator]=value`, through relations with dots, in groups, under quantifiers. */
import { refusal } from '../../../error/index.ts'
import { meant, nearest, own } from '../../../lib/index.ts'
import { type FieldType, type ModelGraph, type ModelNode, toldRelations } from '../../../model/index.ts'
import type { FilterOperator, FilterRequest } from '../../../query/index.ts'
import { fieldWords, malformed, relationWords } from '../../contract/index.ts'
import type { SkeletonReader } from './skeleton-reader.ts'
import { groupWords, operatorValues, type Quantifier, quantifiers } from './words.ts'

export interface ConditionScope {
  readonly graph: ModelGraph
  readonly model: ModelNode
  /** How many relations a filter may follow. */
  readonly relationDepth: number
}

interface Step {
  readonly name: string
  /** The operator or quantifier in brackets, if there is one. */
  readonly word: string | null
}

/** The condition of a name whose value `reader` stands before. `depth`: relations around it that are already followed. */
export function parseCondition(scope: ConditionScope, name: string, reader: SkeletonReader, depth = 0): FilterRequest {
  if (groupWords.includes(name)) return parseGroup(scope, name, reader, depth)
  return follow(scope, name, stepsOf(name), reader, depth)
}

function parseGroup(scope: ConditionScope, word: string, reader: SkeletonReader, depth: number): FilterRequest {
  const of = members(scope, reader, depth)
  if (word === 'not') return { kind: 'not', of: allOf(of) }
  return { kind: word === 'or' ? 'or' : 'and', of }
}

function members(scope: ConditionScope, reader: SkeletonReader, depth: number): readonly FilterRequest[] {
  const of: FilterRequest[] = []
  reader.expect('(')
  do {
    const name = reader.until('=')
    reader.expect('=')
    of.push(parseCondition(scope, name, reader, depth))
  } while (reader.take(','))
  reader.expect(')')
  return of
}

export function allOf(of: readonly FilterRequest[]): FilterRequest {
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { kind: 'and', of }
}

function stepsOf(name: string): readonly Step[] {
  return name.split('.').map(part => {
    const match = /^([A-Za-z]\w*)(?:\[(\w+)\])?$/.exec(part)
    if (match?.[1] === undefined)
      throw malformed(name, 'a name is spelled like "author.name" or "author.name[operator]"')
    return { name: match[1], word: match[2] ?? null }
  })
}

/** Names up to the first quantifier are a path; what comes after the quantifier is its condition. */
function follow(
  scope: ConditionScope,
  name: string,
  steps: readonly Step[],
  reader: SkeletonReader,
  depth: number,
): FilterRequest {
  const first = steps.findIndex(step => step.word !== null)
  const end = first === -1 ? steps.length - 1 : first
  const path = steps.slice(0, end + 1).map(step => step.name)
  const word = steps[end]?.word ?? null
  const rest = steps.slice(end + 1)
  if (isQuantifier(word)) {
    const inner = deeper(scope, depth, path.length)
    const target = modelAt(scope, path)
    const where =
      rest.length > 0 ? follow(target, name, rest, reader, inner) : quantified(target, name, word, reader, inner)
    return { kind: word, path, where }
  }
  if (rest.length > 0)
    throw malformed(
      name,
      `"[${word ?? ''}]" stands at the end of a name; only some, every and none may stand before a dot`,
    )
  deeper(scope, depth, path.length - 1)
  if (word === 'isNull') return { kind: 'isNull', path, value: flag(name, reader) }
  if (word !== null && !isOperator(word)) throw unknownOperator(scope, path, word)
  requireField(scope, path, word ?? 'eq')
  return { kind: 'compare', path, operator: word ?? 'eq', slot: reader.slot() }
}

/** What follows `comments[some]=`: a group about the related row, or `true`: there is one. */
function quantified(
  scope: ConditionScope,
  name: string,
  word: Quantifier,
  reader: SkeletonReader,
  depth: number,
): FilterRequest | null {
  if (reader.next === '(') return allOf(members(scope, reader, depth))
  if (reader.until(',;)') === 'true' && word !== 'every') return null
  throw malformed(
    name,
    word === 'every' ? 'it needs conditions, as in "(state=published)"' : 'it is "true" or conditions in parentheses',
  )
}

function flag(name: string, reader: SkeletonReader): boolean {
  const text = reader.until(',;)')
  if (text !== 'true' && text !== 'false') throw malformed(name, 'it is "true" or "false"')
  return text === 'true'
}

function deeper(scope: ConditionScope, depth: number, relations: number): number {
  const total = depth + relations
  const limit = scope.relationDepth
  if (total > limit) throw refusal('request.filter-too-deep', { depth: total, limit })
  return total
}

const isQuantifier = (word: string | null): word is Quantifier => quantifiers.some(known => known === word)
const isOperator = (word: string): word is FilterOperator => Object.hasOwn(operatorValues, word)

/** The model at the end of a path of relations. */
function modelAt(scope: ConditionScope, path: readonly string[]): ConditionScope {
  let { model } = scope
  for (const name of path) {
    const target = own(scope.graph.models, own(model.relations, name)?.target ?? '')
    if (target === undefined) throw unknownRelation(model, name)
    model = target
  }
  return { ...scope, model }
}

function unknownRelation(model: ModelNode, name: string): Error {
  return refusal('request.unknown-relation', {
    model: model.name,
    name,
    nearest: nearest(name, toldRelations(model)),
  })
}

/** A relation itself is compared by quantifier or isNull, never with a value. */
function requireField(scope: ConditionScope, path: readonly string[], operator: FilterOperator): void {
  const { model } = modelAt(scope, path.slice(0, -1))
  const name = path.at(-1) ?? ''
  const relation = own(model.relations, name)
  if (relation === undefined) return
  const [link] = relation.on
  const brackets = operator === 'eq' ? '' : `[${operator}]`
  throw refusal('request.unknown-operator', {
    name: path.join('.'),
    operator,
    nearest: relation.kind === 'belongsTo' && link !== undefined ? `${link.local}${brackets}=` : `${name}[some]=`,
    operators: relationWords(relation.kind).join(', '),
  })
}

function unknownOperator(scope: ConditionScope, path: readonly string[], word: string): Error {
  const { model } = modelAt(scope, path.slice(0, -1))
  const name = path.at(-1) ?? ''
  const relation = own(model.relations, name)
  const words = relation === undefined ? fieldWords(attributeType(model, name)) : relationWords(relation.kind)
  return refusal('request.unknown-operator', {
    name: path.join('.'),
    operator: word,
    nearest: meant(word, words),
    operators: words.join(', '),
  })
}

function attributeType(model: ModelNode, name: string): FieldType {
  const found = own(model.fields, name) ?? own(model.computed, name)
  if (found !== undefined) return found.type
  throw refusal('request.unknown-field', { model: model.name, name, nearest: nearest(name, visibleNames(model)) })
}

/** Names that may be suggested: whatever is not private. */
export function visibleNames(model: ModelNode): readonly string[] {
  const fields = Object.values(model.fields).filter(field => !field.private && !field.writeOnly)
  return [...fields.map(field => field.name), ...Object.keys(model.computed), ...toldRelations(model)]
}
