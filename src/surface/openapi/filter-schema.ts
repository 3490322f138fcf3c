/** The conditions of a query string as a JSON Schema: an object whose properties are parameters (form style, exploded). */
import {
  type FieldType,
  isToMany,
  kindOf,
  type ModelGraph,
  type ModelNode,
  type RelationNode,
  type SchemaObject,
  valueSchema,
} from '../../model/index.ts'
import { fieldWords, relationWords } from '../contract/index.ts'
import { appearance, readableRelations } from './access.ts'
import { entryPattern } from './text-patterns.ts'

/** Operators whose value is a list; they are followed by entries with commas between them. */
const listOperators = new Set(['in', 'notIn', 'hasAny', 'hasAll'])
const textOperators = new Set([
  'contains',
  'startsWith',
  'endsWith',
  'icontains',
  'istartsWith',
  'iendsWith',
  'iequals',
])

const anyText: SchemaObject = { type: 'string', maxLength: 1000, pattern: '^[^\\u0000]*$' }
const flag: SchemaObject = { type: 'boolean' }

export interface FilterOptions {
  readonly graph: ModelGraph
  readonly relationDepth: number
  readonly listLength: number
}

/** Attributes that everybody who may read the row may filter by: those without a rule of their own that depends on the row. */
function filterable(model: ModelNode): readonly { readonly name: string; readonly type: FieldType }[] {
  return [...Object.values(model.fields), ...Object.values(model.computed)].filter(
    node => appearance(model, node.name)?.hidden === false,
  )
}

export function filterSchema(model: ModelNode, options: FilterOptions): SchemaObject {
  const properties: Record<string, SchemaObject> = {}
  for (const { name, type } of filterable(model)) {
    if (fieldWords(type).includes('eq')) properties[name] = valueSchema(type)
  }
  const patterns = new Map<string, SchemaObject>()
  addPatterns(patterns, '', model, options, options.relationDepth)
  return {
    type: 'object',
    description:
      'Conditions, all of which hold. `name=value` compares for equality, `name[operator]=value` otherwise; names lead through relations with dots. ' +
      '`or=(…)`, `and=(…)` and `not=(…)` group conditions. The whole grammar is in the documentation.',
    properties: { ...properties, and: groupSchema(model), or: groupSchema(model), not: groupSchema(model) },
    patternProperties: Object.fromEntries(patterns),
    additionalProperties: false,
    maxProperties: 40,
  }
}

/** Conditions of own fields in parentheses; relations, lists and groups inside of groups are left to the documentation. */
function groupSchema(model: ModelNode): SchemaObject {
  const conditions = filterable(model).flatMap(({ name, type }) => {
    const entry = fieldWords(type).includes('eq') ? entryPattern(type) : null
    return entry === null ? [] : [`${name}=${entry}`]
  })
  const one = `(?:${conditions.join('|')})`
  return {
    type: 'string',
    description: 'Conditions in parentheses with commas between them, as in `(state=draft,price[gt]=10)`.',
    pattern: `^\\(${one}(?:,${one}){0,4}\\)$`,
  }
}

/** `prefix`: what leads to the model, as a regular expression. */
function addPatterns(
  patterns: Map<string, SchemaObject>,
  prefix: string,
  model: ModelNode,
  options: FilterOptions,
  depth: number,
): void {
  const grouped = new Map<string, { readonly names: string[]; readonly words: string; readonly schema: SchemaObject }>()
  for (const { name, type } of filterable(model)) {
    for (const [words, schema] of wordGroups(type, prefix !== '', options)) {
      const key = `${words} ${JSON.stringify(schema)}`
      const known = grouped.get(key)
      if (known === undefined) grouped.set(key, { names: [name], words, schema })
      else known.names.push(name)
    }
  }
  for (const { names, words, schema } of grouped.values()) {
    patterns.set(`^${prefix}(?:${names.join('|')})${words}$`, schema)
  }
  const relations = readableRelations(options.graph, model).filter(
    ({ relation }) => appearance(model, relation.name)?.hidden === false,
  )
  addRelationTests(
    patterns,
    prefix,
    relations.map(({ relation }) => relation),
    depth,
  )
  if (depth === 0) return
  for (const { relation, target } of relations) {
    const quantifiers = relationWords(relation.kind).filter(word => word !== 'isNull')
    const step = `${relation.name}(?:\\[(?:${quantifiers.join('|')})\\])?\\.`
    addPatterns(patterns, prefix + step, target, options, depth - 1)
  }
}

