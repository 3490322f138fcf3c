/** Options of routes → routes as data, checked against the schema; mistakes stop the application from starting. */
import { refusal } from '../../error/index.ts'
import { nearest, perhaps } from '../../lib/index.ts'
import {
  type Condition,
  declareFields,
  declareWith,
  type FieldType,
  isInputObject,
  type ModelGraph,
  type ModelNode,
  type Predicate,
  type RelationNode,
} from '../../model/index.ts'
import {
  actionParts,
  allowCondition,
  type InputPart,
  inputPart,
  type Projection,
  readSort,
  type UntypedActionOptions,
} from '../../operation/index.ts'
import type { Method } from '../contract/index.ts'
import type {
  CreateRoute,
  FunctionRoute,
  LinkRoute,
  ListRoute,
  OneRoute,
  RemoveRoute,
  RouteFilter,
  UpdateRoute,
} from './declaration.ts'
import { readPath, type RoutePath, routePath, wrong } from './route-path.ts'
import type { RouteWords } from './route-types.ts'

interface UntypedOptions extends RouteWords {
  readonly allow?: Condition | ((symbols: object) => Condition)
  readonly sort?: string | readonly string[]
  readonly where?: (symbols: object) => unknown
  readonly filters?: Readonly<Record<string, unknown>>
  readonly paging?: 'offset' | 'cursor'
  readonly limit?: number
  readonly maximum?: number
  readonly row?: 'caller'
  readonly input?: readonly string[]
  readonly method?: Method
}

function modelOf(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined)
    throw refusal('boot.model-unknown', { what: 'routes', name, nearest: nearest(name, Object.keys(graph.models)) })
  return model
}

function words({ summary, description, deprecated }: RouteWords): RouteWords {
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(deprecated === undefined ? {} : { deprecated }),
  }
}

/** What every route to rows may say of itself. */
const baseWords = ['allow', 'summary', 'description', 'deprecated']

/** `more`: the options that this kind of route has beside those. */
function base(
  graph: ModelGraph,
  method: Method,
  declaredPath: string,
  options: UntypedOptions,
  more: readonly string[] = [],
) {
  const known = [...baseWords, ...more]
  const unknown = Object.keys(options).find(name => !known.includes(name))
  if (unknown !== undefined) {
    const parameters = { where: `The route ${declaredPath}`, name: unknown, nearest: nearest(unknown, known) }
    throw refusal('boot.setting-unknown', parameters)
  }
  const owner = `${method} ${declaredPath}`
  return {
    method,
    declaredPath,
    place: null,
    words: words(options),
    allow: allowCondition(graph, owner, options.allow),
  }
}

function rows(graph: ModelGraph, path: string, projection: Projection) {
  const model = modelOf(graph, projection.model)
  return { model: model.name, path: routePath(graph, model, path), projection }
}

/** A row is named by the path, or is the caller's own. */
function rowOf(
  graph: ModelGraph,
  declared: string,
  { own }: RoutePath,
  model: string,
  options: UntypedOptions,
): 'path' | 'caller' {
  if (options.row !== 'caller') {
    if (own === null) throw wrong(declared, `it names no row of ${model}: write a place such as {id}`)
    return 'path'
  }
  if (own !== null) throw wrong(declared, "the row is the caller's own, so the path cannot name one")
  if (graph.caller !== model) throw wrong(declared, `rows of ${model} are no callers`)
  return 'caller'
}

const noOwn = (declared: string, path: RoutePath): void => {
  if (path.own !== null)
    throw wrong(declared, `{${path.own.fields.join('}, {')}} names one row, but the route is to many`)
}

