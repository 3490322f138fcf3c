/** `defineRules`: who may do what with which rows and fields. */
import { deepFreeze, entriesOf } from '../lib/index.ts'
import { compileRules } from './build/compile-rules.ts'
import { collectMistakes } from './build/mistakes.ts'
import { declaredModel } from './declared-models.ts'
import type { RuleSet } from './graph.ts'
import type { Schema } from './schema.ts'
import type { Condition } from './symbol/condition.ts'
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
    if (model !== undefined) compiled[name] = compileRules(graph, model, build, mistakes)
  }
  mistakes.refuse('rules')
  return new Rules<S>(deepFreeze(compiled))
}
