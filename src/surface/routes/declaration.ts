/** Declared routes as data: what is the same for every request, made when the route is declared. */
import type { PlinthError } from '../../error/index.ts'
import type { FieldType, Predicate } from '../../model/index.ts'
import type { ActionParts, InputPart, Projection } from '../../operation/index.ts'
import type { SortTerm } from '../../query/index.ts'
import type { Method } from '../contract/index.ts'
import type { RoutePath } from './route-path.ts'
import type { GroupOptions, RouteWords } from './route-types.ts'

interface RouteBase {
  readonly method: Method
  /** As it was declared, without the group's prefix. */
  readonly declaredPath: string
  /** File and line of the declaration, for messages; null for actions, which have names. */
  readonly place: string | null
  readonly words: RouteWords
  readonly allow: Predicate
}

interface RowsRoute extends RouteBase {
  readonly model: string
  readonly path: RoutePath
  readonly projection: Projection
}

/** A parameter that narrows a list. */
export interface RouteFilter {
  readonly name: string
  readonly type: FieldType
  readonly condition:
    | { readonly kind: 'path'; readonly path: readonly string[] }
    | { readonly kind: 'predicate'; readonly predicate: Predicate }
}

export interface ListRoute extends RowsRoute {
  readonly kind: 'list'
  readonly sort: readonly SortTerm[]
  readonly where: Predicate | null
  readonly filters: readonly RouteFilter[]
  readonly paging: 'offset' | 'cursor' | null
  readonly limit: number
  readonly maximum: number
}

/** Which row: the one that the path names, or the caller's own. */
export interface OneRoute extends RowsRoute {
  readonly kind: 'one'
  readonly row: 'path' | 'caller'
}

export interface CreateRoute extends RowsRoute {
  readonly kind: 'create'
  readonly input: readonly InputPart[]
}

export interface UpdateRoute extends RowsRoute {
  readonly kind: 'update'
  readonly row: 'path' | 'caller'
  readonly input: readonly InputPart[]
}

export interface RemoveRoute extends RouteBase {
  readonly kind: 'remove'
  readonly model: string
  readonly path: RoutePath
}

/** Ties the caller to a row, or unties them. */
export interface LinkRoute extends RowsRoute {
  readonly kind: 'link'
  readonly relation: string
  readonly linked: boolean
}

export interface FunctionRoute extends RouteBase {
  readonly kind: 'function'
  readonly parts: ActionParts
  /** Names of the places in the path; they are inputs. */
  readonly places: readonly string[]
  readonly path: string
  readonly status: number
  readonly envelope: string | null
}

export type RouteDeclaration =
  | ListRoute
  | OneRoute
  | CreateRoute
  | UpdateRoute
  | RemoveRoute
  | LinkRoute
  | FunctionRoute

/** A route that could not be declared. It is refused together with all others, when the application starts. */
export class MistakenRoute {
  readonly error: PlinthError
  /** File and line of the declaration. */
  readonly place: string

  constructor(error: PlinthError, place: string) {
    this.error = error
    this.place = place
  }
}

/** Routes with a prefix and a way of presenting refusals in common. */
export class RouteGroup {
  readonly options: GroupOptions
  readonly routes: readonly RouteDeclaration[]
  readonly mistakes: readonly MistakenRoute[]

  constructor(options: GroupOptions, routes: readonly (RouteDeclaration | MistakenRoute)[]) {
    this.options = options
    this.routes = routes.flatMap(route => (route instanceof MistakenRoute ? [] : [route]))
    this.mistakes = routes.filter(route => route instanceof MistakenRoute)
  }
}
