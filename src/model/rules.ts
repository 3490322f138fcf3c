/** `defineRules`: who may do what with which rows and fields. */
import { deepFreeze, entriesOf, isFunction, isObject, nearest } from '../lib/index.ts'
import { finishCondition, freshRun, runDeclared, type Subject, type Symbols } from './build/conditions.ts'
import { addDropped, type Run } from './build/dropped.ts'
import { collectMistakes, type Mistakes } from './build/mistakes.ts'
import { callerOnlyAttributes } from './caller-only.ts'
import { declaredModel } from './declared-models.ts'
import { never, type Predicate } from './expression.ts'
import type { ModelGraph, ModelNode, RuleSet } from './graph.ts'
import { madeByDatabase } from './made-by-database.ts'
import { withReferenceRules } from './reference-rules.ts'
import type { Schema } from './schema.ts'
import { type Condition, describeGiven } from './symbol/condition.ts'
import type { SymbolRead } from './symbol/reads.ts'
import type { Mistake } from './types/mistake.ts'
import type { SymbolsFor } from './types/row-symbols.ts'
import type { Names, Nullable } from './types/rows.ts'
import type { AddedColumns, ComputedOf, FieldsOf, SchemaShape } from './types/schema.ts'

/** Rules of one model. What is absent is closed. */
export interface ModelRules<Fields = AnyFieldRules> {
  readonly read?: Condition
  /** Holds for the finished row, after defaults and hooks. */
  readonly create?: Condition
  /** Holds for the row before and after the change. */
  readonly update?: Condition
  readonly delete?: Condition
  /** May see soft-deleted rows and restore them. */
  readonly withDeleted?: Condition
  /** Fields with rules of their own, on top of the row's. */
  readonly fields?: Fields
}

type AnyFieldRules = Readonly<Record<string, { readonly read?: Condition; readonly write?: Condition }>>

type RuledFields<M, S extends SchemaShape> = { readonly [Name in Names<M, S>]?: FieldRules<M, S, Name> }

interface FieldRules<M, S extends SchemaShape, Name> {
  /** One that asks about the caller alone takes the field away; one that looks at the row makes null of it. */
  readonly read?: IsNullable<M, S, Name> extends true
    ? Condition
    : Condition<'caller'> | Mistake<'This rule looks at the row and makes null of the field: declare it maskable()'>
  readonly write?: Condition
}

/** Whether callers may see null in the place of a field, by its own type. */
type IsNullable<M, S extends SchemaShape, Name> = Name extends keyof FieldsOf<M, S>
  ? HasFlag<FieldsOf<M, S>[Name]['~flags']>
  : Name extends keyof AddedColumns<M, S>
    ? IsNullableColumn<AddedColumns<M, S>[Name]>
    : Name extends keyof ComputedOf<M, S>
      ? IsNullableColumn<ComputedOf<M, S>[Name]>
      : false

type IsNullableColumn<C> = C extends { readonly '~flags': infer Flags } ? HasFlag<Flags> : false

type HasFlag<Flags> = [Flags & Nullable] extends [never] ? false : true

/** Compiled rules of a schema. */
export class Rules<out S extends SchemaShape = SchemaShape> {
  declare readonly '~schema': S
  readonly models: Readonly<Record<string, RuleSet>>

  constructor(models: Readonly<Record<string, RuleSet>>) {
    this.models = models
  }
}

/**
 * Declares who may do what. Rules are functions from symbols to conditions; they run once, here. A model without rules can be reached by
 * no caller, an operation without a rule is closed.
 *
 * @example
 * export const rules = defineRules(schema, {
 *   Article: ({ row, user }) => ({
 *     read: anyOf(row.state.is('published'), row.author.is(user.id)),
 *     create: row.author.is(user.id),
 *     update: row.author.is(user.id),
 *   }),
 * })
 */
export function defineRules<S extends SchemaShape, Name extends keyof S['models'] = never>(
  schema: Schema<S>,
  // By the names that are given: of a function that may be left out, the compiler would print all of its type before what is wrong.
  // The second type is for editors, which offer its names.
  rules: { readonly [One in Name]: (symbols: SymbolsFor<One, S>) => ModelRules<RuledFields<One, S>> } & {
    readonly [One in keyof S['models']]?: unknown
  },
): Rules<S> {
  const mistakes = collectMistakes()
  const { graph } = schema
  const compiled: Record<string, RuleSet> = {}
  for (const [name, build] of entriesOf(rules)) {
    const model = declaredModel(graph, name, 'rules', mistakes)
    if (model !== undefined) compiled[name] = compileModel(graph, model, build, mistakes)
  }
  mistakes.refuse('rules')
  return new Rules<S>(deepFreeze(compiled))
}

const operations = ['read', 'create', 'update', 'delete', 'withDeleted'] as const
const closed: RuleSet = { read: never, create: never, update: never, delete: never, withDeleted: never, fields: {} }

