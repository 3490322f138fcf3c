/** Extensions: parts of applications that others wrote. They add; what is declared stays as it was declared. */
import { refusal } from '../error/index.ts'
import {
  defineHooks,
  defineRules,
  defineSchema,
  type FieldKind,
  Hooks,
  type ModelRules,
  registerKind,
  Rules,
  type Schema,
  type UntypedHook,
} from '../model/index.ts'
import type { Check } from './check/index.ts'
import type { Actions, EventHandlers, RouteGroups } from './parts.ts'

type Declared = Readonly<Record<string, unknown>>

/**
 * What an extension may bring. Models join the application's before relations are tied, so that they can lead to its models by name.
 *
 * @example
 * export const bookmarks: Extension = {
 *   name: 'bookmarks',
 *   models: { Bookmark: model({ user: field.belongsTo('User'), url: field.url() }) },
 *   rules: { Bookmark: ({ row, user }) => ({ read: row.user.is(user.id), create: row.user.is(user.id) }) },
 * }
 */
export interface Extension {
  /** Unique in an application; messages name it. */
  readonly name: string
  readonly models?: Declared
  /** Field kinds that its models use, or that it offers to others; see `defineKind`. */
  readonly kinds?: readonly FieldKind[]
  /** Rules of its own models. */
  readonly rules?: Readonly<Record<string, (symbols: never) => ModelRules>>
  /** Hooks of its own models. */
  readonly hooks?: Readonly<Record<string, Readonly<Record<string, UntypedHook>>>>
  /** Actions, made for the schema that all models are in. */
  readonly actions?: (schema: Schema) => Actions
  /** Routes, made for the schema that all models are in. */
  readonly routes?: (schema: Schema) => RouteGroups
  /** Handlers of events. */
  readonly on?: EventHandlers
  readonly checks?: readonly Check[]
  /** Called in the order of the extensions, after the database is open and before the server listens. */
  readonly start?: (context: ExtensionContext) => unknown
  /** Called in reverse order, after the last request was answered and before the database is closed. */
  readonly stop?: (context: ExtensionContext) => unknown
}

export interface ExtensionContext {
  /** The typed db of the schema with the system's rights; the reason is the extension's name. */
  readonly db: unknown
  readonly schema: Schema
  /** The folder of the application. */
  readonly root: string
}

/** What the application and its extensions declare together. */
export interface Joined {
  readonly schema: Schema
  readonly rules: Rules | null
  readonly hooks: Hooks | null
  readonly actions: Actions
  readonly routes: RouteGroups
  readonly on: readonly EventHandlers[]
  readonly checks: readonly Check[]
  readonly extensions: readonly Extension[]
}

export interface OwnParts {
  readonly schema: Schema
  readonly rules: Rules | null
  readonly hooks: Hooks | null
  readonly actions: Actions
  readonly routes: RouteGroups
  readonly on: EventHandlers
  readonly checks: readonly Check[]
}

/** Joins them; two declarations of one name are refused with the names of who made them. */
export function joinExtensions(own: OwnParts, extensions: readonly Extension[]): Joined {
  const names = owners('extension')
  const models = owners('model')
  const actions = owners('action')
  for (const name of Object.keys(own.schema.models)) models.claim(name, null)
  for (const name of Object.keys(own.actions)) actions.claim(name, null)

  const allModels: Record<string, unknown> = { ...own.schema.models }
  for (const extension of extensions) {
    names.claim(extension.name, extension.name)
    for (const kind of extension.kinds ?? []) registerKind(kind)
    for (const [name, declared] of Object.entries(extension.models ?? {})) {
      models.claim(name, extension.name)
      allModels[name] = declared
    }
  }
  const schema = extensions.some(({ models: brought }) => brought !== undefined)
    ? rebuilt(own.schema, allModels)
    : own.schema

  let rules = own.rules
  let hooks = own.hooks
  const allActions: Record<string, Actions[string]> = { ...own.actions }
  const routes = [...own.routes]
  for (const extension of extensions) {
    for (const name of Object.keys({ ...extension.rules, ...extension.hooks }))
      requireOwn(extension, name, models.of(name))
    if (extension.rules !== undefined) rules = joinRules(rules, defineRules(schema, extension.rules as never))
    if (extension.hooks !== undefined) hooks = joinHooks(hooks, defineHooks(schema, extension.hooks as never))
    for (const [name, action] of Object.entries(extension.actions?.(schema) ?? {})) {
      actions.claim(name, extension.name)
      allActions[name] = action
    }
    routes.push(...(extension.routes?.(schema) ?? []))
  }
  return {
    schema,
    rules,
    hooks,
    actions: allActions,
    routes,
    on: [own.on, ...extensions.flatMap(({ on }) => (on === undefined ? [] : [on]))],
    checks: [...own.checks, ...extensions.flatMap(({ checks }) => checks ?? [])],
    extensions,
  }
}

const rebuilt = (schema: Schema, models: Declared): Schema =>
  // Its types are known to nobody here: what it was built from has been checked where it was declared.
  defineSchema(models as never, schema.options as never)

const joinRules = (one: Rules | null, other: Rules): Rules => new Rules({ ...one?.models, ...other.models })
const joinHooks = (one: Hooks | null, other: Hooks): Hooks => new Hooks({ ...one?.models, ...other.models })

function requireOwn(extension: Extension, model: string, owner: string | null | undefined): void {
  if (owner === undefined || owner === extension.name) return
  throw refusal('boot.extension-conflict', {
    extension: extension.name,
    what: 'rules or hooks of the model',
    name: model,
    owner: owner ?? 'the application',
  })
}

/** Who declared a name first: an extension, or null for the application. */
function owners(what: string) {
  const known = new Map<string, string | null>()
  return {
    of: (name: string): string | null | undefined => known.get(name),
    claim(name: string, extension: string | null): void {
      const owner = known.get(name)
      if (owner !== undefined && extension !== null) {
        throw refusal('boot.extension-conflict', { extension, what, name, owner: owner ?? 'the application' })
      }
      known.set(name, extension)
    },
  }
}
