/** What code emits → an event as it is kept: the same wherever it is kept, and refused where it is emitted. */
import { emitEvent, type Engine } from '../engine/index.ts'
import { refusal } from '../error/index.ts'
import type { Steps } from '../lib/index.ts'
import { type FieldType, kindOf, type Value } from '../model/index.ts'
import type { ExecutionContext } from '../query/index.ts'

interface EmittedEvent {
  readonly name: string
  readonly payload: Value
}

const nameType: FieldType = Object.freeze({ kind: 'text', options: Object.freeze({ min: 1, max: 200 }) })
const payloadType: FieldType = Object.freeze({ kind: 'json', options: Object.freeze({ max: 1_048_576 }) })

/** A copy: what the code changes later is not sent. */
function emittedEvent(name: unknown, payload: unknown): EmittedEvent {
  const read = kindOf(nameType).parseNative(name, nameType, '')
  if (!read.ok || typeof name !== 'string') {
    throw refusal('values.invalid', { model: 'name of an event' }, { errors: read.ok ? [] : [read.error] })
  }
  const copied = kindOf(payloadType).parseNative(plainCopy(payload), payloadType, '')
  if (!copied.ok) throw refusal('values.invalid', { model: `payload of ${name}` }, { errors: [copied.error] })
  return { name, payload: copied.value }
}

/** Values that a typed row has and JSON lacks become what they are in answers. */
function plainCopy(payload: unknown): unknown {
  return JSON.parse(JSON.stringify(payload ?? null, canonical) ?? 'null') as unknown
}

/** `value` is what its `toJSON` made of it, which is right for dates and not for the bytes of a Buffer. */
function canonical(this: unknown, key: string, value: unknown): unknown {
  const given: unknown = Reflect.get(Object(this), key)
  if (typeof given === 'bigint') return given.toString()
  if (given instanceof Uint8Array)
    return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('base64')
  return value
}

/** What one piece of code emits. */
export interface EmittedEvents {
  /** For the code: checked and copied now, written when it is done. */
  emit(name: unknown, payload?: unknown): void
  /** Writes them. Whoever emits later is told so: nothing is left that an event could leave with. */
  write(engine: Engine, context: ExecutionContext): Steps<void>
}

export function emittedEvents(): EmittedEvents {
  const waiting: EmittedEvent[] = []
  let over = false
  return {
    emit(name, payload) {
      const event = emittedEvent(name, payload)
      if (over) throw refusal('writes.transaction-over', {})
      waiting.push(event)
    },
    *write(engine, context) {
      over = true
      for (const { name, payload } of waiting) yield* emitEvent(engine, name, payload, context)
    },
  }
}
