/** The outbox: events are written in the transaction that causes them, and wait there until somebody has delivered them (semantics 21). */
import { type Steps, wholeText } from '../lib/index.ts'
import type { Value } from '../model/index.ts'
import { asSystem, emptyFind, type ExecutionContext, type FilterRequest, type FindRequest } from '../query/index.ts'
import { changeRequest } from './change-request.ts'
import type { OutboxEvent } from './contract.ts'
import type { Engine } from './engine.ts'
import { forgetRows } from './forget-rows.ts'
import { outboxModel } from './system-models.ts'

/** Writes an event into the outbox of the context's transaction. */
export function* emitEvent(
  engine: Engine,
  name: string,
  payload: Value,
  context: ExecutionContext,
): Steps<OutboxEvent> {
  const event: OutboxEvent = { id: engine.newId(), name, payload, at: context.now }
  const inside = asSystem(context, 'write an event to the outbox')
  yield* engine.write.insert(
    {
      model: outboxModel.name,
      fields: ['id', 'name', 'payload', 'at', 'attempts', 'nextAttemptAt'],
      written: [],
      many: false,
      ignoreConflictOn: null,
    },
    [[event.id, event.name, event.payload, event.at, 0, event.at]],
    inside,
  )
  engine.transactions.noteEvent(context, event)
  return event
}

export type WaitingEvent = OutboxEvent & { readonly attempts: number; readonly nextAttemptAt: string }

/** Whose events: those with these names, or all. */
export type EventNames = readonly string[] | 'all'

const isDue: FilterRequest = { kind: 'compare', path: ['nextAttemptAt'], operator: 'lte', slot: 0 }
const isNamed: FilterRequest = { kind: 'compare', path: ['name'], operator: 'in', slot: 1 }
const batch = 100

const waitingRequest = (names: EventNames): FindRequest => ({
  ...emptyFind,
  model: outboxModel.name,
  select: {
    defaults: false,
    outputs: Object.keys(outboxModel.fields).map(field => ({ kind: 'field', output: field, field })),
  },
  where: names === 'all' ? isDue : { kind: 'and', of: [isDue, isNamed] },
  sort: [{ path: ['nextAttemptAt'], direction: 'ascending' }],
  fixedLimit: batch,
})

/** The events that are due by then, first those that have waited longest; not all at once. */
export async function eventsUntil(
  engine: Engine,
  names: EventNames,
  moment: string,
  context: ExecutionContext,
): Promise<readonly WaitingEvent[]> {
  const values = names === 'all' ? [moment] : [moment, names]
  const prepared = engine.find(waitingRequest(names), 'system')
  const { json } = await prepared.run({ form: 'json', values, cursor: null }, context)
  return JSON.parse(wholeText(json ?? '[]')) as WaitingEvent[]
}

const asItWas: FilterRequest = {
  kind: 'and',
  of: [
    { kind: 'compare', path: ['id'], operator: 'eq', slot: 0 },
    { kind: 'compare', path: ['nextAttemptAt'], operator: 'eq', slot: 1 },
  ],
}

/**
 * Puts off the next attempt at an event, unless somebody else has done so since it was read: of all who want to deliver it, one does. The event
 * as it is now, or null.
 */
export async function putOff(
  engine: Engine,
  event: WaitingEvent,
  change: { readonly nextAttemptAt: string; readonly attempts: number },
  context: ExecutionContext,
): Promise<WaitingEvent | null> {
  const { nextAttemptAt, attempts } = change
  const { count } = await engine.transactions.run(context, { together: true, isolation: 'default' }, inside =>
    engine.write.update(
      changeRequest(outboxModel, {
        target: { kind: 'filter', where: asItWas },
        set: ['attempts', 'nextAttemptAt'],
      }),
      {
        form: 'json',
        values: [event.id, event.nextAttemptAt],
        steps: { 'set.attempts': attempts, 'set.nextAttemptAt': nextAttemptAt },
      },
      inside,
    ),
  )
  return count === 0 ? null : { ...event, nextAttemptAt, attempts }
}

/** A delivered event is forgotten. */
export async function forgetEvent(engine: Engine, { id }: WaitingEvent, context: ExecutionContext): Promise<void> {
  const model = outboxModel.name
  await engine.transactions.run(context, { together: true, single: true, isolation: 'default' }, inside =>
    engine.write.delete(
      { model, target: { kind: 'key' }, ifVersion: false, rule: null },
      { steps: { 'key.id': id } },
      inside,
    ),
  )
}

/** Milliseconds that an event waits for somebody who has a handler for it: for the next version of an application, or a worker. */
export const unhandledWindow = 7 * 24 * 3_600_000

const isOld: FilterRequest = { kind: 'compare', path: ['at'], operator: 'lt', slot: 0 }
const isUntried: FilterRequest = { kind: 'compare', path: ['attempts'], operator: 'eq', slot: 1 }
const isOfOthers: FilterRequest = { kind: 'compare', path: ['name'], operator: 'notIn', slot: 2 }

/** Forgets events that nobody has wanted for so long; the application calls it now and then. */
export async function forgetUnhandledEvents(
  engine: Engine,
  handled: EventNames,
  context: () => ExecutionContext | null,
): Promise<void> {
  if (handled === 'all') return
  const of = handled.length === 0 ? [isOld, isUntried] : [isOld, isUntried, isOfOthers]
  const others = handled.length === 0 ? [] : [handled]
  const values = (now: number) => [new Date(now - unhandledWindow).toISOString(), 0, ...others]
  await forgetRows(engine, { model: outboxModel, where: { kind: 'and', of }, values, by: 'id' }, context)
}
