/** Random rules and computed fields as finished conditions, put into a graph that builders made. */
import type {
  ComputedNode,
  Expression,
  FieldNode,
  FieldType,
  ModelGraph,
  ModelNode,
  Predicate,
  RelationNode,
  RuleSet,
  Value,
} from '../../src/model/index.ts'
import { isOrdered } from './declarations.ts'
import { poolOf } from './pools.ts'
import type { Random } from './random.ts'

const always: Predicate = { kind: 'constant', value: true }
const never: Predicate = { kind: 'constant', value: false }

export const ruleForms = [
  'open',
  'closed',
  'signed in',
  'caller only',
  'row only',
  'row and caller',
  'to-one path',
  'relation',
  'count',
  'moment',
  'null',
  'combined',
] as const
export type RuleForm = (typeof ruleForms)[number]

export interface Ruled {
  readonly graph: ModelGraph
  /** The form of each model's read rule. */
  readonly forms: Readonly<Record<string, RuleForm>>
  /** The form of each field rule, by `Model.field`. */
  readonly fieldForms: Readonly<Record<string, RuleForm>>
}

export function withRandomRules(graph: ModelGraph, random: Random): Ruled {
  const forms: Record<string, RuleForm> = {}
  const fieldForms: Record<string, RuleForm> = {}
  const models = Object.fromEntries(
    Object.values(graph.models).map((model): [string, ModelNode] => {
      const maker = new Maker(graph, random)
      const computed = maker.computed(model)
      // Worlds in which most is closed tell little.
      const form = random.chance(0.45) ? 'open' : random.pick(ruleForms)
      forms[model.name] = form
      const fields: Record<string, { read: Predicate }> = {}
      const ruled = [...Object.values(model.fields), ...Object.values(computed), ...Object.values(model.relations)]
      for (const { name } of ruled) {
        if (!random.chance(0.05)) continue
        const fieldForm = random.pick(ruleForms)
        fieldForms[`${model.name}.${name}`] = fieldForm
        fields[name] = { read: maker.rule(fieldForm, [model]) }
      }
      const rules: RuleSet = {
        read: maker.rule(form, [model]),
        create: never,
        update: never,
        delete: never,
        withDeleted: maker.rule(random.pick(['closed', 'open', 'caller only']), [model]),
        fields,
      }
      return [model.name, { ...model, computed, rules: form === 'closed' && random.chance(0.5) ? null : rules }]
    }),
  )
  return { graph: { ...graph, models }, forms, fieldForms }
}

/** Forms of which a brute force can say whether they hold in the middle of a write as well as behind it. */
const writeForms = ['open', 'signed in', 'caller only', 'row only', 'row and caller', 'to-one path', 'null'] as const

/** The same graph with rules for writing: of every operation, and of some fields. */
export function withRandomWriteRules(graph: ModelGraph, random: Random): ModelGraph {
  const maker = new Maker(graph, random)
  const rule = (model: ModelNode): Predicate => {
    const chance = random.below(10)
    return chance < 6 ? always : chance === 6 ? never : maker.rule(random.pick(writeForms), [model])
  }
  const models = Object.values(graph.models).map((model): [string, ModelNode] => {
    if (model.rules === null || model.hidden) return [model.name, model]
    const plain = Object.values(model.fields).filter(
      ({ name, relation }) => relation === null && !model.key.includes(name),
    )
    const fields: Record<string, NonNullable<RuleSet['fields'][string]>> = { ...model.rules.fields }
    for (const { name } of plain) if (random.chance(0.08)) fields[name] = { ...fields[name], write: rule(model) }
    const rules = { ...model.rules, create: rule(model), update: rule(model), delete: rule(model), fields }
    return [model.name, { ...model, rules }]
  })
  return { ...graph, models: Object.fromEntries(models) }
}

/** Makes conditions about rows; `around` are the models of the rows from the outside in. */
class Maker {
  readonly #graph: ModelGraph
  readonly #random: Random

  constructor(graph: ModelGraph, random: Random) {
    this.#graph = graph
    this.#random = random
  }