export function declareList(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  options: UntypedOptions,
): ListRoute {
  const common = rows(graph, declared, projection)
  noOwn(declared, common.path)
  const model = modelOf(graph, common.model)
  const { limit = 20, maximum = Math.max(100, limit), paging = null } = options
  if (paging !== null && !pagings.includes(paging))
    throw wrong(declared, `"paging" is one of ${pagings.map(word => `"${word}"`).join(' and ')}`)
  const lost = (['limit', 'maximum'] as const).find(name => paging === null && options[name] !== undefined)
  if (lost !== undefined) throw wrong(declared, `"${lost}" has a meaning only together with "paging"`)
  for (const [name, value] of Object.entries({ limit, maximum })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw wrong(declared, `"${name}" has to be a whole number of at least 1`)
  }
  if (maximum < limit) throw wrong(declared, '"maximum" cannot be less than "limit"')
  const sort = readSort(options.sort)
  const filters = Object.entries(options.filters ?? {})
  const filtered = filters.flatMap(([, filter]) => (typeof filter === 'string' ? [filter.split('.')] : []))
  const unknown = [...sort.map(({ path }) => path), ...filtered].flatMap(path => {
    const end = typeAt(graph, model, path)
    return typeof end === 'string' ? [end] : []
  })
  if (unknown.length > 0) throw wrong(declared, unknown.join('; '))
  return {
    kind: 'list',
    ...base(graph, 'GET', declared, options, ['sort', 'where', 'filters', 'paging', 'limit', 'maximum']),
    ...common,
    sort,
    where: options.where === undefined ? null : condition(graph, model, `The condition of ${declared}`, options.where),
    filters: filters.map(([name, filter], index) =>
      routeFilter(graph, model, declared, name, filter, firstFilterSlot + index),
    ),
    paging,
    limit,
    maximum,
  }
}

const pagings: readonly string[] = ['offset', 'cursor']

/** Slots of a list's request: 0 is the limit, 1 the offset, then come the filters. */
export const firstFilterSlot = 2

function condition(graph: ModelGraph, model: ModelNode, rule: string, build: (symbols: object) => unknown): Predicate {
  const about = { what: 'routes', rule, model: model.name, authority: 'schema' } as const
  return declareWith(graph, about, build, (given, tools) => tools.condition(given))
}

const reservedParameters = ['limit', 'offset', 'after', 'before']

function routeFilter(
  graph: ModelGraph,
  model: ModelNode,
  declared: string,
  name: string,
  filter: unknown,
  slot: number,
): RouteFilter {
  if (reservedParameters.includes(name))
    throw wrong(declared, `"${name}" is a parameter of pages and cannot be a filter`)
  if (typeof filter === 'string') {
    const path = filter.split('.')
    const type = typeAt(graph, model, path)
    if (typeof type === 'string') throw wrong(declared, type)
    return { name, type, condition: { kind: 'path', path } }
  }
  if (typeof filter !== 'object' || filter === null || !('value' in filter) || !('where' in filter)) {
    throw wrong(declared, `the filter "${name}" is a path such as "author.name" or has "value" and "where"`)
  }
  const owner = `the filters of ${declared}`
  const field = declareFields(graph, 'routes', owner, { [name]: filter.value }).fields[name]
  if (field === undefined || isInputObject(field))
    throw wrong(declared, `the value of the filter "${name}" has to be a field`)
  const { type } = field
  const { where } = filter
  if (typeof where !== 'function') throw wrong(declared, `"where" of the filter "${name}" has to be a function`)
  // What a request asks for ranges only over rows that its caller may read (semantics 4).
  const about = { what: 'routes', rule: `The filter "${name}"`, model: model.name, authority: 'caller' } as const
  const predicate = declareWith(
    graph,
    about,
    symbols => (where as (symbols: object) => unknown)({ ...symbols, value: symbols.parameter(slot, type, 'value') }),
    (given, tools) => tools.condition(given),
  )
  return { name, type, condition: { kind: 'predicate', predicate } }
}

/** The type of the field at the end of a path, or what is wrong with it. */
function typeAt(graph: ModelGraph, from: ModelNode, path: readonly string[]): FieldType | string {
  let model = from
  for (const name of path.slice(0, -1)) {
    const relation: RelationNode | undefined = model.relations[name]
    if (relation === undefined)
      return `${model.name} has no relation "${name}"${perhaps(name, Object.keys(model.relations))}`
    model = modelOf(graph, relation.target)
  }
  const last = path.at(-1) ?? ''
  const field = model.fields[last]
  if (field?.private === true || field?.writeOnly === true)
    return `no caller may read "${last}" of ${model.name}, so none may sort or filter by it`
  const type = field?.type ?? model.computed[last]?.type
  const known = [...Object.keys(model.fields), ...Object.keys(model.computed)]
  return type ?? `${model.name} has no field "${last}"${perhaps(last, known)}`
}

