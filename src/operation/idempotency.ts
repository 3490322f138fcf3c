/**
 * Idempotency-Key: the key, the request's hash and the response are written in the write's own transaction, so they exist exactly if it
 * committed (semantics 28).
 */
import { hash } from 'node:crypto'
import { PlinthError, refusal } from '../error/index.ts'
import { changeRequest, type Engine, forgetRows, idempotencyModel, valuesOf } from '../engine/index.ts'
import { runSteps, settle, type Steps } from '../lib/index.ts'
import type { Value } from '../model/index.ts'
import { asSystem, type Caller, type ExecutionContext } from '../query/index.ts'
import { findByValues } from './address.ts'
import { againWhenBusy, isBusy } from './again-when-busy.ts'

/** Milliseconds that a key is remembered. */
export const idempotencyWindow = 24 * 3_600_000

export interface IdempotencyKey {
  /** As the client sent it. */
  readonly name: string
  /** Hash of method, path and body: the same key with another request is a mistake. */
  readonly requestHash: string
}

/** What the write asks of its transaction. */
export interface WriteTerms {
  readonly isolation: 'default' | 'serializable'
  /** It may be performed again when it lost against others. */
  readonly retryable: boolean
}

const noTerms: WriteTerms = Object.freeze({ isolation: 'default', retryable: false })

interface Remembered {
  readonly requestHash: string
  readonly response: Value
}

const system = (context: ExecutionContext): ExecutionContext =>
  asSystem(context, 'remember an answer for its Idempotency-Key')

/** No database takes a longer text in a key. */
const longestScope = 200

/** A key belongs to its caller: nobody else can see or take the answer. */
function scopeOf(caller: Caller): string {
  if (caller.class === 'anonymous') throw refusal('request.idempotency-anonymous', {})
  const scope = JSON.stringify([caller.class, ...caller.key])
  // Longer than the column is: a key of several texts, or of a long one.
  return scope.length > longestScope ? hash('sha256', scope, 'base64url') : scope
}

/**
 * Performs a write once per key. `perform` runs inside the transaction that also keeps its response; when it throws, nothing is kept
 * and the same key may be tried again.
 */
export async function idempotently<Response extends Value>(
  engine: Engine,
  key: IdempotencyKey,
  context: ExecutionContext,
  perform: (inside: ExecutionContext) => Promise<Response>,
  { isolation, retryable }: WriteTerms = noTerms,
): Promise<{ readonly response: Response; readonly replayed: boolean }> {
  const scope = scopeOf(context.caller)
  const known = await runSteps(remembered(engine, scope, key, context))
  // What is remembered under the key was written by this function for the same request.
  if (known !== null) return { response: replay(known, key, context) as Response, replayed: true }
  const choice = { together: false, isolation } as const
  const attempt = { claiming: false }
  const once = (): Promise<Response> =>
    engine.transactions.run(context, choice, inside => performOnce(engine, scope, key, perform, attempt, inside))
  try {
    return { response: await (retryable ? againWhenBusy(context, once) : once()), replayed: false }
  } catch (error) {
    if (!attempt.claiming || !isTaken(error)) throw error
    // Another request with the same key was faster; if it has committed, its answer is this one's too.
    const now = await runSteps(remembered(engine, scope, key, context))
    if (now === null) throw refusal('request.idempotency-running', {}, { headers: { 'retry-after': '1' } })
    return { response: replay(now, key, context) as Response, replayed: true }
  }
}

/** The key is there by now, or another transaction has had it for so long that the database waits no longer. */
const isTaken = (error: unknown): boolean =>
  isBusy(error) || (error instanceof PlinthError && error.code === 'writes.unique')

function* performOnce<Response extends Value>(
  engine: Engine,
  scope: string,
  key: IdempotencyKey,
  perform: (inside: ExecutionContext) => Promise<Response>,
  attempt: { claiming: boolean },
  context: ExecutionContext,
): Steps<Response> {
  attempt.claiming = true
  yield* claim(engine, scope, key, context)
  attempt.claiming = false
  const performed = yield* settle(perform(context))
  yield* keep(engine, scope, key, performed, context)
  return performed
}

function replay(known: Remembered, key: IdempotencyKey, { consistency }: ExecutionContext): Value {
  if (known.requestHash !== key.requestHash) throw refusal('request.idempotency-reused', {})
  // Whoever repeats a request has lost its answer, and with it the position of what was written.
  consistency?.wrote(null)
  return known.response
}

function* remembered(
  engine: Engine,
  scope: string,
  key: IdempotencyKey,
  context: ExecutionContext,
): Steps<Remembered | null> {
  const fields = ['requestHash', 'response', 'createdAt']
  const by = ['scope', 'name']
  const rows = yield* findByValues(engine, idempotencyModel, by, [[scope, key.name]], fields, system(context))
  const [row] = rows
  if (row === undefined) return null
  const age = Date.parse(context.now) - Date.parse(textOf(row['createdAt']))
  return age > idempotencyWindow ? null : { requestHash: textOf(row['requestHash']), response: row['response'] ?? null }
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '')

function* claim(engine: Engine, scope: string, key: IdempotencyKey, context: ExecutionContext): Steps<void> {
  const inside = system(context)
  const steps = { 'key.scope': scope, 'key.name': key.name }
  const before = new Date(Date.parse(context.now) - idempotencyWindow).toISOString()
  const by = ['scope', 'name']
  const present = yield* findByValues(engine, idempotencyModel, by, [[scope, key.name]], ['createdAt'], inside)
  const expired = present.filter(row => textOf(row['createdAt']) < before)
  const model = idempotencyModel.name
  if (expired.length > 0) {
    yield* engine.write.delete({ model, target: { kind: 'key' }, ifVersion: false, rule: null }, { steps }, inside)
  }
  const fields = Object.keys(idempotencyModel.fields)
  const row: Readonly<Record<string, Value>> = {
    scope,
    name: key.name,
    requestHash: key.requestHash,
    response: false,
    createdAt: context.now,
  }
  yield* engine.write.insert(
    { model, fields, written: [], many: false, ignoreConflictOn: null },
    [valuesOf(row, fields)],
    inside,
  )
}

function* keep(
  engine: Engine,
  scope: string,
  key: IdempotencyKey,
  response: Value,
  context: ExecutionContext,
): Steps<void> {
  yield* engine.write.update(
    changeRequest(idempotencyModel, { target: { kind: 'key' }, set: ['response'] }),
    { steps: { 'key.scope': scope, 'key.name': key.name, 'set.response': response } },
    system(context),
  )
}

/** Forgets keys that are older than the window; the application calls it now and then. */
export async function forgetIdempotencyKeys(engine: Engine, context: () => ExecutionContext | null): Promise<void> {
  const values = (now: number) => [new Date(now - idempotencyWindow).toISOString()]
  const where = { kind: 'compare', path: ['createdAt'], operator: 'lt', slot: 0 } as const
  await forgetRows(engine, { model: idempotencyModel, where, values, by: 'createdAt' }, context)
}
