/** Routes that an application declared itself, and actions, with what the reference has to know of them. */
import type { JsonSchema } from '../../model/index.ts'
import type { Route } from './exchange.ts'

export interface DeclaredRoute extends Route {
  readonly described: RouteDescription
  /** File and line of the declaration, for messages; null for actions, which have names. */
  readonly place: string | null
}

export interface RouteDescription {
  /** Unique among the routes of an application, fit for a name in code: `createArticle`. */
  readonly id: string
  /** What routes are grouped under: a model, or `Actions`. */
  readonly group: string
  readonly summary: string | null
  readonly description: string | null
  /** True, or why and what instead. */
  readonly deprecated: boolean | string
  /** `required`: only who is signed in gets further. `optional`: the answer may depend on who asks. `none`: it never does. */
  readonly signedIn: 'required' | 'optional' | 'none'
  /** Being signed in is not enough: only some callers get further. */
  readonly chosen: boolean
  /** In the order of the path, then of the query. */
  readonly parameters: readonly ParameterDescription[]
  /** The JSON body; null: none. */
  readonly body: { readonly schema: JsonSchema; readonly required: boolean } | null
  /** What is answered when all goes well. */
  readonly answers: readonly AnswerDescription[]
  /** Statuses of refusals that belong to this route; those of the server itself (413, 503 …) are not listed. */
  readonly refusals: readonly number[]
  /** How refusals look in a group with a presenter of its own; null: `application/problem+json`, as everywhere. */
  readonly errors: { readonly type: string; readonly schema: JsonSchema } | null
  /** If-Match is honoured: one row is written, and it has a version. */
  readonly conditional: boolean
  /** An Idempotency-Key is honoured. */
  readonly idempotent: boolean
}

export interface ParameterDescription {
  readonly in: 'path' | 'query'
  readonly name: string
  readonly required: boolean
  readonly description: string | null
  readonly schema: JsonSchema
}

export interface AnswerDescription {
  readonly status: number
  readonly description: string
  /** Null: no body. */
  readonly schema: JsonSchema | null
}
