/** Names: what may be one, and what tables, columns and constraints are called. */
import type { CheckNode, IndexNode, UniqueNode } from '../graph.ts'
import { capitalise, kebabCase, plural, shortName, snakeCase } from '../../lib/index.ts'

/**
 * Words that requests, rules or JavaScript itself give a meaning; no field, relation or computed field can have them as its name.
 * A column in the database may: `.column('count')`.
 */
export const reservedWords = [
  // Query strings and request options
  'select',
  'include',
  'where',
  'sort',
  'limit',
  'offset',
  'after',
  'before',
  'count',
  'withDeleted',
  'on',
  'and',
  'or',
  'not',
  // Aggregates
  'group',
  'groupBy',
  'sum',
  'avg',
  'min',
  'max',
  // Relations in filters and rules
  'some',
  'every',
  'none',
  'is',
  'isNot',
  'isNull',
  'isSignedIn',
  // Properties that every JavaScript object has, or that make a row look like a promise
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'prototype',
  'then',
  'toJSON',
  'toLocaleString',
  'toString',
  'valueOf',
] as const

export const reservedFieldNames: ReadonlySet<string> = new Set(reservedWords)

/** Names that GraphQL or JavaScript have for themselves. */
export const reservedModelNames: ReadonlySet<string> = new Set([
  'Boolean',
  'Float',
  'ID',
  'Int',
  'Mutation',
  'Object',
  'PageInfo',
  'Query',
  'String',
  'Subscription',
])

/** Plinth's own models and tables begin like this, those to come as well (semantics 36). */
const ownModel = /^Plinth[A-Z]/u
const ownTable = /^plinth_/iu

export const isOwnModelName = (name: string): boolean => ownModel.test(name)
export const isOwnTableName = (table: string): boolean => ownTable.test(table)

/** How long a name may be; databases get a shortened one. */
const nameLimit = 128

export const isFieldName = (name: string): boolean => name.length <= nameLimit && /^[A-Za-z][A-Za-z0-9_]*$/.test(name)
export const isModelName = (name: string): boolean => name.length <= nameLimit && /^[A-Z][A-Za-z0-9]*$/.test(name)
/** Unreserved in URLs (RFC 3986 section 2.3), lower case. */
export const isPlural = (name: string): boolean =>
  /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && name.length <= nameLimit

/** The bytes that PostgreSQL keeps of a name; the other databases keep at least as many. */
export const databaseNameLimit = 63

/** A name as databases get it: snake_case, and over 63 bytes shortened by hash. */
export const databaseName = (name: string): string => shortName(snakeCase(name), databaseNameLimit)

/** The name of an index or constraint, made from the table, what it is over and what it is. */
const constraintName = (table: string, parts: readonly string[], ending: string): string =>
  shortName([table, ...parts.map(snakeCase), ending].join('_'), databaseNameLimit)

/** Names are made of columns, which stay when fields are renamed. */
type ColumnOf = (field: string) => string

/** What an index is over decides its name, so that one which ignores case can stand beside one which does not, and take its place. */
const partName = (column: string, ignoresCase: boolean): string => (ignoresCase ? `${column}_ignoring_case` : column)

export const uniqueName = (
  table: string,
  { fields, ignoreCase = [] }: Pick<UniqueNode, 'fields' | 'ignoreCase'>,
  columnOf: ColumnOf,
): string => {
  const parts = fields.map(field => partName(columnOf(field), ignoreCase.includes(field)))
  return constraintName(table, parts, 'unique')
}

export const indexName = (
  table: string,
  { fields, ignoreCase = [] }: Pick<IndexNode, 'fields' | 'ignoreCase'>,
  columnOf: ColumnOf,
): string => {
  const parts = fields.map(
    ({ field, direction }) =>
      partName(columnOf(field), ignoreCase.includes(field)) + (direction === 'descending' ? '_desc' : ''),
  )
  return constraintName(table, parts, 'index')
}

export const checkName = (table: string, { field, word }: Omit<CheckNode, 'name'>, columnOf: ColumnOf): string =>
  constraintName(table, [...(field === null ? [] : [columnOf(field)]), ...(word === '' ? [] : [word])], 'check')

/** `ArticleComment` is `article-comments`. */
export const pluralOf = (model: string): string => plural(kebabCase(model))

/** The scalar of a relation: `author` and `id` make `authorId`. */
export const foreignName = (relation: string, key: string): string => relation + capitalise(key)
