/** The types of declared routes. */
import type {
  CallerSymbols,
  Columns,
  Condition,
  FieldsOf,
  JsonSchema,
  RelationNames,
  SchemaShape,
  SymbolOfField,
  SymbolsFor,
  TargetOf,
} from '../../model/index.ts'
import type { PlinthError } from '../../error/index.ts'
import type { ActionOptions, SortWord } from '../../operation/index.ts'
import type { IncomingRequest } from '../contract/index.ts'

/** What people read about a route, in the reference. */
export interface RouteWords {
  /** One line. */
  readonly summary?: string
  readonly description?: string
  /** True, or why and what instead. */
  readonly deprecated?: boolean | string
}

/** What all routes to rows have in common. */
export interface RowsOptions<S extends SchemaShape> extends RouteWords {
  /** Who may use the route, by the caller alone; everybody when it is left out. Rows and fields have their rules anyway. */
  readonly allow?: Condition | ((symbols: CallerSymbols<S>) => Condition)
}

export interface ListOptions<M, S extends SchemaShape, Filters> extends RowsOptions<S> {
  /** By key when it is left out; `-` in front means descending. */
  readonly sort?: SortWord<M, S> | readonly SortWord<M, S>[]
  /** Only rows of which this is true. */
  readonly where?: (symbols: SymbolsFor<M, S>) => Condition
  /**
   * Query parameters that narrow the list: the path of a field that has to be equal (over a to-many relation: of some row there), or a field
   * that says what the parameter may be with a condition on its `value`.
   *
   * @example
   * filters: {
   *   author: 'author.username',
   *   since: { value: field.datetime(), where: ({ row, value }) => row.createdAt.gte(value) },
   * }
   */
  readonly filters?: { readonly [Name in keyof Filters]: FilterDeclaration<M, S, Filters[Name]> }
  /**
   * `offset`: the parameters `limit` and `offset`. `cursor`: `limit`, `after` and `before`, with links to the pages around in the header
   * Link. Without it the whole list is given, as long as the answer stays within its limit of bytes.
   */
  readonly paging?: 'offset' | 'cursor'
  /** Rows of a page when the request names no limit: 20. */
  readonly limit?: number
  /** The most rows that a request may ask for: 100. */
  readonly maximum?: number
}

export type FilterDeclaration<M, S extends SchemaShape, Field> =
  | FilterPath<M, S>
  | {
      readonly value: Field
      readonly where: (symbols: SymbolsFor<M, S> & { readonly value: SymbolOfField<Field> }) => Condition
    }

type FieldName<M, S extends SchemaShape> = keyof Columns<M, S> & string

/** A field, or a field behind one relation. */
export type FilterPath<M, S extends SchemaShape> =
  | FieldName<M, S>
  | {
      [Name in RelationNames<FieldsOf<M, S>>]: `${Name}.${FieldName<TargetOf<FieldsOf<M, S>[Name]>, S>}`
    }[RelationNames<FieldsOf<M, S>>]

export interface OneOptions<S extends SchemaShape> extends RowsOptions<S> {
  /** `caller`: the row is the caller's own; then the path names none. */
  readonly row?: 'caller'
}

export interface CreateOptions<Shape, S extends SchemaShape> extends RowsOptions<S> {
  /** What a body may hold, by the names of the projection. */
  readonly input: readonly (keyof Shape & string)[]
}

export interface UpdateOptions<Shape, S extends SchemaShape> extends OneOptions<S> {
  /** What a body may hold, by the names of the projection. What it leaves out stays as it is. */
  readonly input: readonly (keyof Shape & string)[]
  /** `PATCH` by default. */
  readonly method?: 'PATCH' | 'PUT' | 'POST'
}

/** A route whose answer is made by a function: an action with a path of its own. */
export interface FunctionOptions<In, Out, S extends SchemaShape> extends ActionOptions<In, Out, S> {
  /** The status of a good answer: 200, or 204 when there is no output. */
  readonly status?: 200 | 201 | 202
  /** The name around input and output: `{ "user": {…} }`. */
  readonly envelope?: string
  readonly summary?: string
}

/** How a group of routes presents refusals. */
export interface PresentedError {
  /** The error's own status by default. */
  readonly status?: number
  /** Sent as JSON. */
  readonly body: unknown
}

export interface GroupOptions {
  /** What all paths of the group begin with: `/api`. */
  readonly prefix: string
  /** What the group is called in the reference; the prefix by default. */
  readonly name?: string
  /** Presents refusals in the group's own way; `application/problem+json` without it. */
  readonly presentError?: (error: PlinthError, request: IncomingRequest) => PresentedError
  /** The JSON Schema of what `presentError` gives, for the reference. */
  readonly errorSchema?: JsonSchema
}