/** Whether a relation leads anywhere. */
function addRelationTests(
  patterns: Map<string, SchemaObject>,
  prefix: string,
  relations: readonly RelationNode[],
  depth: number,
): void {
  for (const word of ['isNull', 'some', 'none']) {
    const names = relations.filter(({ kind }) => relationWords(kind).includes(word)).map(({ name }) => name)
    if (names.length === 0 || (word !== 'isNull' && depth === 0)) continue
    patterns.set(`^${prefix}(?:${names.join('|')})\\[${word}\\]$`, word === 'isNull' ? flag : { const: 'true' })
  }
}

/** The operators of a field in groups of one value schema: `\[(?:lt|gt)\]` and what may follow. */
function wordGroups(
  type: FieldType,
  isNested: boolean,
  options: FilterOptions,
): [words: string, schema: SchemaObject][] {
  const words = fieldWords(type)
  const brackets = (chosen: readonly string[]): string => `\\[(?:${chosen.join('|')})\\]`
  const groups: [string, SchemaObject][] = []
  const compared = words.filter(
    word =>
      word !== 'eq' && word !== 'isNull' && word !== 'has' && !listOperators.has(word) && !textOperators.has(word),
  )
  if (isNested && words.includes('eq')) {
    groups.push([compared.length === 0 ? '' : `(?:${brackets(compared)})?`, valueSchema(type)])
  } else if (compared.length > 0) groups.push([brackets(compared), valueSchema(type)])
  const texts = words.filter(word => textOperators.has(word))
  if (texts.length > 0) groups.push([brackets(texts), anyText])
  if (words.includes('has') && type.element !== undefined) groups.push([brackets(['has']), valueSchema(type.element)])
  const lists = words.filter(word => listOperators.has(word))
  if (lists.length > 0) groups.push([brackets(lists), listSchema(type.element ?? type, options)])
  if (words.includes('isNull')) groups.push([brackets(['isNull']), flag])
  return groups
}

function listSchema(type: FieldType, { listLength }: FilterOptions): SchemaObject {
  const entry = entryPattern(type)
  const description = `Up to ${listLength} entries with commas between them; a backslash before each of \`,;()\\\` inside an entry.`
  if (entry === null) return { type: 'string', description }
  const entries = `${entry}(?:,${entry})*`
  return { type: 'string', description, pattern: `^(?:${entries}|\\((?:${entries})?\\))$` }
}

/** Names of attributes that rows can be ordered by. */
export function sortableNames(model: ModelNode): readonly string[] {
  const fields = filterable(model).filter(({ type }) => kindOf(type).sortable)
  return fields.filter(({ name }) => model.computed[name]?.sortable !== false).map(({ name }) => name)
}

/** To-one relations with the fields behind them that rows can be ordered and grouped by. */
export function relatedNames(
  graph: ModelGraph,
  model: ModelNode,
): readonly { readonly relation: string; readonly names: readonly string[] }[] {
  return readableRelations(graph, model).flatMap(({ relation, target }) => {
    if (isToMany(relation)) return []
    if (appearance(model, relation.name)?.hidden !== false) return []
    const names = sortableNames(target).filter(name => target.computed[name] === undefined)
    return names.length === 0 ? [] : [{ relation: relation.name, names }]
  })
}

export const numericNames = (model: ModelNode): readonly string[] =>
  filterable(model)
    .filter(({ type }) => ['integer', 'bigint', 'decimal', 'float'].includes(type.kind))
    .map(({ name }) => name)

export const comparableNames = (model: ModelNode): readonly string[] => filterable(model).map(({ name }) => name)
