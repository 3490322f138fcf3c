/** Projections: how JSON is made from a row, its relations and the caller, and how input is read back by the same names. */
import { refusal } from '../../error/index.ts'
import { nearest } from '../../lib/index.ts'
import {
  type DeclarationSymbols,
  type DeclarationTools,
  type DeclaredValue,
  declareWith,
  type FieldType,
  isToMany,
  kindOf,
  type ModelGraph,
  type ModelName,
  type ModelNode,
  type Predicate,
  type RelationNode,
  type Schema,
  type SchemaShape,
} from '../../model/index.ts'
import type { SortTerm } from '../../query/index.ts'
import { readSort } from '../read-arguments.ts'
import type { Envelope, ProjectedObject, ProjectedValue, ProjectionSymbols } from './projection-types.ts'

/** One property of the JSON. */
export type ProjectionOutput =
  | {
      readonly kind: 'field'
      readonly output: string
      readonly field: string
      readonly type: FieldType
      readonly nullable: boolean
    }
  | {
      readonly kind: 'related'
      readonly output: string
      readonly path: readonly string[]
      readonly field: string
      readonly type: FieldType
      readonly nullable: boolean
    }
  | ({ readonly kind: 'expression'; readonly output: string } & DeclaredValue)
  | ({ readonly kind: 'include'; readonly output: string; readonly projection: Projection } & RelatedRows)
  | ({
      readonly kind: 'pluck'
      readonly output: string
      readonly field: string
      readonly type: FieldType
    } & RelatedRows)
  | { readonly kind: 'object'; readonly output: string; readonly outputs: readonly ProjectionOutput[] }

/** Which rows of a relation, and in which order. */
export interface RelatedRows {
  readonly relation: string
  readonly where: Predicate | null
  readonly sort: readonly SortTerm[]
  readonly limit: number | null
}

/** What `include` gives. */
export class Included {
  readonly '~included': { readonly projection: Projection } & RelatedRows

  constructor(included: { readonly projection: Projection } & RelatedRows) {
    this['~included'] = included
  }
}

/** What `pluck` gives. */
export class Plucked {
  readonly '~plucked': { readonly field: string; readonly type: FieldType } & RelatedRows

  constructor(plucked: { readonly field: string; readonly type: FieldType } & RelatedRows) {
    this['~plucked'] = plucked
  }
}

/** The name of the only output of a projection that is one bare value. */
export const bareValue = 'value'

/** A declared projection: how rows of one model are shown. Made by `projection`, and given to actions, routes and `include`. */
export class Projection<out S extends SchemaShape = SchemaShape, out M = unknown, out Shape = unknown> {
  declare readonly '~schema': S
  declare readonly '~model': M
  declare readonly '~shape': Shape
  readonly model: string
  readonly outputs: readonly ProjectionOutput[]
  /** Rows become bare values, not objects. */
  readonly bare: boolean
  readonly envelope: Envelope

  constructor(model: string, outputs: readonly ProjectionOutput[], bare: boolean, envelope: Envelope) {
    this.model = model
    this.outputs = outputs
    this.bare = bare
    this.envelope = envelope
  }

  /**
   * The same projection without some properties.
   *
   * @example
   * const ArticlePreview = ArticleView.without('body')
   */
  without<const Name extends keyof Shape & string>(...names: readonly Name[]): Projection<S, M, Omit<Shape, Name>> {
    const kept = this.outputs.filter(({ output }) => !(names as readonly string[]).includes(output))
    return new Projection(this.model, kept, this.bare, this.envelope)
  }
}

/**
 * Declares a projection of a model. Fields and relations pass the rules of whoever asks; expressions (counts, conditions, texts put
 * together) read with the schema's rights, like computed fields. The whole of it is one statement.
 *
 * @example
 * const ArticleView = projection(
 *   schema,
 *   'Article',
 *   ({ row, user, include, pluck }) => ({
 *     slug: row.slug,
 *     tagList: pluck('tags', 'name'),
 *     favorited: row.favoritedBy.some(reader => reader.id.is(user.id)),
 *     favoritesCount: row.favoritedBy.count(),
 *     author: include('author', Profile),
 *   }),
 *   { one: 'article', many: 'articles', count: 'articlesCount' },
 * )
 */
export function projection<S extends SchemaShape, const M extends ModelName<S>, Shape extends ProjectedValue>(
  schema: Schema<S>,
  model: M,
  build: (symbols: ProjectionSymbols<M, S>) => Shape,
  envelope: Envelope = {},
): Projection<S, M, Shape> {
  const { graph } = schema
  const node = modelOf(graph, model)
  const about = { what: 'projections', rule: 'A projection', model, authority: 'schema' } as const
  const finished = declareWith(
    graph,
    about,
    symbols => build(withRelations(graph, node, symbols) as unknown as ProjectionSymbols<M, S>),
    (given, tools) => {
      if (envelope.count !== undefined && envelope.many === undefined) {
        tools.misused('A projection', 'a count beside a list needs a name for the list too: "many"')
      }
      const value = finishBare(given, tools)
      const outputs = value ?? finishObject(given, tools, 'A projection')
      refuseHidden(graph, node, outputs, tools)
      return { bare: value !== null, outputs }
    },
  )
  return new Projection<S, M, Shape>(model, finished.outputs, finished.bare, Object.freeze({ ...envelope }))
}

