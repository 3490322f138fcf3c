/** `defineSchema`: ties models together by the names that their relations use. */
import { refusal } from '../error/index.ts'
import { isFunction, isObject, nearest, type OptionForm } from '../lib/index.ts'
import type { ModelGraph } from './graph.ts'
import { buildGraph } from './build/build-graph.ts'
import type { Symbols } from './build/conditions.ts'
import type { Condition } from './symbol/condition.ts'
import type { CheckedModels } from './types/check-schema.ts'
import type { ComputedColumn } from './types/computed.ts'
import type { RowSymbols, SymbolsFor } from './types/row-symbols.ts'
import type { AnyModel, Models, SchemaShape } from './types/schema.ts'
import type { ValueOf } from './types/symbols.ts'

/** Models tied together. `graph` has no rules yet: nothing is open. */
export class Schema<out S extends SchemaShape = SchemaShape> {
  declare readonly '~schema': S
  readonly graph: ModelGraph
  readonly models: Readonly<Record<string, AnyModel>>
  /** What was declared beside the models; with both, extensions can have the same schema built with theirs in it. */
  readonly options: DeclaredOptions

  constructor(models: Readonly<Record<string, AnyModel>>, graph: ModelGraph, options: DeclaredOptions) {
    this.models = models
    this.graph = graph
    this.options = options
  }
}

interface DeclaredOptions {
  readonly caller?: string
  readonly computed?: Readonly<Record<string, (symbols: Symbols) => unknown>>
  readonly checks?: Readonly<Record<string, (symbols: Symbols) => unknown>>
  readonly scopes?: Readonly<Record<string, (symbols: Symbols) => unknown>>
}

/** What types know of models before computed fields are. */
interface Bare<All extends Models, Caller extends string> {
  readonly models: All
  readonly caller: Caller
  readonly computed: Record<never, never>
}

export type ComputedValue = ValueOf<unknown> | Condition

export interface SchemaOptions<All extends Models, Caller extends string, Computed> {
  /** The model whose rows are callers: `user` in rules, `caller` in defaults. */
  readonly caller?: Caller
  /**
   * Fields that are calculated when they are read.
   *
   * @example
   * computed: {
   *   Article: ({ row, user }) => ({
   *     commentCount: row.comments.count(),
   *     favorited: row.favoritedBy.some(reader => reader.id.is(user.id)),
   *   }),
   * }
   */
  readonly computed?: {
    readonly [Name in keyof Computed]: (symbols: SymbolsFor<Name, Bare<All, Caller>>) => Computed[Name]
  }
  /** Named conditions over a row's own fields that the database holds every row to. */
  readonly checks?: {
    readonly [Name in keyof All]?: (symbols: {
      readonly row: RowSymbols<Name, Bare<All, Caller>>
    }) => Readonly<Record<string, Condition>>
  }
  /** Named conditions that every read and write of a model carries. */
  readonly scopes?: {
    readonly [Name in keyof All]?: (symbols: SymbolsFor<Name, Bare<All, Caller>>) => Readonly<Record<string, Condition>>
  }
}

/** The computed fields of all models, from the functions that make them. */
type ComputedShape<Computed> = {
  readonly [Name in keyof Computed]: { readonly [Value in keyof Computed[Name]]: ComputedColumn<Computed[Name][Value]> }
}

/**
 * Ties models together. Everything that cannot work (a relation to nothing, two things of one name, a key that may be null) is told at
 * once, as `boot.schema-invalid`; most of it does not compile either.
 *
 * @example
 * export const schema = defineSchema({ User, Article, Comment }, { caller: 'User' })
 */
export function defineSchema<
  const All extends Models,
  const Caller extends keyof All & string = never,
  Computed extends { readonly [Name in keyof Computed]: Readonly<Record<string, ComputedValue>> } = Record<
    never,
    never
  >,
>(
  models: CheckedModels<All> & All,
  options: SchemaOptions<All, Caller, Computed> = {},
): Schema<{ readonly models: All; readonly caller: Caller; readonly computed: ComputedShape<Computed> }> {
  const untyped = options as DeclaredOptions
  requireModels(models)
  requireOptions(untyped)
  const graph = buildGraph(models, {
    caller: untyped.caller ?? null,
    computed: untyped.computed ?? {},
    checks: untyped.checks ?? {},
    scopes: untyped.scopes ?? {},
  })
  return new Schema(models, graph, untyped)
}

const functions: OptionForm = {
  fits: value => isObject(value) && Object.values(value).every(isFunction),
  words: 'an object of functions by the names of models',
}
const optionForms: Readonly<Record<keyof DeclaredOptions, OptionForm>> = {
  caller: { fits: value => typeof value === 'string', words: 'the name of a model' },
  computed: functions,
  checks: functions,
  scopes: functions,
}
const optionNames = Object.keys(optionForms)
const isOption = (name: string): name is keyof DeclaredOptions => optionNames.includes(name)

function requireModels(models: unknown): void {
  if (isObject(models)) return
  const problem = 'its first argument has to be an object of models by their names'
  throw refusal('boot.setting-invalid', { where: 'defineSchema', problem })
}

/** Types say it to TypeScript. In JavaScript a misspelt option would be none: no caller, or no scope around its rows. */
function requireOptions(options: object): void {
  if (!isObject(options))
    throw refusal('boot.setting-invalid', { where: 'defineSchema', problem: 'its options have to be an object' })
  for (const [name, value] of Object.entries(options)) {
    if (!isOption(name))
      throw refusal('boot.setting-unknown', { where: 'defineSchema', name, nearest: nearest(name, optionNames) })
    const { fits, words } = optionForms[name]
    if (value === undefined || fits(value)) continue
    throw refusal('boot.setting-invalid', { where: `"${name}" in defineSchema`, problem: `it has to be ${words}` })
  }
}
