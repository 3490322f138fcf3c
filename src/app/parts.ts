/** The parts of an application without the types of its schema, as they are handed around inside. */
import type { EventHandler, HandlerTable } from '../engine/index.ts'
import type { SchemaShape, ShapeOf } from '../model/index.ts'
import type { Action } from '../operation/index.ts'
import type { RouteGroup } from '../surface/routes/index.ts'

/**
 * A handler of events, for a file of its own.
 *
 * @example
 * export const moved: EventHandler<typeof schema> = async ({ payload, at }, { db }) => {
 *   await db.asSystem('what happened is written down').Activity.create({ what: payload, at })
 * }
 */
export type EventHandlerOf<Of> = EventHandler<ShapeOf<Of>>

/** Handlers of events by name; `*` gets every event. */
export type EventHandlers<S extends SchemaShape = SchemaShape> = Readonly<
  Record<string, EventHandler<S> | readonly EventHandler<S>[]>
>

export type Actions = Readonly<Record<string, Action>>
export type RouteGroups = readonly RouteGroup[]

/** Handlers of several declarations as the dispatcher takes them. */
export function joinHandlers(all: readonly EventHandlers[]): HandlerTable {
  const joined = new Map<string, readonly EventHandler[]>()
  for (const handlers of all) {
    for (const [name, handler] of Object.entries(handlers))
      joined.set(name, [...(joined.get(name) ?? []), ...[handler].flat()])
  }
  return joined
}