function modelOf(graph: ModelGraph, name: string): ModelNode {
  const model = graph.models[name]
  if (model === undefined) {
    const parameters = { what: 'projections', name, nearest: nearest(name, Object.keys(graph.models)) }
    throw refusal('boot.model-unknown', parameters)
  }
  return model
}

interface UntypedOptions {
  readonly where?: (symbols: DeclarationSymbols) => unknown
  readonly sort?: string | readonly string[]
  readonly limit?: number
}

function withRelations(graph: ModelGraph, model: ModelNode, symbols: DeclarationSymbols): object {
  return {
    row: symbols.row,
    user: symbols.user,
    include(name: string, projected: Projection, options: UntypedOptions = {}): Included {
      const relation = relationOf(model, name)
      if (projected.model !== relation.target) {
        throw new TypeError(
          `${model.name}.${name} leads to ${relation.target}; the projection is of ${projected.model}.`,
        )
      }
      if (projected.bare)
        throw new TypeError('A projection that is one bare value stands in no other; pluck() gives a list of values.')
      return new Included({ projection: projected, ...relatedRows(graph, relation, options) })
    },
    pluck(name: string, field: string, options: UntypedOptions = {}): Plucked {
      const relation = relationOf(model, name)
      if (!isToMany(relation))
        throw new TypeError(`${model.name}.${name} leads to one row; write row.${name}.${field}, or include().`)
      const node = modelOf(graph, relation.target).fields[field]
      if (node === undefined) throw new TypeError(`${relation.target} has no field ${field}.`)
      if (node.private || node.writeOnly) throw new TypeError(`No caller may read ${field} of ${relation.target}.`)
      const byItself = kindOf(node.type).sortable ? { sort: field } : {}
      return new Plucked({ field, type: node.type, ...relatedRows(graph, relation, { ...byItself, ...options }) })
    },
  }
}

function relationOf(model: ModelNode, name: string): RelationNode {
  const relation = model.relations[name]
  if (relation === undefined) throw new TypeError(`${model.name} has no relation ${name}.`)
  return relation
}

function relatedRows(
  graph: ModelGraph,
  { name, target }: RelationNode,
  { where, sort, limit }: UntypedOptions,
): RelatedRows {
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1))
    throw new TypeError(`The limit of ${name} in a projection has to be a whole number of at least 1.`)
  const about = { what: 'projections', rule: `The condition on ${name}`, model: target, authority: 'schema' } as const
  return {
    relation: name,
    where: where === undefined ? null : declareWith(graph, about, where, (given, tools) => tools.condition(given)),
    sort: readSort(sort),
    limit: limit ?? null,
  }
}

/** A projection that is one value: `({ row }) => row.name`. */
function finishBare(given: unknown, tools: DeclarationTools): readonly ProjectionOutput[] | null {
  if (given instanceof Included || given instanceof Plucked) return null
  const value = tools.value(given)
  return value === null ? null : [valueOutput(bareValue, value)]
}

function finishObject(given: unknown, tools: DeclarationTools, name: string): readonly ProjectionOutput[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    tools.misused(name, 'it has to give an object of values made from row and user')
    return []
  }
  return Object.entries(given as ProjectedObject).map(([output, part]): ProjectionOutput => {
    if (part instanceof Included) return { kind: 'include', output, ...part['~included'] }
    if (part instanceof Plucked) return { kind: 'pluck', output, ...part['~plucked'] }
    const value = tools.value(part)
    return value === null
      ? { kind: 'object', output, outputs: finishObject(part, tools, `"${output}" in a projection`) }
      : valueOutput(output, value)
  })
}

/** A field that no caller reads would refuse every request. */
function refuseHidden(
  graph: ModelGraph,
  model: ModelNode,
  outputs: readonly ProjectionOutput[],
  tools: DeclarationTools,
): void {
  for (const projected of outputs) {
    if (projected.kind === 'object') refuseHidden(graph, model, projected.outputs, tools)
    if (projected.kind !== 'field' && projected.kind !== 'related') continue
    const path = projected.kind === 'related' ? projected.path : []
    const field = path.reduce((at, name) => modelOf(graph, relationOf(at, name).target), model).fields[projected.field]
    if (field?.private === true || field?.writeOnly === true) {
      const name = ['row', ...path, field.name].join('.')
      tools.misused(name, 'no caller may read it, so it cannot stand in an answer')
    }
  }
}

/** A field stays one, also at the end of to-one relations: its rules apply. Into one of the row itself input can be read back. */
function valueOutput(output: string, value: DeclaredValue): ProjectionOutput {
  const { expression, type, nullable } = value
  if (expression.kind === 'field' && expression.row === 0) {
    const { path, field } = expression
    return path.length === 0
      ? { kind: 'field', output, field, type, nullable }
      : { kind: 'related', output, path, field, type, nullable }
  }
  return { kind: 'expression', output, expression, type, nullable }
}
