/** `defineRules`: who may do what with which rows and fields. */
import { deepFreeze, entriesOf, isFunction, nearest } from '../lib/index.ts'
import { finishCondition, freshRun, runDeclared, type Subject, type Symbols } from './build/conditions.ts'
import { addDropped, type Run } from './build/dropped.ts'
import { collectMistakes, type Mistakes } from './build/mistakes.ts'
import { never, type Predicate } from './expression.ts'
import type { ModelGraph, ModelNode, RuleSet } from './graph.ts'
import type { Schema } from './schema.ts'
import { type Condition, describeGiven } from './symbol/condition.ts'
import type { SymbolRead } from './symbol/reads.ts'
import type { SymbolsFor } from './types/row-symbols.ts'
import type { Names } from './types/rows.ts'
import type { SchemaShape } from './types/schema.ts'

/** Rules of one model. What is absent is closed. */
export interface ModelRules<FieldName extends string = string> {
  readonly read?: Condition
  /** Holds for the finished row, after defaults and hooks. */
  readonly create?: Condition
  /** Holds for the row before and after the change. */
  readonly update?: Condition
  readonly delete?: Condition
  /** May see soft-deleted rows and restore them. */
  readonly withDeleted?: Condition
  /** Fields with rules of their own, on top of the row's. */
  readonly fields?: { readonly [Name in FieldName]?: { readonly read?: Condition; readonly write?: Condition } }
}

type RuledFields<M, S extends SchemaShape> = Names<M, S> & string

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
export function defineRules<S extends SchemaShape>(
  schema: Schema<S>,
  rules: {
    readonly [Name in keyof S['models']]?: (symbols: SymbolsFor<Name, S>) => ModelRules<RuledFields<Name, S>>
  },
): Rules<S> {
  const mistakes = collectMistakes()
  const { graph } = schema
  const compiled: Record<string, RuleSet> = {}
  for (const [name, build] of entriesOf(rules)) {
    const model = graph.models[name]
    if (model === undefined || model.hidden) {
      const names = Object.values(graph.models)
        .filter(known => !known.hidden)
        .map(known => known.name)
      mistakes.add('boot.model-unknown', { what: 'rules', name, nearest: nearest(name, names) }, [name])
    } else compiled[name] = compileModel(graph, model, build, mistakes)
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
  if (typeof given !== 'object' || given === null || '~predicate' in given) {
    mistakes.add(
      'boot.rule-not-condition',
      { rule: subject.rule, model: model.name, given: describeGiven(given) },
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
        { what: `The rules of ${model.name}`, name: word, nearest: nearest(word, words) },
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
  const result: Record<string, { read?: Predicate; write?: Predicate }> = {}
  const names = [...Object.keys(model.fields), ...Object.keys(model.relations), ...Object.keys(model.computed)]
  for (const [name, rules] of entriesOf(given as object)) {
    const place = [model.name, 'fields', name]
    if (!names.includes(name)) {
      mistakes.add(
        'boot.field-unknown',
        { what: `A field rule of ${model.name}`, name, model: model.name, nearest: nearest(name, names) },
        place,
      )
      continue
    }
    const compiled: { read?: Predicate; write?: Predicate } = {}
    for (const [word, condition] of entriesOf(rules ?? {})) {
      if (word !== 'read' && word !== 'write') {
        mistakes.add(
          'boot.word-unknown',
          { what: `The rules of ${model.name}.${name}`, name: word, nearest: nearest(word, ['read', 'write']) },
          place,
        )
        continue
      }
      if (condition === undefined) continue
      const about: Subject = {
        rule: `The ${word} rule of the field "${name}"`,
        model: model.name,
        place: [...place, word],
      }
      const predicate = finishCondition(condition, about, used, mistakes)
      if (predicate !== undefined) compiled[word] = predicate
    }
    result[name] = compiled
  }
  return result
}
