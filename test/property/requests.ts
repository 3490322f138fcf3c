/** Arbitrary requests about a world: all operators, paths, quantifiers, selections, includes, sorts, aggregates. */
import fc from 'fast-check'
import {
  type Expression,
  type FieldNode,
  type FieldType,
  kindOf,
  type ModelNode,
  type Predicate,
  type RelationNode,
  type Value,
} from '../../src/model/index.ts'
import type {
  AggregateRequest,
  FilterOperator,
  FilterRequest,
  FindRequest,
  NestedRequest,
  OutputRequest,
  Selection,
  SortTerm,
} from '../../src/query/index.ts'
import { isOrdered } from './declarations.ts'
import { poolOf } from './pools.ts'
import { relatedFields } from './related-fields.ts'
import type { RandomWorld } from './world.ts'

/** A request whose slots hold what stands in `values`. */
export interface Filled<Request> {
  readonly request: Request
  readonly values: readonly Value[]
}

/** Parts of a request are made with their values and get their slots when the whole is put together. */
type Part<T> = (slot: (value: Value) => number) => T

const none: Part<null> = () => null

export class Requests {
  readonly #world: RandomWorld

  constructor(world: RandomWorld) {
    this.#world = world
  }

  find(): fc.Arbitrary<Filled<FindRequest>> {
    return this.#anyModel().chain(model =>
      fc
        .record({
          select: this.#selection(model, 2),
          where: fc.option(this.#filter(model, 3), { freq: 4 }),
          sort: this.#sort(model),
          by: fc.option(this.#by(model), { freq: 1 }).chain(by => fc.nat(7).map(chosen => (chosen === 7 ? by : null))),
          offset: fc.option(fc.nat(3), { freq: 1 }),
          count: fc.boolean(),
          withDeleted: fc.boolean().map(chosen => chosen && model.softDeleteField !== null),
        })
        .map(parts =>
          filled((slot): FindRequest => {
            const by = parts.by === null ? null : parts.by(slot)
            return {
              operation: 'find',
              model: model.name,
              select: parts.select(slot),
              where: parts.where === null ? null : parts.where(slot),
              sort: parts.sort,
              by,
              limit: by === null ? slot(20) : null,
              offset: by === null && parts.offset !== null ? slot(parts.offset) : null,
              seek: null,
              count: by === null && parts.count,
              withDeleted: parts.withDeleted,
            }
          }),
        ),
    )
  }

  aggregate(): fc.Arbitrary<Filled<AggregateRequest>> {
    return this.#anyModel().chain(model => {
      const numbers = stored(model).filter(({ type }) => ['integer', 'bigint', 'decimal', 'float'].includes(type.kind))
      const sized = stored(model).filter(({ type }) => kindOf(type).sortable && isOrdered(type))
      const measure = fc.oneof(
        fc.constant({ function: 'count' as const, field: null }),
        ...(sized.length === 0
          ? []
          : [
              fc.record({
                function: fc.constantFrom('min' as const, 'max' as const),
                field: fc.constantFrom(...sized.map(({ name }) => name)),
              }),
            ]),
        ...(numbers.length === 0
          ? []
          : [
              fc.record({
                function: fc.constantFrom('sum' as const, 'avg' as const),
                field: fc.constantFrom(...numbers.map(({ name }) => name)),
              }),
            ]),
      )
      return fc
        .record({
          where: fc.option(this.#filter(model, 2), { freq: 3 }),
          groupBy: fc.uniqueArray(this.#sortPath(model), { maxLength: 2, selector: path => path.join('.') }),
          measures: fc.array(measure, { minLength: 1, maxLength: 3 }),
          sorted: fc.uniqueArray(fc.constantFrom('group0', 'group1', 'measure0', 'measure1'), { maxLength: 2 }),
          directions: fc.array(fc.constantFrom('ascending' as const, 'descending' as const), {
            minLength: 2,
            maxLength: 2,
          }),
          withDeleted: fc.boolean().map(chosen => chosen && model.softDeleteField !== null),
        })
        .map(parts =>
          filled((slot): AggregateRequest => {
            const groupBy = parts.groupBy.map((path, index) => ({ output: `group${index}`, path }))
            const measures = parts.measures.map((one, index) => ({ output: `measure${index}`, ...one }))
            // Sums and averages of floats differ in their last digits between stores, and so would their order.
            const sortable = [...groupBy, ...measures.filter(one => !['sum', 'avg'].includes(one.function))]
            return {
              operation: 'aggregate',
              model: model.name,
              where: parts.where === null ? null : parts.where(slot),
              groupBy,
              measures,
              sort: parts.sorted
                .filter(output => sortable.some(one => one.output === output))
                .map((output, index) => ({ output, direction: parts.directions[index] ?? 'ascending' })),
              limit: slot(20),
              withDeleted: parts.withDeleted,
            }
          }),
        )
    })
  }

  #anyModel(): fc.Arbitrary<ModelNode> {
    return fc.constantFrom(...Object.values(this.#world.graph.models).filter(model => !model.hidden))
  }

  #target(relation: RelationNode): ModelNode {
    const model = this.#world.graph.models[relation.target]
    if (model === undefined) throw new Error(`There is no model ${relation.target}.`)
    return model
  }

  #by(model: ModelNode): fc.Arbitrary<Part<FindRequest['by']>> {
    const rows = this.#world.rows[model.name] ?? []
    if (model.key.length === 0 || rows.length === 0) return fc.constant(none)
    return fc.constantFrom(...rows).map((row): Part<FindRequest['by']> => slot => ({
      fields: model.key,
      slots: model.key.map(name => slot(row[name] ?? null)),
    }))
  }