  rule(form: RuleForm, around: readonly ModelNode[]): Predicate {
    const random = this.#random
    const row = around.length - 1
    const model = around.at(-1)
    if (model === undefined) return never
    switch (form) {
      case 'open':
        return always
      case 'closed':
        return never
      case 'signed in':
        return random.chance(0.8) ? { kind: 'signedIn' } : { kind: 'not', of: { kind: 'signedIn' } }
      case 'caller only':
        return this.#callerOnly()
      case 'row only':
        return this.#comparison(model, row, [])
      case 'row and caller':
        return this.#owned(model, row, [])
      case 'to-one path': {
        const relation = this.#relation(model, ['belongsTo', 'hasOne'])
        const target = relation === null ? undefined : this.#graph.models[relation.target]
        if (relation === null || target === undefined) return this.#comparison(model, row, [])
        return random.chance(0.5)
          ? this.#comparison(target, row, [relation.name])
          : this.#owned(target, row, [relation.name])
      }
      case 'relation':
        return this.#some(around)
      case 'count': {
        const expression = this.#aggregate(around, 'count')
        if (expression === null) return this.#comparison(model, row, [])
        const operator = random.pick(['eq', 'ne', 'gt', 'lte'] as const)
        return {
          kind: 'compare',
          operator,
          left: expression,
          right: literal(random.below(3), { kind: 'integer', options: {} }),
        }
      }
      case 'moment': {
        const fields = this.#fields(model).filter(({ type }) => type.kind === 'datetime')
        if (fields.length === 0) return this.#comparison(model, row, [])
        const left: Expression = { kind: 'field', row, path: [], field: random.pick(fields).name }
        return { kind: 'compare', operator: random.pick(['lte', 'gt'] as const), left, right: { kind: 'now' } }
      }
      case 'null': {
        const nullable = Object.values(model.fields).filter(one => one.nullable)
        if (nullable.length === 0) return this.#comparison(model, row, [])
        const test: Predicate = {
          kind: 'isNull',
          of: { kind: 'field', row, path: [], field: random.pick(nullable).name },
        }
        return random.chance(0.5) ? test : { kind: 'not', of: test }
      }
      case 'combined': {
        const simple = () =>
          this.rule(
            random.pick(['caller only', 'row only', 'row and caller', 'relation', 'null', 'to-one path', 'signed in']),
            around,
          )
        const of = [simple(), simple()]
        const combined: Predicate = { kind: random.pick(['and', 'or'] as const), of }
        return random.chance(0.4) ? { kind: 'not', of: combined } : combined
      }
    }
  }

