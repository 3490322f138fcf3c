/** `model`: the fields of one kind of row and what holds for all of them. */
import type { FieldDeclaration } from './field/index.ts'
import type { Condition } from './symbol/condition.ts'
import type { AnyFields, DeclaredFieldName, FieldGroup, OwnSymbols } from './types/declared.ts'

/** What holds for all rows of a model. */
export interface ModelOptions<Fields extends AnyFields = AnyFields> {
  /** The names of the key's fields, when it has several: `['orderId', 'line']`. Empty: rows have no key and no address. */
  readonly key?: readonly DeclaredFieldName<Fields>[]
  /**
   * Groups of fields that no two rows share all values of. `{ fields: ['teamId', 'name'], ignoreCase: ['name'] }`: whatever the letter case of
   * the name is.
   */
  readonly unique?: readonly FieldGroup<Fields, DeclaredFieldName<Fields>>[]
  /** Groups of fields that rows are looked up or sorted by together; `-` before a name means descending. `ignoreCase` as in `unique`. */
  readonly index?: readonly FieldGroup<Fields, DeclaredFieldName<Fields> | `-${DeclaredFieldName<Fields>}`>[]
  /** Named conditions over the row's own fields that the database holds every row to. */
  readonly check?: Readonly<Record<string, (row: OwnSymbols<Fields>) => Condition>>
  /** Adds `createdAt` and `updatedAt`, kept by Plinth. */
  readonly timestamps?: boolean
  /** Adds `version`, which counts changes, so that `If-Match` can be honoured. */
  readonly version?: boolean
  /** Adds `deletedAt`: deleting hides a row, and it can be restored. */
  readonly softDelete?: boolean
  /** Named conditions that every read and write of the model carries. For conditions on the caller see `defineSchema`. */
  readonly scopes?: Readonly<Record<string, (row: OwnSymbols<Fields>) => Condition>>
  /** The table, when it is not the model's name in snake_case. */
  readonly table?: string
  /** The model's former name: it keeps its table, its links and its rows. */
  readonly renamedFrom?: string
  /** The path segment of the collection, when it is not the plural of the model's name in kebab-case. */
  readonly plural?: string
  /** The database schema (PostgreSQL) that the table is in. */
  readonly namespace?: string
  /**
   * The table was there before its model. It gets no index, check or reference that is not declared, and keeps those that nobody
   * declared: other programs may live from it.
   */
  readonly adopted?: boolean
  /** The table is a view: rows are read, never written. Without the option `key` its rows have no address. */
  readonly view?: boolean
  /** What its rows are, for OpenAPI and the documents made of it. */
  readonly description?: string
  /** What people call it. */
  readonly label?: string
  /** It will go away: true, or why and what instead. */
  readonly deprecated?: boolean | string
}

/** What a schema needs of a field's builder. */
export interface DeclaredField {
  readonly '~kind': 'scalar' | 'belongsTo' | 'hasOne' | 'hasMany' | 'manyToMany'
  readonly declaration: FieldDeclaration
}

/** A declared model; `defineSchema` gives it its name. */
export class Model<out Fields extends AnyFields, out Options> {
  declare readonly '~fields': Fields
  declare readonly '~options': Options
  readonly fields: Readonly<Record<string, DeclaredField>>
  readonly options: ModelOptions

  constructor(fields: Readonly<Record<string, DeclaredField>>, options: ModelOptions) {
    this.fields = fields
    this.options = options
  }
}

/** Options that do not exist are no silent mistakes. */
type NoOthers<Options> = {
  readonly [Name in Exclude<keyof Options, keyof ModelOptions>]: `model() has no option '${Name & string}'`
}

/**
 * Declares a model. Without a field marked as key it gets `id`, a UUID of version 7 made by Plinth.
 *
 * @example
 * export const Article = model(
 *   {
 *     title: field.text({ min: 1, max: 200 }),
 *     author: field.belongsTo('User'),
 *     comments: field.hasMany('Comment', 'article'),
 *   },
 *   { timestamps: true, index: [['-createdAt']] },
 * )
 */
export function model<
  const Fields extends AnyFields,
  const Options extends ModelOptions<Fields> = Record<never, never>,
>(
  fields: Fields,
  // ModelOptions stands here once more because the functions in it get their parameters' types from no constraint.
  options?: Options & ModelOptions<Fields> & NoOthers<Options>,
): Model<Fields, Options> {
  return new Model<Fields, Options>(fields, (options === undefined ? {} : options) as ModelOptions)
}
