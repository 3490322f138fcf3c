/** The parameters of generated routes. */
import { capitalise } from '../../lib/index.ts'
import { isToMany, type ModelGraph, type ModelNode, type SchemaObject } from '../../model/index.ts'
import type { Limits } from '../../query/index.ts'
import { type ModelRoute, type QueryWord, upsertFields } from '../contract/index.ts'
import { appearance, readableRelations } from './access.ts'
import { comparableNames, numericNames, relatedNames, sortableNames } from './filter-schema.ts'
import { keySchema } from './row-schemas.ts'
import { partRef } from './schema-names.ts'

export interface ParameterOptions {
  readonly graph: ModelGraph
  readonly limits: Limits
}

export function parametersOf(route: ModelRoute, model: ModelNode, options: ParameterOptions): readonly SchemaObject[] {
  const { words, filters, counts } = route.query
  return [
    ...(route.path.includes('{key}') ? [keyParameter(model)] : []),
    ...words.filter(word => isPossible(word, model, options)).map(word => wordParameter(word, route, model, options)),
    ...(counts === null
      ? []
      : [
          counts === 'rows'
            ? countRows
            : names('count', 'What to count: `*` is rows, a field its values.', ['*', ...comparableNames(model)]),
        ]),
    ...(filters ? [filterParameter(options.graph, model, route.method !== 'GET')] : []),
    ...headerParameters(route, model),
  ]
}

/** Nothing can be named where there is nothing of the kind. */
function isPossible(word: QueryWord, model: ModelNode, { graph }: ParameterOptions): boolean {
  if (word === 'include') return readableRelations(graph, model).length > 0
  return (word !== 'sum' && word !== 'avg') || numericNames(model).length > 0
}

function keyParameter(model: ModelNode): SchemaObject {
  const parts = model.key.map(name => keySchema(model, name))
  const [only] = parts
  return {
    name: 'key',
    in: 'path',
    required: true,
    description: `The key: ${model.key.map(name => `\`${name}\``).join(', ')}.`,
    schema:
      parts.length === 1
        ? only
        : {
            type: 'array',
            prefixItems: parts,
            minItems: parts.length,
            maxItems: parts.length,
          },
  }
}

const countRows: SchemaObject = query('count', 'Also count all rows that fulfil the conditions.', {
  type: 'boolean',
  default: false,
})

function query(name: string, description: string, schema: SchemaObject, more: SchemaObject = {}): SchemaObject {
  return { name, in: 'query', description, schema, ...more }
}

/** A list with commas. */
function names(name: string, description: string, items: readonly string[]): SchemaObject {
  const schema = { type: 'array', items: { type: 'string', enum: items }, minItems: 1, uniqueItems: true }
  return query(name, description, schema, { style: 'form', explode: false })
}

/** What rows are sorted and grouped by: attributes of their own, and fields of to-one relations. */
const orderedNames = (graph: ModelGraph, model: ModelNode): readonly string[] => [
  ...sortableNames(model),
  ...relatedNames(graph, model).flatMap(related => related.names.map(name => `${related.relation}.${name}`)),
]

/** How such a field is written, by one that the model has. */
function relatedWords(graph: ModelGraph, model: ModelNode): string {
  const [first] = relatedNames(graph, model)
  const example = first?.names.find(name => name !== 'id') ?? first?.names[0]
  return first === undefined || example === undefined
    ? ''
    : ` A field of a to-one relation is written like \`${first.relation}.${example}\`.`
}

/** Writes by filter are refused without one. */
function filterParameter(graph: ModelGraph, model: ModelNode, required: boolean): SchemaObject {
  const schema = partRef(graph, model, 'Filter')
  const more = { style: 'form', explode: true, ...(required ? { required: true } : {}) }
  return query(
    'filter',
    'Conditions; each is a parameter of its own.',
    required ? { allOf: [schema, { minProperties: 1 }] } : schema,
    more,
  )
}

function wordParameter(word: QueryWord, route: ModelRoute, model: ModelNode, options: ParameterOptions): SchemaObject {
  const { limits } = options
  switch (word) {
    case 'select':
    case 'include':
      return selectParameter(word, route, model, options)
    case 'sort':
      return sortParameter(route, model, options)
    case 'limit':
      return query('limit', 'The most rows of the answer.', {
        type: 'integer',
        minimum: 1,
        maximum: route.operation === 'aggregate' ? limits.maximumRows : limits.maximumPage,
        default: route.operation === 'aggregate' ? limits.maximumPage : limits.defaultPage,
      })
    case 'after':
    case 'before':
      return query(
        word,
        `The rows ${word} a cursor that an earlier answer to the same query gave. Not together with the other one.`,
        {
          type: 'string',
          format: 'plinth-cursor',
          pattern: '^[A-Za-z0-9_-]+$',
        },
      )
    case 'withDeleted':
      return query('withDeleted', 'Also rows that were deleted, for callers who may see them.', {
        type: 'boolean',
        default: false,
      })
    case 'groupBy':
      return names(
        'groupBy',
        `A group for each combination of these values.${relatedWords(options.graph, model)}`,
        orderedNames(options.graph, model),
      )
    case 'sum':
    case 'avg':
      return names(word, word === 'sum' ? 'What to add up.' : 'What to average.', numericNames(model))
    case 'min':
    case 'max':
      return names(
        word,
        word === 'min' ? 'What to find the least of.' : 'What to find the greatest of.',
        sortableNames(model),
      )
    case 'on':
      return onParameter(model)
    default:
      return word satisfies never
  }
}