function compileModel(graph: ModelGraph, model: ModelNode, build: unknown, mistakes: Mistakes): RuleSet {
  const subject: Subject = { rule: 'The rules', model: model.name, place: [model.name] }
  const again = (): Run =>
    freshRun(graph, model.name, (symbols: Symbols): unknown => (isFunction(build) ? build(symbols) : build))
  const run = again()
  const ran = runDeclared(run.build, subject, mistakes)
  if (ran === undefined) return closed
  const given = ran.result
  if (typeof given !== 'object' || given === null || given instanceof Promise || '~predicate' in given) {
    mistakes.add(
      'boot.not-by-name',
      { rule: subject.rule, model: model.name, given: describeGiven(given), example: '{ read: everyone }' },
      subject.place,
    )
    return closed
  }
  const before = mistakes.found.length
  const used = new Set<SymbolRead>()
  const words = [...operations, 'fields']
  for (const word of Object.keys(given)) {
    if (!words.includes(word)) {
      mistakes.add(
        'boot.word-unknown',
        { what: `The rules of ${model.name}`, name: word, nearest: nearest(word, words), possible: words.join(', ') },
        [model.name, word],
      )
    }
  }
  const rule = (operation: (typeof operations)[number]): Predicate => {
    const condition: unknown = Reflect.get(given, operation)
    if (condition === undefined) return never
    const about: Subject = { rule: `The ${operation} rule`, model: model.name, place: [model.name, operation] }
    return finishCondition(condition, about, used, mistakes) ?? never
  }
  const set: RuleSet = {
    read: rule('read'),
    create: rule('create'),
    update: rule('update'),
    delete: rule('delete'),
    withDeleted: rule('withDeleted'),
    fields: compileFields(model, Reflect.get(given, 'fields'), used, mistakes),
  }
  for (const name of madeByDatabase(model, set.create)) {
    const reason = `it looks at "${name}", which the database makes only with the row; decide by other fields, or declare a default`
    mistakes.add('boot.option-invalid', { option: 'create', model: model.name, reason }, [model.name, 'create'])
  }
  for (const operation of ['create', 'update', 'delete'] as const) {
    if (!model.view || set[operation] === never) continue
    const reason = 'rows of a view are read, never written'
    mistakes.add('boot.option-invalid', { option: operation, model: model.name, reason }, [model.name, operation])
  }
  if (set.withDeleted !== never && model.softDeleteField === null) {
    mistakes.add(
      'boot.option-invalid',
      { option: 'withDeleted', model: model.name, reason: 'the model does not delete softly' },
      [model.name],
    )
  }
  // After another mistake symbols would be called unused that the mistake has hidden.
  if (mistakes.found.length === before) addDropped({ ...run, ...ran }, used, again, subject, mistakes)
  return set
}

function compileFields(model: ModelNode, given: unknown, used: Set<SymbolRead>, mistakes: Mistakes): RuleSet['fields'] {
  if (given === undefined) return {}
  if (!isObject(given)) {
    const parameters = {
      rule: 'The field rules',
      model: model.name,
      given: describeGiven(given),
      example: '{ email: { read: nobody } }',
    }
    mistakes.add('boot.not-by-name', parameters, [model.name, 'fields'])
    return {}
  }
  const result: Record<string, { read?: Predicate; write?: Predicate }> = {}
  const names = [...Object.keys(model.fields), ...Object.keys(model.relations), ...Object.keys(model.computed)]
  for (const [name, rules] of entriesOf(given)) {
    const place = [model.name, 'fields', name]
    if (!names.includes(name)) {
      mistakes.add(
        'boot.field-unknown',
        { what: `A field rule of ${model.name}`, name, model: model.name, nearest: nearest(name, names) },
        place,
      )
      continue
    }
    if (!isObject(rules)) {
      const rule = `The rules of the field "${name}"`
      const parameters = { rule, model: model.name, given: describeGiven(rules), example: '{ read: nobody }' }
      mistakes.add('boot.not-by-name', parameters, place)
      continue
    }
    const compiled: { read?: Predicate; write?: Predicate } = {}
    for (const [word, condition] of entriesOf(rules)) {
      if (word !== 'read' && word !== 'write') {
        mistakes.add(
          'boot.word-unknown',
          {
            what: `The rules of ${model.name}.${name}`,
            name: word,
            nearest: nearest(word, ['read', 'write']),
            possible: 'read, write',
          },
          place,
        )
        continue
      }
      // Without a rule a field is open: one that has got lost, as a name that is not exported any more, must not open it.
      const about: Subject = {
        rule: `The ${word} rule of the field "${name}"`,
        model: model.name,
        place: [...place, word],
      }
      const predicate = finishCondition(condition, about, used, mistakes)
      if (predicate === undefined) continue
      if (word === 'read' && callerOnlyAttributes(predicate) === null && !mayBeNull(model, name)) {
        mistakes.add('boot.field-not-maskable', { model: model.name, name }, about.place)
      }
      compiled[word] = predicate
    }
    result[name] = compiled
  }
  const { fields, unmaskable } = withReferenceRules(model, result)
  for (const { relation, scalar } of unmaskable) {
    // Told of the relation already.
    if (!mayBeNull(model, relation)) continue
    mistakes.add('boot.field-not-maskable', { model: model.name, name: scalar }, [
      model.name,
      'fields',
      relation,
      'read',
    ])
  }
  return fields
}

/** Whether the types of a field or relation say that callers may see null there. */
function mayBeNull(model: ModelNode, name: string): boolean {
  const node = model.fields[name] ?? model.relations[name] ?? model.computed[name]
  return node !== undefined && (node.nullable || node.maskable)
}
