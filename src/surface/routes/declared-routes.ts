/** Groups of declared routes, and actions → routes of the server. */
import { type PlinthError, refusal } from '../../error/index.ts'
import { idOfPath, kebabCase } from '../../lib/index.ts'
import { listMistakes } from '../../model/index.ts'
import { Action } from '../../operation/index.ts'
import {
  admitsAnonymous,
  type DeclaredRoute,
  type PresentError,
  type Route,
  type RouteDescription,
} from '../contract/index.ts'
import { admitter } from './admit.ts'
import { type FunctionRoute, type MistakenRoute, type RouteDeclaration, RouteGroup } from './declaration.ts'
import { describeRoute, groupTitle } from './describe-route.ts'
import { functionHandler, readsQuery } from './function-handler.ts'
import { listHandler } from './list-handler.ts'
import { oneHandler } from './one-handler.ts'
import { planMistake } from './plan-mistake.ts'
import { json, type RouteContext } from './route-context.ts'
import type { GroupOptions } from './route-types.ts'
import { createHandler, linkHandler, removeHandler, updateHandler } from './write-handlers.ts'

/**
 * The routes of groups as `createApp` takes them.
 *
 * @example
 * for (const route of declaredRoutes({ engine, ports }, [api])) server.route(route)
 */
export function declaredRoutes(context: RouteContext, groups: readonly unknown[]): readonly DeclaredRoute[] {
  const ids = new Set<string>()
  const known = groups.map((group, index) => {
    if (group instanceof RouteGroup) return group
    const problem = 'it is no group of routes; make one with group({ prefix: "/v1" }, [ … ])'
    throw refusal('boot.setting-invalid', { where: `routes[${index}]`, problem })
  })
  refuseMistakes(
    known.flatMap(({ mistakes, routes }) => [
      ...mistakes,
      ...routes.flatMap(route => planMistake(context.engine, route)),
    ]),
  )
  return known.flatMap(({ options, routes }) =>
    routes.map(route => withOwnId(declaredRoute(context, options, route), ids)),
  )
}

/** All of them at once, each with its file and line. */
function refuseMistakes(mistaken: readonly MistakenRoute[]): void {
  if (mistaken.length === 0) return
  const errors = mistaken.flatMap(({ error, place }) =>
    (error.errors.length === 0 ? [error] : error.errors).map(({ code, message, hint }) => ({
      code,
      pointer: place,
      message: `${message} (${place})`,
      ...(hint === undefined ? {} : { hint }),
    })),
  )
  const mistakes = listMistakes(errors)
  throw refusal('boot.declaration-invalid', { what: 'routes', count: errors.length, mistakes }, { errors })
}

/** Two groups may have the same paths under their prefixes: from the second on the prefix is part of the name. */
function withOwnId(route: DeclaredRoute, ids: Set<string>): DeclaredRoute {
  const { described, method, path } = route
  const id = ids.has(described.id) ? idOfPath(method, path) : described.id
  ids.add(id)
  return { ...route, described: { ...described, id } }
}

function declaredRoute(context: RouteContext, group: GroupOptions, route: RouteDeclaration): DeclaredRoute {
  const { prefix, presentError, errorSchema = true } = group
  const errors = presentError === undefined ? null : { type: json, schema: errorSchema }
  const made = served(context, route, `${route.method} ${prefix}${route.declaredPath}`)
  return {
    ...made,
    path: `${prefix}${route.kind === 'function' ? route.path : route.path.path}`,
    place: route.place,
    ...(presentError === undefined ? {} : { presentError: presenter(presentError) }),
    described: describeRoute(context.engine, route, signedIn(made), group.name ?? groupTitle(prefix), errors),
  }
}

/** `name`: what it is called in messages. */
function served(context: RouteContext, route: RouteDeclaration, name: string): Route {
  return {
    method: route.method,
    path: '',
    caller: 'resolved',
    admit: admitter(context, route, name),
    consumes: takesBody(route) ? [json] : null,
    produces: answersNothing(route) ? [] : [json],
    handler: handlerOf(context, route, name),
  }
}

const answersNothing = (route: RouteDeclaration): boolean =>
  route.kind === 'remove' || (route.kind === 'function' && route.parts.output.kind === 'none')

function takesBody(route: RouteDeclaration): boolean {
  if (route.kind === 'function') return !readsQuery(route.method)
  return route.kind === 'create' || route.kind === 'update' || (route.kind === 'link' && route.linked)
}

const signedIn = (route: Route): RouteDescription['signedIn'] => (admitsAnonymous(route) ? 'optional' : 'required')

function handlerOf(context: RouteContext, route: RouteDeclaration, name: string): Route['handler'] {
  switch (route.kind) {
    case 'list':
      return listHandler(context, route)
    case 'one':
      return oneHandler(context, route)
    case 'create':
      return createHandler(context, route)
    case 'update':
      return updateHandler(context, route)
    case 'remove':
      return removeHandler(context, route)
    case 'link':
      return linkHandler(context, route)
    case 'function':
      return functionHandler(context, route, name)
    default:
      return route satisfies never
  }
}

/** What a group gives as JSON, under the status that it wants. */
function presenter(present: NonNullable<GroupOptions['presentError']>): PresentError {
  return (error: PlinthError, request) => {
    const { status = error.status, body } = present(error, request)
    const headers = { ...error.headers, 'Cache-Control': 'no-store' }
    if (body === undefined) return { status, type: null, body: null, headers }
    return { status, type: json, body: JSON.stringify(body), headers }
  }
}

/**
 * The routes of actions: `POST <prefix>/actions/<name>`.
 *
 * @example
 * for (const route of actionRoutes({ engine, ports }, { publish }, '/api')) server.route(route)
 */
export function actionRoutes(
  context: RouteContext,
  actions: Readonly<Record<string, unknown>>,
  prefix: string,
): readonly DeclaredRoute[] {
  return Object.entries(actions).map(([name, action]) => {
    if (!(action instanceof Action)) {
      const problem = 'it is no action; make one with action(schema, { … })'
      throw refusal('boot.setting-invalid', { where: `actions.${name}`, problem })
    }
    const { parts } = action
    const path = `/actions/${kebabCase(name)}`
    const declaration: FunctionRoute = {
      kind: 'function',
      method: 'POST',
      declaredPath: path,
      place: null,
      words: {},
      allow: parts.allow,
      parts,
      places: [],
      path,
      status: parts.output.kind === 'none' ? 204 : 200,
      envelope: null,
    }
    const made = served(context, declaration, name)
    const described: RouteDescription = {
      ...describeRoute(context.engine, declaration, signedIn(made), 'Actions', null),
      id: name,
    }
    return { ...made, path: `${prefix}${path}`, place: null, described }
  })
}
