/** The parts of an application without the types of its schema, as they are handed around inside. */
import type { EventHandler } from '../engine/index.ts'
import type { Action } from '../operation/index.ts'
import type { RouteGroup } from '../surface/routes/index.ts'

/** Handlers of events by name; `*` gets every event. */
export type EventHandlers = Readonly<Record<string, EventHandler | readonly EventHandler[]>>

export type Actions = Readonly<Record<string, Action>>
export type RouteGroups = readonly RouteGroup[]

/** Handlers of several declarations as the dispatcher takes them. */
export function joinHandlers(all: readonly EventHandlers[]): Readonly<Record<string, readonly EventHandler[]>> {
  const joined: Record<string, EventHandler[]> = {}
  for (const handlers of all) {
    for (const [name, handler] of Object.entries(handlers)) (joined[name] ??= []).push(...[handler].flat())
  }
  return joined
}
