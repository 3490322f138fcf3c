/** `defineHooks`: code that runs before and after writes. The engine runs it; here it is only declared. */
import { deepFreeze, entriesOf, isObject, nearest } from '../lib/index.ts'
import { collectMistakes } from './build/mistakes.ts'
import { declaredModel } from './declared-models.ts'
import type { HookMoment } from './graph.ts'
import type { Schema } from './schema.ts'
import { describeGiven } from './symbol/condition.ts'
import type { SchemaShape } from './types/schema.ts'
import type { HookFunctions } from './types/hooks.ts'

/** A hook as the engine sees it; what it is given and may give back is in `types/hooks.ts`. */
export type UntypedHook = (input: never) => unknown

/** Declared hooks, by model and moment. */
export class Hooks<out S extends SchemaShape = SchemaShape> {
  declare readonly '~schema': S
  readonly models: Readonly<Record<string, Readonly<Partial<Record<HookMoment, UntypedHook>>>>>

  constructor(models: Readonly<Record<string, Readonly<Partial<Record<HookMoment, UntypedHook>>>>>) {
    this.models = models
  }
}

export const hookMoments: readonly HookMoment[] = [
  'beforeCreate',
  'afterCreate',
  'beforeUpdate',
  'afterUpdate',
  'beforeDelete',
  'afterDelete',
]

const isMoment = (word: string): word is HookMoment => (hookMoments as readonly string[]).includes(word)

/**
 * Declares hooks. Each runs once per operation and gets all rows of it. Before-hooks may change rows in place; what is written, and what
 * the rules look at, is the row after them. A hook runs in the operation's transaction; an error that it throws undoes all of it.
 *
 * @example
 * export const hooks = defineHooks(schema, {
 *   Article: {
 *     beforeCreate: ({ rows }) => {
 *       for (const row of rows) row.title = row.title.trim()
 *     },
 *   },
 * })
 */
export function defineHooks<S extends SchemaShape>(
  schema: Schema<S>,
  hooks: { readonly [Name in keyof S['models']]?: HookFunctions<Name, S> },
): Hooks<S> {
  const mistakes = collectMistakes()
  const { graph } = schema
  const collected: Record<string, Partial<Record<HookMoment, UntypedHook>>> = {}
  for (const [name, functions] of entriesOf(hooks)) {
    if (declaredModel(graph, name, 'hooks', mistakes) === undefined) continue
    if (!isObject(functions) && functions !== undefined) {
      const example = '{ beforeCreate: ({ rows }) => { … } }'
      mistakes.add('boot.not-by-name', { rule: 'The hooks', model: name, given: describeGiven(functions), example }, [
        name,
      ])
      continue
    }
    const own: Partial<Record<HookMoment, UntypedHook>> = (collected[name] = {})
    for (const [moment, hook] of entriesOf(functions ?? {})) {
      if (!isMoment(moment)) {
        mistakes.add(
          'boot.word-unknown',
          {
            what: `The hooks of ${name}`,
            name: moment,
            nearest: nearest(moment, hookMoments),
            possible: hookMoments.join(', '),
          },
          [name, moment],
        )
      } else if (typeof hook === 'function') own[moment] = hook as UntypedHook
      else if (hook !== undefined) {
        mistakes.add('boot.option-invalid', { option: moment, model: name, reason: 'a hook has to be a function' }, [
          name,
          moment,
        ])
      }
    }
  }
  mistakes.refuse('hooks')
  return new Hooks<S>(deepFreeze(collected))
}
