/** `routesOf`: the builders of an application's own routes, typed by its schema. */
import { PlinthError, refusal } from '../../error/index.ts'
import { callSite } from '../../lib/index.ts'
import { everyone, type ModelName, type Schema, type SchemaShape, type TargetOf } from '../../model/index.ts'
import type { FieldsOf, RelationNames } from '../../model/index.ts'
import type { InputDeclaration, OutputDeclaration, Projection } from '../../operation/index.ts'
import type { Method } from '../contract/index.ts'
import {
  declareCreate,
  declareFunction,
  declareLink,
  declareList,
  declareOne,
  declareRemove,
  declareUpdate,
  type UntypedFunctionOptions,
} from './declare-route.ts'
import { MistakenRoute, type RouteDeclaration, RouteGroup } from './declaration.ts'
import type {
  CreateOptions,
  FunctionOptions,
  GroupOptions,
  ListOptions,
  OneOptions,
  RowsOptions,
  UpdateOptions,
} from './route-types.ts'

/** Relations of a model that lead to any number of callers. */
type CallerLinks<M, S extends SchemaShape> = {
  [Name in RelationNames<FieldsOf<M, S>>]: FieldsOf<M, S>[Name] extends { readonly '~kind': 'manyToMany' }
    ? TargetOf<FieldsOf<M, S>[Name]> extends S['caller']
      ? Name
      : never
    : never
}[RelationNames<FieldsOf<M, S>>]

/** Builders of routes. */
export interface RouteBuilders<S extends SchemaShape> {
  /** Routes with a prefix, and perhaps a way of presenting refusals, in common. `createApp` takes groups. */
  group(options: GroupOptions, routes: readonly RouteDeclaration[]): RouteGroup

  /** `GET`: rows as a projection shows them. A place such as `{article.slug}` names the row that they belong to. */
  list<M extends ModelName<S>, const Filters = Record<never, never>>(
    path: string,
    projection: Projection<S, M>,
    options?: ListOptions<M, S, Filters>,
  ): RouteDeclaration

  /** `GET`: the row that the path names by its key or a unique field: `/articles/{slug}`. */
  one<M extends ModelName<S>>(path: string, projection: Projection<S, M>, options?: OneOptions<S>): RouteDeclaration

  /** `POST`: creates a row from what the body holds under the names of the projection. */
  create<M extends ModelName<S>, Shape>(
    path: string,
    projection: Projection<S, M, Shape>,
    options: CreateOptions<Shape, S>,
  ): RouteDeclaration

  /** `PATCH` (or `PUT`): changes what the body holds. */
  update<M extends ModelName<S>, Shape>(
    path: string,
    projection: Projection<S, M, Shape>,
    options: UpdateOptions<Shape, S>,
  ): RouteDeclaration

  /** `DELETE`: deletes the row that the path names. */
  remove(path: string, model: ModelName<S>, options?: RowsOptions<S>): RouteDeclaration

  /**
   * `POST`: ties the caller to the row that the path names, over a manyToMany relation to callers; doing it twice is doing it once. The
   * declaration itself allows it, for the caller's own link and for rows that the caller may read; links in a model of their own
   * follow the rules of that model.
   *
   * @example
   * link('/articles/{slug}/favorite', ArticleView, 'favoritedBy')
   */
  link<M extends ModelName<S>>(
    path: string,
    projection: Projection<S, M>,
    relation: CallerLinks<NoInfer<M>, S>,
    options?: RowsOptions<S>,
  ): RouteDeclaration

  /** `DELETE`: unties the caller from the row; see `link`. */
  unlink<M extends ModelName<S>>(
    path: string,
    projection: Projection<S, M>,
    relation: CallerLinks<NoInfer<M>, S>,
    options?: RowsOptions<S>,
  ): RouteDeclaration

  /** A route made by a function; names in its path are inputs, the others stand in the query. It only reads: no transaction is begun. */
  get: FunctionBuilder<S>
  /** A route made by a function; names in its path are inputs, the others stand in the body. */
  post: FunctionBuilder<S>
  put: FunctionBuilder<S>
  patch: FunctionBuilder<S>
  /** A route made by a function; names in its path are inputs, the others stand in the query. */
  delete: FunctionBuilder<S>
}

type FunctionBuilder<S extends SchemaShape> = <
  const In extends InputDeclaration = Record<never, never>,
  const Out extends OutputDeclaration<S> | undefined = undefined,
>(
  path: string,
  options: FunctionOptions<In, Out, S>,
) => RouteDeclaration

/**
 * The builders of an application's own routes.
 *
 * @example
 * const { group, list, one } = routesOf(schema)
 * export const api = group({ prefix: '/v1' }, [
 *   list('/articles', ArticleView, { sort: '-createdAt', paging: 'offset' }),
 *   one('/articles/{slug}', ArticleView),
 * ])
 */
export function routesOf<S extends SchemaShape>(schema: Schema<S>): RouteBuilders<S> {
  const { graph } = schema
  const signedIn = (options: { readonly allow?: unknown } | undefined): object => ({
    allow: ({ user }: { readonly user: { readonly isSignedIn: unknown } }) => user.isSignedIn,
    ...options,
  })
  const placed = <P extends readonly unknown[]>(declare: (...given: P) => RouteDeclaration) => {
    const builder = (...given: P): RouteDeclaration | MistakenRoute => {
      const place = callSite(builder)
      try {
        return { ...declare(...given), place }
      } catch (error) {
        if (error instanceof PlinthError) return new MistakenRoute(error, place)
        throw error
      }
    }
    return builder
  }
  const made = (method: Method) =>
    placed((path: string, options: UntypedFunctionOptions) => declareFunction(graph, method, path, options))
  const builders = {
    group: (options: GroupOptions, routes: readonly (RouteDeclaration | MistakenRoute)[]) =>
      new RouteGroup(checked(options), routes),
    list: placed((path: string, projection: Projection, options: object = {}) =>
      declareList(graph, path, projection, { allow: everyone, ...options }),
    ),
    one: placed((path: string, projection: Projection, options: object = {}) =>
      declareOne(graph, path, projection, { allow: everyone, ...options }),
    ),
    create: placed((path: string, projection: Projection, options: object) =>
      declareCreate(graph, path, projection, { allow: everyone, ...options }),
    ),
    update: placed((path: string, projection: Projection, options: object) =>
      declareUpdate(graph, path, projection, { allow: everyone, ...options }),
    ),
    remove: placed((path: string, model: string, options: object = {}) =>
      declareRemove(graph, path, model, { allow: everyone, ...options }),
    ),
    link: placed((path: string, projection: Projection, relation: string, options?: object) =>
      declareLink(graph, path, projection, relation, true, signedIn(options)),
    ),
    unlink: placed((path: string, projection: Projection, relation: string, options?: object) =>
      declareLink(graph, path, projection, relation, false, signedIn(options)),
    ),
    get: made('GET'),
    post: made('POST'),
    put: made('PUT'),
    patch: made('PATCH'),
    delete: made('DELETE'),
  }
  return builders as unknown as RouteBuilders<S>
}

function checked(options: GroupOptions): GroupOptions {
  if (/^(?:\/[\w~.-]+)*$/.test(options.prefix)) return options
  const problem = 'it has to be empty or a path such as "/api" or "/api/v1"'
  throw refusal('boot.setting-invalid', { where: `The prefix "${options.prefix}" of a group of routes`, problem })
}