export function declareOne(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  options: UntypedOptions,
): OneRoute {
  const common = rows(graph, declared, projection)
  const row = rowOf(graph, declared, common.path, common.model, options)
  return { kind: 'one', ...base(graph, 'GET', declared, options, ['row']), ...common, row }
}

export function declareCreate(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  options: UntypedOptions,
): CreateRoute {
  const common = rows(graph, declared, projection)
  noOwn(declared, common.path)
  return {
    kind: 'create',
    ...base(graph, 'POST', declared, options, ['input']),
    ...common,
    input: inputParts(graph, declared, projection, options),
  }
}

export function declareUpdate(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  options: UntypedOptions,
): UpdateRoute {
  const common = rows(graph, declared, projection)
  if (options.method !== undefined && !updateMethods.includes(options.method))
    throw wrong(declared, `"method" is one of ${updateMethods.join(', ')}`)
  return {
    kind: 'update',
    ...base(graph, options.method ?? 'PATCH', declared, options, ['input', 'row', 'method']),
    ...common,
    row: rowOf(graph, declared, common.path, common.model, options),
    input: inputParts(graph, declared, projection, options),
  }
}

const updateMethods: readonly string[] = ['PATCH', 'PUT', 'POST']

function inputParts(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  { input }: UntypedOptions,
): InputPart[] {
  if (input === undefined) throw wrong(declared, 'it needs "input", a list of names of its projection')
  return input.map(name => {
    const part = inputPart(projection, modelOf(graph, projection.model), name)
    if (typeof part === 'string') throw wrong(declared, `${part}, so it cannot be an input`)
    return part
  })
}

export function declareRemove(
  graph: ModelGraph,
  declared: string,
  model: string,
  options: UntypedOptions,
): RemoveRoute {
  const path = routePath(graph, modelOf(graph, model), declared)
  rowOf(graph, declared, path, model, {})
  return { kind: 'remove', ...base(graph, 'DELETE', declared, options), model, path }
}

export function declareLink(
  graph: ModelGraph,
  declared: string,
  projection: Projection,
  relation: string,
  linked: boolean,
  options: UntypedOptions,
): LinkRoute {
  const common = rows(graph, declared, projection)
  rowOf(graph, declared, common.path, common.model, {})
  const node = modelOf(graph, common.model).relations[relation]
  if (node?.kind !== 'manyToMany' || node.target !== graph.caller) {
    throw wrong(declared, `${common.model}.${relation} is no manyToMany relation to callers`)
  }
  return { kind: 'link', ...base(graph, linked ? 'POST' : 'DELETE', declared, options), ...common, relation, linked }
}

export type UntypedFunctionOptions = UntypedActionOptions &
  RouteWords & { readonly status?: number; readonly envelope?: string }

/** Of answers with content; without an output it is 204. */
const statuses: readonly unknown[] = [200, 201, 202]

/** What a function's route has beyond an action. */
const functionWords = ['summary', 'status', 'envelope']

export function declareFunction(
  graph: ModelGraph,
  method: Method,
  declared: string,
  options: UntypedFunctionOptions,
): FunctionRoute {
  const given = method === 'GET' ? { ...options, transaction: false as const } : options
  const parts = actionParts(graph, `${method} ${declared}`, given, functionWords)
  if (options.status !== undefined && !statuses.includes(options.status))
    throw wrong(declared, `"status" is one of ${statuses.join(', ')}`)
  const places = readPath(declared).places.map(({ relation, field }) => {
    if (relation !== null)
      throw wrong(declared, `{${relation}.${field}} is for rows; a function has inputs, such as {${field}}`)
    return field
  })
  for (const name of places) {
    if (parts.input?.names.includes(name) !== true) throw wrong(declared, `{${name}} is not among its inputs`)
  }
  return {
    kind: 'function',
    method,
    declaredPath: declared,
    place: null,
    words: words(options),
    allow: parts.allow,
    parts,
    places,
    path: declared,
    status: parts.output.kind === 'none' ? 204 : (options.status ?? 200),
    envelope: options.envelope ?? null,
  }
}