  /** One computed field of each form that the model has the means for. */
  computed(model: ModelNode): Readonly<Record<string, ComputedNode>> {
    const random = this.#random
    const nodes: Record<string, ComputedNode> = {}
    const add = (
      name: string,
      expression: Expression | null,
      type: FieldType,
      nullable: boolean,
      callerRelative = false,
    ): void => {
      if (expression === null || !random.chance(0.5)) return
      const words = { description: null, label: null, deprecated: false }
      nodes[name] = {
        name,
        type,
        nullable,
        maskable: true,
        expression,
        sortable: random.chance(0.8),
        callerRelative,
        words,
      }
    }
    const simple = (kind: string): FieldType => ({ kind, options: {} })
    const around = [model]
    add('howMany', this.#aggregate(around, 'count'), simple('integer'), false)
    add('isThere', { kind: 'condition', of: this.#some(around) }, simple('boolean'), false)
    add('isMine', { kind: 'condition', of: this.#owned(model, 0, []) }, simple('boolean'), false, true)
    const label: Expression = { kind: 'field', row: 0, path: [], field: 'label' }
    if (model.fields['label'] !== undefined) {
      add(
        'labelLength',
        { kind: 'call', function: 'length', arguments: [label], type: simple('integer') },
        simple('integer'),
        false,
      )
      add(
        'lowLabel',
        { kind: 'call', function: 'lower', arguments: [label], type: simple('text') },
        simple('text'),
        false,
      )
    }
    const total = this.#sum(around)
    if (total !== null) add('total', total.expression, total.type, true)
    return nodes
  }

  #callerOnly(): Predicate {
    const random = this.#random
    const role: FieldType = { kind: 'enum', options: { values: ['member', 'editor', 'admin'] } }
    const level: FieldType = { kind: 'integer', options: {} }
    const roleOf: Expression = { kind: 'caller', attribute: 'role' }
    const forms: readonly (() => Predicate)[] = [
      () => ({ kind: 'in', left: roleOf, list: literal(['editor', 'admin'], listOf(role)) }),
      () => ({ kind: 'compare', operator: 'eq', left: roleOf, right: literal('member', role) }),
      () => ({
        kind: 'compare',
        operator: 'gte',
        left: { kind: 'caller', attribute: 'level' },
        right: literal(1, level),
      }),
      () => ({ kind: 'not', of: { kind: 'compare', operator: 'eq', left: roleOf, right: literal('admin', role) } }),
      () => ({ kind: 'isNull', of: { kind: 'caller', attribute: 'level' } }),
    ]
    return random.pick(forms)()
  }

  /** A field of the row against a constant. */
  #comparison(model: ModelNode, row: number, path: readonly string[]): Predicate {
    const random = this.#random
    const field = random.pick(this.#fields(model))
    const left: Expression = { kind: 'field', row, path, field: field.name }
    const value = (): Value => random.pick(poolOf(field.type))
    if (field.type.kind === 'text' && random.chance(0.3)) {
      const operator = random.pick(['contains', 'startsWith', 'endsWith', 'equals'] as const)
      return { kind: 'text', operator, insensitive: random.chance(0.5), left, right: literal(value(), field.type) }
    }
    if (random.chance(0.2)) return { kind: 'in', left, list: literal([value(), value()], listOf(field.type)) }
    const operators = isOrdered(field.type)
      ? (['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const)
      : (['eq', 'ne'] as const)
    const comparison: Predicate = {
      kind: 'compare',
      operator: random.pick(operators),
      left,
      right: literal(value(), field.type),
    }
    return random.chance(0.25) ? { kind: 'not', of: comparison } : comparison
  }

  /** The row belongs to the caller, by a relation to callers, or else has something in common with them. */
  #owned(model: ModelNode, row: number, path: readonly string[]): Predicate {
    const random = this.#random
    const callers = this.#graph.models[this.#graph.caller ?? '']
    const relations = Object.values(model.relations).filter(
      one => one.kind === 'belongsTo' && one.target === callers?.name,
    )
    if (relations.length > 0 && random.chance(0.8)) {
      const relation = random.pick(relations)
      const of = relation.on.map(({ local, remote }): Predicate => ({
        kind: 'compare',
        operator: 'eq',
        left: { kind: 'field', row, path, field: local },
        right: { kind: 'caller', attribute: remote },
      }))
      const [only] = of
      return only !== undefined && of.length === 1 ? only : { kind: 'and', of }
    }
    const same = this.#fields(model).flatMap(own =>
      Object.values(callers?.fields ?? {})
        .filter(
          theirs =>
            theirs.type.kind === own.type.kind &&
            JSON.stringify(theirs.type.options) === JSON.stringify(own.type.options),
        )
        .map(theirs => ({ own: own.name, theirs: theirs.name })),
    )
    if (same.length === 0) return this.#callerOnly()
    const pair = random.pick(same)
    return {
      kind: 'compare',
      operator: random.pick(['eq', 'ne'] as const),
      left: { kind: 'field', row, path, field: pair.own },
      right: { kind: 'caller', attribute: pair.theirs },
    }
  }

  #some(around: readonly ModelNode[]): Predicate {
    const end = this.#end(around)
    if (end === null) return this.rule('row only', around)
    const some: Predicate = {
      kind: 'some',
      row: around.length - 1,
      path: [],
      relation: end.relation.name,
      where: this.#inner([...around, end.model]),
      authority: 'schema',
    }
    return this.#random.chance(0.3) ? { kind: 'not', of: some } : some
  }

  #aggregate(around: readonly ModelNode[], name: 'count'): Expression | null {
    const end = this.#end(around)
    if (end === null) return null
    return {
      kind: 'aggregate',
      function: name,
      row: around.length - 1,
      path: [],
      relation: end.relation.name,
      where: this.#random.chance(0.5) ? always : this.#inner([...around, end.model]),
      authority: 'schema',
    }
  }

  #sum(around: readonly ModelNode[]): { readonly expression: Expression; readonly type: FieldType } | null {
    const end = this.#end(around)
    const numbers =
      end === null
        ? []
        : this.#fields(end.model).filter(({ type }) => ['integer', 'bigint', 'decimal'].includes(type.kind))
    if (end === null || numbers.length === 0) return null
    const of = this.#random.pick(numbers)
    const type: FieldType =
      of.type.kind === 'decimal'
        ? { kind: 'decimal', options: { precision: 38, scale: of.type.options['scale'] ?? 0 } }
        : { kind: 'bigint', options: {} }
    const expression: Expression = {
      kind: 'aggregate',
      function: 'sum',
      row: 0,
      path: [],
      relation: end.relation.name,
      where: always,
      of: { kind: 'field', row: around.length, path: [], field: of.name },
      authority: 'schema',
    }
    return { expression, type }
  }

  /** A condition on a related row, which may look at the row around it. */
  #inner(around: readonly ModelNode[]): Predicate {
    const form = this.#random.pick(['open', 'row only', 'row and caller', 'null', 'relation'] as const)
    return this.rule(around.length > 2 && form === 'relation' ? 'row only' : form, around)
  }

  #end(around: readonly ModelNode[]): { readonly relation: RelationNode; readonly model: ModelNode } | null {
    const model = around.at(-1)
    const relation =
      model === undefined ? null : this.#relation(model, ['belongsTo', 'hasOne', 'hasMany', 'manyToMany'])
    const target = relation === null ? undefined : this.#graph.models[relation.target]
    return relation === null || target === undefined ? null : { relation, model: target }
  }

  #relation(model: ModelNode, among: readonly RelationNode['kind'][]): RelationNode | null {
    const relations = Object.values(model.relations).filter(({ kind }) => among.includes(kind))
    return relations.length === 0 ? null : this.#random.pick(relations)
  }

  /** Stored fields with comparable values. */
  #fields(model: ModelNode): readonly FieldNode[] {
    return Object.values(model.fields).filter(({ type }) => !['json', 'array'].includes(type.kind))
  }
}

const literal = (value: Value, type: FieldType): Expression => ({ kind: 'literal', value, type })

const listOf = (element: FieldType): FieldType => ({ kind: 'array', options: {}, element })