function onParameter(model: ModelNode): SchemaObject {
  const groups = upsertFields(model).map(fields => fields.join(','))
  return query(
    'on',
    'Update the row that has the same values of these fields, if there is one, instead of creating a second.',
    { type: 'string', enum: groups },
  )
}

const measureNames = (model: ModelNode): readonly string[] => [
  ...comparableNames(model).map(name => `count${capitalise(name)}`),
  ...numericNames(model).flatMap(name => [`sum${capitalise(name)}`, `avg${capitalise(name)}`]),
  ...sortableNames(model).flatMap(name => [`min${capitalise(name)}`, `max${capitalise(name)}`]),
]

function sortParameter(route: ModelRoute, model: ModelNode, { graph }: ParameterOptions): SchemaObject {
  const isGrouped = route.operation === 'aggregate'
  const columns = [...orderedNames(graph, model), ...(isGrouped ? ['count', ...measureNames(model)] : [])]
  const more = isGrouped
    ? ' Columns of the answer, which are what `groupBy` and the figures name.'
    : relatedWords(graph, model)
  return names(
    'sort',
    `What to sort by, the most important first; a minus sorts downward. Nulls come last.${more}`,
    columns.flatMap(name => [name, `-${name}`]),
  )
}

/** Nested limits that stay within the product with the largest page. */
const safeNestedLimit = ({ maximumRows, maximumPage }: Limits): number =>
  Math.max(1, Math.floor(maximumRows / maximumPage))

function selectParameter(
  word: 'select' | 'include',
  route: ModelRoute,
  model: ModelNode,
  { graph, limits }: ParameterOptions,
): SchemaObject {
  const own = visibleNames(model)
  const isRead = route.method === 'GET'
  const relations = readableRelations(graph, model).map(({ relation, target }) => {
    const list = visibleNames(target).join('|')
    const limit = isRead && isToMany(relation) ? `(?:;limit=${atMost(safeNestedLimit(limits))})?` : ''
    return `${relation.name}(?:\\((?:\\*|(?:${list})(?:,(?:${list}))*)${limit}\\))?`
  })
  const plain = word === 'select' ? ['\\*', ...own] : []
  const items = { type: 'string', pattern: `^(?:${[...plain, ...relations].join('|')})$` }
  const description =
    word === 'select'
      ? 'What the answer holds, instead of every field: names of fields, and of relations with their own selection in parentheses.'
      : 'Relations that the answer holds besides what `select` or the default gives.'
  const options = isRead ? ' After `;` a relation takes `sort`, `limit` and conditions.' : ''
  return query(
    word,
    `${description}${options} \`name:relation(…)\` gives a relation another name. Relations nest up to ${limits.includeDepth} levels.`,
    {
      type: 'array',
      items: relations.length === 0 ? { type: 'string', enum: ['*', ...own] } : items,
      uniqueItems: true,
      minItems: 1,
      maxItems: 30,
    },
    { style: 'form', explode: false },
  )
}

const visibleNames = (model: ModelNode): readonly string[] =>
  [...Object.keys(model.fields), ...Object.keys(model.computed)].filter(
    name => appearance(model, name)?.always === true,
  )

/** Whole numbers from 1 to a limit of two digits or more, as a regular expression. */
function atMost(limit: number): string {
  if (limit < 10) return `[1-${limit}]`
  const digits = String(limit).length
  return `[1-9][0-9]{0,${digits - 2}}`
}

function headerParameters(route: ModelRoute, model: ModelNode): readonly SchemaObject[] {
  const header = (name: string): SchemaObject => ({ $ref: `#/components/parameters/${name}` })
  switch (route.operation) {
    case 'list':
    case 'one':
    case 'aggregate':
      return [header('IfNoneMatch')]
    case 'create':
    case 'restore':
      return [header('Prefer'), header('IdempotencyKey')]
    case 'update':
      return [...(model.versionField === null ? [] : [header('IfMatch')]), header('Prefer'), header('IdempotencyKey')]
    case 'delete':
      return [...(model.versionField === null ? [] : [header('IfMatch')]), header('IdempotencyKey')]
    default:
      return [header('IdempotencyKey')]
  }
}

export const headerComponents: Readonly<Record<string, SchemaObject>> = {
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'Tags of copies that the client has: 304 when one is still current.',
    schema: { type: 'string' },
    example: '"3.x7YqmPdE2kS4vWc1"',
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The tag of the row as the client knows it: 412 when its version has changed since. Only the version counts.',
    schema: { type: 'string', pattern: '^"[1-9][0-9]{0,8}(?:\\.[A-Za-z0-9_-]*)?"$' },
    example: '"1.x7YqmPdE2kS4vWc1"',
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description:
      '`return=minimal` or `return=representation`: whether the answer holds the row (RFC 7240). Other preferences are ignored.',
    schema: { type: 'string' },
    example: 'return=minimal',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A text in double quotes; a request that is repeated with it within 24 hours is carried out once. For callers who are signed in.',
    schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]{1,64}"$' },
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  },
}