  #filter(model: ModelNode, depth: number): fc.Arbitrary<Part<FilterRequest>> {
    const leaf = this.#condition(model, depth)
    if (depth === 0) return leaf
    const inner = this.#filter(model, depth - 1)
    return fc.oneof(
      { withCrossShrink: true },
      { arbitrary: leaf, weight: 5 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(inner, { minLength: 1, maxLength: 3 }))
          .map(([kind, of]): Part<FilterRequest> => slot => ({ kind, of: of.map(one => one(slot)) })),
        weight: 2,
      },
      {
        arbitrary: inner.map((of): Part<FilterRequest> => slot => ({ kind: 'not', of: of(slot) })),
        weight: 2,
      },
    )
  }

  #condition(model: ModelNode, depth: number): fc.Arbitrary<Part<FilterRequest>> {
    const relations = depth === 0 ? [] : Object.values(model.relations)
    const own = fc.oneof(
      { arbitrary: this.#comparison(model, []), weight: 6 },
      { arbitrary: this.#declared(model), weight: 1 },
      { arbitrary: this.#isNull(model, []), weight: 1 },
    )
    if (relations.length === 0) return own
    const related = fc.constantFrom(...relations).chain(relation => {
      const target = this.#target(relation)
      return fc.oneof(
        this.#comparison(target, [relation.name]),
        this.#isNull(target, [relation.name]),
        fc
          .tuple(
            fc.constantFrom('some' as const, 'every' as const, 'none' as const),
            fc.option(this.#filter(target, depth - 1), { freq: 4 }),
          )
          .map(([kind, where]): Part<FilterRequest> => slot => ({
            kind,
            path: [relation.name],
            where: where === null ? null : where(slot),
          })),
        ...deeper(target, next => this.#comparison(this.#target(next), [relation.name, next.name])),
      )
    })
    return fc.oneof({ withCrossShrink: true }, { arbitrary: own, weight: 3 }, { arbitrary: related, weight: 3 })
  }

  #comparison(model: ModelNode, path: readonly string[]): fc.Arbitrary<Part<FilterRequest>> {
    const names = [...stored(model), ...Object.values(model.computed)]
    return fc.constantFrom(...names.filter(({ type }) => operatorsOf(type).length > 0)).chain(field =>
      fc.constantFrom(...operatorsOf(field.type)).chain(operator =>
        operandOf(operator, field.type).map((value): Part<FilterRequest> => slot => ({
          kind: 'compare',
          path: [...path, field.name],
          operator,
          slot: slot(value),
        })),
      ),
    )
  }

  /** A condition that the application declared, with a parameter; its relations reach what the schema or the caller may see. */
  #declared(model: ModelNode): fc.Arbitrary<Part<FilterRequest>> {
    const compared = (
      on: ModelNode,
      row: number,
    ): fc.Arbitrary<(slot: (value: Value) => number) => [Predicate, number, FieldType]> =>
      fc.constantFrom(...stored(on).filter(({ type }) => isOrdered(type))).chain(field =>
        fc
          .tuple(fc.constantFrom(...poolOf(field.type)), fc.constantFrom('eq' as const, 'ne' as const, 'lte' as const))
          .map(([value, operator]) => (slot): [Predicate, number, FieldType] => {
            const index = slot(value)
            const left: Expression = { kind: 'field', row, path: [], field: field.name }
            return [{ kind: 'compare', operator, left, right: { kind: 'parameter', index } }, index, field.type]
          }),
      )
    const relations = Object.values(model.relations)
    const declared = (predicate: Predicate, index: number, type: FieldType): FilterRequest => ({
      kind: 'declared',
      predicate,
      slots: { [index]: { type, list: false } },
    })
    const plain = compared(model, 0).map(
      (make): Part<FilterRequest> =>
        slot =>
          declared(...make(slot)),
    )
    if (relations.length === 0) return plain
    const related = fc
      .tuple(fc.constantFrom(...relations), fc.constantFrom('schema' as const, 'caller' as const))
      .chain(([relation, authority]) =>
        compared(this.#target(relation), 1).map((make): Part<FilterRequest> => slot => {
          const [where, index, type] = make(slot)
          return declared({ kind: 'some', row: 0, path: [], relation: relation.name, where, authority }, index, type)
        }),
      )
    return fc.oneof({ arbitrary: plain, weight: 1 }, { arbitrary: related, weight: 3 })
  }

  /** A declared expression: a count, or whether there is a related row, for the schema or for the caller. */
  #expression(relation: RelationNode): fc.Arbitrary<(slot: (value: Value) => number, output: string) => OutputRequest> {
    const target = this.#target(relation)
    const nullable = stored(target).filter(field => field.nullable)
    const where: fc.Arbitrary<Predicate> =
      nullable.length === 0
        ? fc.constant({ kind: 'constant', value: true })
        : fc
            .constantFrom(...nullable)
            .map(({ name }): Predicate => ({ kind: 'isNull', of: { kind: 'field', row: 1, path: [], field: name } }))
    const authority = fc.constantFrom('schema' as const, 'caller' as const)
    return fc.tuple(where, authority, fc.boolean()).map(([condition, by, counted]) => (_slot, output) => {
      const link = { row: 0, path: [], relation: relation.name, where: condition, authority: by } as const
      const expression: Expression = counted
        ? { kind: 'aggregate', function: 'count', ...link }
        : { kind: 'condition', of: { kind: 'some', ...link } }
      return {
        kind: 'expression',
        output,
        expression,
        type: { kind: counted ? 'integer' : 'boolean', options: {} },
        nullable: false,
      }
    })
  }

  #isNull(model: ModelNode, path: readonly string[]): fc.Arbitrary<Part<FilterRequest>> {
    const toOne = Object.values(model.relations).filter(({ kind }) => kind === 'belongsTo' || kind === 'hasOne')
    const names = [...stored(model), ...toOne].map(({ name }) => name)
    return fc.tuple(fc.constantFrom(...names), fc.boolean()).map(([name, value]): Part<FilterRequest> => () => ({
      kind: 'isNull',
      path: [...path, name],
      value,
    }))
  }

  #sort(model: ModelNode): fc.Arbitrary<readonly SortTerm[]> {
    const term = fc.record({
      path: this.#sortPath(model),
      direction: fc.constantFrom('ascending' as const, 'descending' as const),
    })
    return fc.uniqueArray(term, { maxLength: 3, selector: ({ path }) => path.join('.') })
  }

  #sortPath(model: ModelNode): fc.Arbitrary<readonly string[]> {
    const namesOf = (nodes: readonly { readonly name: string }[]): string[] => nodes.map(({ name }) => name)
    const fieldsOf = (of: ModelNode): string[] => namesOf(stored(of).filter(({ type }) => kindOf(type).sortable))
    const computed = Object.values(model.computed)
    const sortable = namesOf(computed.filter(one => one.sortable))
    const own = fc.constantFrom(...fieldsOf(model), ...sortable).map(name => [name])
    const toOne = Object.values(model.relations).filter(({ kind }) => kind === 'belongsTo' || kind === 'hasOne')
    const related = (names: (target: ModelNode) => readonly string[]): fc.Arbitrary<readonly string[]>[] =>
      toOne
        .filter(relation => names(this.#target(relation)).length > 0)
        .map(relation =>
          fc.constantFrom(...names(this.#target(relation))).map((name): readonly string[] => [relation.name, name]),
        )
    // Computed fields that are not declared sortable, or are another row's: such sorts have to be refused.
    const refused = [
      ...namesOf(computed.filter(one => !one.sortable)).map(name => fc.constant<readonly string[]>([name])),
      ...related(target => Object.keys(target.computed)),
    ]
    return fc.oneof({ arbitrary: own, weight: 12 }, ...weighed(related(fieldsOf), 5), ...weighed(refused, 1))
  }

  #selection(model: ModelNode, depth: number): fc.Arbitrary<Part<Selection>> {
    const outputs = fc.array(this.#output(model, depth), { maxLength: depth + 1 })
    return fc.tuple(fc.boolean(), outputs).map(([defaults, parts]): Part<Selection> => slot => ({
      defaults: defaults || parts.length === 0,
      outputs: parts.map((part, index) => part(slot, `out${index}`)),
    }))
  }

  #output(
    model: ModelNode,
    depth: number,
  ): fc.Arbitrary<(slot: (value: Value) => number, output: string) => OutputRequest> {
    type Made = (slot: (value: Value) => number, output: string) => OutputRequest
    const names = [...Object.keys(model.fields), ...Object.keys(model.computed)]
    const own = fc.constantFrom(...names).map((name): Made => (_slot, output) => ({
      kind: 'field',
      output,
      field: name,
    }))
    const relations = Object.values(model.relations)
    if (depth === 0 || relations.length === 0) return own
    const include = fc.constantFrom(...relations).chain(relation => {
      const target = this.#target(relation)
      return this.#nested(relation, target, depth - 1).map((nested): Made => (slot, output) => ({
        kind: 'include',
        output,
        relation: relation.name,
        nested: nested(slot),
      }))
    })
    const lists = relations.filter(({ kind }) => kind === 'hasMany' || kind === 'manyToMany')
    const pluck = lists.map(relation => {
      const target = this.#target(relation)
      return fc
        .tuple(fc.constantFrom(...Object.keys(target.fields)), this.#nested(relation, target, 0))
        .map(([name, nested]): Made => (slot, output) => ({
          kind: 'pluck',
          output,
          relation: relation.name,
          field: name,
          nested: nested(slot),
        }))
    })
    const object = fc.array(own, { minLength: 1, maxLength: 2 }).map((parts): Made => (slot, output) => ({
      kind: 'object',
      output,
      outputs: parts.map((part, index) => part(slot, `in${index}`)),
    }))
    return fc.oneof(
      { withCrossShrink: true },
      ...relatedFields(this.#world.graph, model).map(arbitrary => ({ arbitrary, weight: 1 })),
      { arbitrary: own, weight: 2 },
      { arbitrary: include, weight: 4 },
      { arbitrary: object, weight: 1 },
      { arbitrary: fc.constantFrom(...relations).chain(relation => this.#expression(relation)), weight: 1 },
      ...pluck.map(arbitrary => ({ arbitrary, weight: 1 })),
    )
  }

  #nested(relation: RelationNode, target: ModelNode, depth: number): fc.Arbitrary<Part<NestedRequest>> {
    const toMany = relation.kind === 'hasMany' || relation.kind === 'manyToMany'
    return fc
      .record({
        select: this.#selection(target, depth),
        where: toMany ? fc.option(this.#filter(target, 1), { freq: 2 }) : fc.constant(null),
        sort: toMany ? this.#sort(target) : fc.constant([]),
        limit: toMany ? fc.option(fc.integer({ min: 1, max: 3 }), { freq: 2 }) : fc.constant(null),
      })
      .map((parts): Part<NestedRequest> => slot => ({
        select: parts.select(slot),
        where: parts.where === null ? null : parts.where(slot),
        sort: parts.sort,
        limit: parts.limit === null ? null : slot(parts.limit),
      }))
  }
}

/** Alternatives that have a weight together. */
const weighed = <T>(
  alternatives: readonly fc.Arbitrary<T>[],
  weight: number,
): { arbitrary: fc.Arbitrary<T>; weight: number }[] =>
  alternatives.length === 0 ? [] : [{ arbitrary: fc.oneof(...alternatives), weight }]

function deeper<T>(target: ModelNode, make: (relation: RelationNode) => fc.Arbitrary<T>): fc.Arbitrary<T>[] {
  const relations = Object.values(target.relations)
  return relations.length === 0 ? [] : [fc.constantFrom(...relations).chain(make)]
}

const stored = (model: ModelNode): readonly FieldNode[] => Object.values(model.fields)

const insensitive: Readonly<Record<string, FilterOperator>> = {
  eq: 'iequals',
  contains: 'icontains',
  startsWith: 'istartsWith',
  endsWith: 'iendsWith',
}

/** The operators of a kind in the words of filters; text kinds also have those that ignore case. */
function operatorsOf(type: FieldType): readonly FilterOperator[] {
  const own = kindOf(type).operators.filter(operator => operator !== 'isNull')
  const folded = own.includes('contains') ? own.flatMap(operator => insensitive[operator] ?? []) : []
  return [...own, ...folded]
}

function operandOf(operator: FilterOperator, type: FieldType): fc.Arbitrary<Value> {
  const value = fc.constantFrom(...poolOf(type))
  switch (operator) {
    case 'in':
    case 'notIn':
      return fc.array(value, { maxLength: 3 })
    case 'has':
      return fc.constantFrom(...poolOf(type.element ?? type))
    case 'hasAny':
    case 'hasAll':
      return fc.array(fc.constantFrom(...poolOf(type.element ?? type)), { maxLength: 2 })
    default:
      return value
  }
}

function filled<Request>(make: (slot: (value: Value) => number) => Request): Filled<Request> {
  const values: Value[] = []
  const request = make(value => values.push(value) - 1)
  return { request, values }
}
