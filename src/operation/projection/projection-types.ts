/** The types of projections. */
import type {
  Columns,
  ComputedValue,
  Condition,
  FieldsOf,
  IsToMany,
  RelationNames,
  SchemaShape,
  SymbolsFor,
  TargetOf,
} from '../../model/index.ts'
import type { Included, Plucked, Projection } from './projection.ts'

/** What a projection's JSON is made of: values, conditions, objects of such, and rows of relations. */
export type ProjectedValue = ComputedValue | Included | Plucked | ProjectedObject

export interface ProjectedObject {
  readonly [name: string]: ProjectedValue
}

/** What the function of a projection is given. */
export interface ProjectionSymbols<in out M, in out S extends SchemaShape> extends SymbolsFor<M, S> {
  /**
   * The related row, or the list of related rows, as another projection makes them. Only rows that the caller may read are among them.
   *
   * @example
   * author: include('author', Profile)
   */
  include<const Name extends RelationNames<FieldsOf<M, S>>>(
    relation: Name,
    projection: Projection<S, TargetOf<FieldsOf<M, S>[Name]>>,
    options?: IsToMany<FieldsOf<M, S>[Name]> extends true ? IncludeOptions<TargetOf<FieldsOf<M, S>[Name]>, S> : never,
  ): Included
  /**
   * One value of each related row, as in `tags: ['a', 'b']`; sorted by that value unless `sort` says otherwise.
   *
   * @example
   * tagList: pluck('tags', 'name')
   */
  pluck<const Name extends ToManyNames<M, S>>(
    relation: Name,
    field: keyof Columns<TargetOf<FieldsOf<M, S>[Name]>, S> & string,
    options?: IncludeOptions<TargetOf<FieldsOf<M, S>[Name]>, S>,
  ): Plucked
}

type ToManyNames<M, S extends SchemaShape> = {
  [Name in RelationNames<FieldsOf<M, S>>]: IsToMany<FieldsOf<M, S>[Name]> extends true ? Name : never
}[RelationNames<FieldsOf<M, S>>]

export interface IncludeOptions<M, S extends SchemaShape> {
  /** Only related rows of which this is true. */
  readonly where?: (symbols: SymbolsFor<M, S>) => Condition
  /** Names of fields of the related model; `-` in front means descending. */
  readonly sort?: SortWord<M, S> | readonly SortWord<M, S>[]
  /** At most so many; without it all of them, bounded by the size of the answer. */
  readonly limit?: number
}

type FieldName<M, S extends SchemaShape> = keyof Columns<M, S> & string
export type SortWord<M, S extends SchemaShape> = FieldName<M, S> | `-${FieldName<M, S>}`

/** Names around the JSON of a projection, on the way out and on the way in. */
export interface Envelope {
  /** Around one row: `{ "article": {…} }`. */
  readonly one?: string
  /** Around a list: `{ "articles": […] }`. */
  readonly many?: string
  /** Beside a list: how many rows match in all. Needs `many`. */
  readonly count?: string
}
