/** `action`: what happens besides creating, changing and deleting rows, in one transaction with the caller's rights. */
import {
  callerOnlyAttributes,
  type Condition,
  declaredModels,
  declareFields,
  declareWith,
  type ModelGraph,
  never,
  type Predicate,
  type Schema,
  type SchemaShape,
  type Words,
} from '../../model/index.ts'
import { refusal } from '../../error/index.ts'
import { capitalise, nearest, type OptionForm, perhaps, truth } from '../../lib/index.ts'
import { Projection } from '../projection/index.ts'
import {
  fieldsInput,
  fieldsOutput,
  type InputShape,
  isStandardSchema,
  type OutputShape,
  standardInput,
  standardOutput,
} from '../shape/index.ts'
import type { ActionOptions, InputDeclaration, OutputDeclaration } from './action-types.ts'

/** What an action answers with. */
export type ActionOutput =
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly shape: OutputShape }
  /** Rows, selected again as the caller. */
  | { readonly kind: 'rows'; readonly model: string; readonly projection: Projection | null; readonly many: boolean }

export interface ActionParts {
  /** Who may call it; only the caller is looked at. */
  readonly allow: Predicate
  /** Null: it takes no input. */
  readonly input: InputShape | null
  readonly output: ActionOutput
  readonly secret: boolean
  readonly retryable: boolean
  readonly isolation: 'default' | 'serializable'
  readonly transaction: boolean
  readonly words: Words
  readonly run: (call: unknown) => unknown
}

/** A declared action. Its name is where it stands in `createApp`. */
export class Action<out S extends SchemaShape = SchemaShape> {
  declare readonly '~schema': S
  readonly parts: ActionParts

  constructor(parts: ActionParts) {
    this.parts = parts
  }
}

/**
 * Declares an action. It runs in one transaction; `db` has the caller's rights and more is asked for by name; what it emits leaves when
 * the transaction commits. It is served as `POST /api/actions/<name in kebab-case>`.
 *
 * @example
 * export const publish = action(schema, {
 *   input: { id: field.id('Article') },
 *   output: 'Article',
 *   allow: ({ user }) => user.role.in(['editor', 'admin']),
 *   run: async ({ db, input, emit }) => {
 *     const article = await db.asSystem('editors publish drafts of others').Article.update(input.id, { state: 'published' })
 *     emit('article.published', { id: article.id })
 *     return article
 *   },
 * })
 */
export function action<
  S extends SchemaShape,
  const In extends InputDeclaration = Record<never, never>,
  const Out extends OutputDeclaration<S> | undefined = undefined,
>(schema: Schema<S>, options: ActionOptions<In, Out, S>): Action<S> {
  return new Action<S>(actionParts(schema.graph, 'the action', options as unknown as UntypedActionOptions))
}

/** The options without the types of a schema. */
export type UntypedActionOptions = Omit<ActionOptions<unknown, unknown, SchemaShape>, 'allow' | 'run'> & {
  readonly allow?: Condition | ((symbols: object) => Condition)
  readonly run: (call: unknown) => unknown
}

const text: OptionForm = { words: 'a text', fits: value => typeof value === 'string' }
/** Asked where it is read. */
const elsewhere: OptionForm = { words: '', fits: () => true }

/** A misspelt isolation would be the default one. */
const optionForms: Readonly<Record<keyof UntypedActionOptions, OptionForm>> = {
  input: elsewhere,
  output: elsewhere,
  allow: elsewhere,
  secret: truth,
  retryable: truth,
  isolation: { words: '"default" or "serializable"', fits: value => value === 'default' || value === 'serializable' },
  transaction: truth,
  description: text,
  label: text,
  deprecated: { words: 'true or a text', fits: value => truth.fits(value) || text.fits(value) },
  run: elsewhere,
}
const optionNames: readonly string[] = Object.keys(optionForms)
const isOption = (name: string): name is keyof UntypedActionOptions => optionNames.includes(name)

/** `owner`: what it is called in messages until it has a name. `others`: options that mean something to whoever calls this. */
export function actionParts(
  graph: ModelGraph,
  owner: string,
  options: UntypedActionOptions,
  others: readonly string[] = [],
): ActionParts {
  const known = [...optionNames, ...others]
  const unknown = Object.keys(options).find(name => !known.includes(name))
  if (unknown !== undefined)
    throw refusal('boot.setting-unknown', { where: capitalise(owner), name: unknown, nearest: nearest(unknown, known) })
  const wrong = (problem: string): Error => refusal('boot.setting-invalid', { where: capitalise(owner), problem })
  if (typeof options.run !== 'function') throw wrong('"run" has to be a function')
  for (const [name, value] of Object.entries(options)) {
    const form = isOption(name) ? optionForms[name] : undefined
    if (form !== undefined && value !== undefined && !form.fits(value)) throw wrong(`"${name}" has to be ${form.words}`)
  }
  const lost = (['isolation', 'retryable'] as const).find(name => options[name] !== undefined)
  if (options.transaction === false && lost !== undefined)
    throw wrong(`"${lost}" has a meaning only in a transaction, and it has none`)
  return {
    allow: allowCondition(graph, owner, options.allow),
    input: options.input === undefined ? null : inputShape(graph, `the input of ${owner}`, options.input),
    output: actionOutput(graph, `the output of ${owner}`, options.output),
    secret: options.secret ?? false,
    retryable: options.retryable ?? false,
    isolation: options.isolation ?? 'default',
    transaction: options.transaction ?? true,
    words: {
      description: options.description ?? null,
      label: options.label ?? null,
      deprecated: options.deprecated ?? false,
    },
    run: options.run,
  }
}

/** Nobody may, when nobody has said who. */
export function allowCondition(graph: ModelGraph, owner: string, allow: UntypedActionOptions['allow']): Predicate {
  if (allow === undefined) return never
  const about = { what: 'actions', rule: '"allow"', model: null, owner, authority: 'schema' } as const
  return declareWith(
    graph,
    about,
    symbols => (typeof allow === 'function' ? allow(symbols) : allow),
    (given, tools) => {
      const condition = tools.condition(given)
      if (condition.kind !== 'constant' && callerOnlyAttributes(condition) === null) {
        tools.misused('"allow"', 'it can ask about the caller alone, whose fields are compared with constants')
      }
      return condition
    },
  )
}

function inputShape(graph: ModelGraph, owner: string, declared: unknown): InputShape {
  if (isStandardSchema(declared)) return standardInput(declared, owner)
  return fieldsInput(declareFields(graph, 'actions', owner, declared), owner)
}

const modelNames = (graph: ModelGraph): readonly string[] => declaredModels(graph).map(({ name }) => name)

function actionOutput(graph: ModelGraph, owner: string, declared: unknown): ActionOutput {
  if (declared === undefined) return { kind: 'none' }
  const many = Array.isArray(declared)
  const rows: unknown = Array.isArray(declared) ? declared[0] : declared
  if (rows instanceof Projection) return { kind: 'rows', model: rows.model, projection: rows, many }
  if (typeof rows === 'string') {
    const model = graph.models[rows]
    if (model === undefined || model.key.length === 0) {
      const problem =
        model === undefined ? `there is no model ${rows}${perhaps(rows, modelNames(graph))}` : `${rows} has no key`
      throw refusal('boot.setting-invalid', { where: capitalise(owner), problem })
    }
    return { kind: 'rows', model: rows, projection: null, many }
  }
  if (isStandardSchema(declared)) return { kind: 'value', shape: standardOutput(declared, owner) }
  return { kind: 'value', shape: fieldsOutput(declareFields(graph, 'actions', owner, declared), owner) }
}
