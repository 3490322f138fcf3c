/** The parts of an application without the types of its schema, as they are handed around inside. */
import type { EventHandler, HandlerTable } from '../engine/index.ts'
import type { Action } from '../operation/index.ts'
import type { RouteGroup } from '../surface/routes/index.ts'

/** Handlers of events by name; `*` gets every event. */
export type EventHandlers = Readonly<Record<string, EventHandler | readonly EventHandler[]>>

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
