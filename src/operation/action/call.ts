/** call: runs an action. Who may → is the input right → the action's code in its transaction → what the caller may see of the outcome. */
import { refusal } from '../../error/index.ts'
import { type Engine, keyText } from '../../engine/index.ts'
import { runSteps, settle, type Steps, whenSettled } from '../../lib/index.ts'
import { kindOf, type ModelNode, type Value } from '../../model/index.ts'
import { answerForCaller } from '../../plan/index.ts'
import type { Caller, ExecutionContext, Selection } from '../../query/index.ts'
import { hasParts } from '../address.ts'
import { againWhenBusy } from '../again-when-busy.ts'
import { emittedEvents } from '../emitted-events.ts'
import { nativeKey } from '../native-key.ts'
import { bareJson, selectionOf } from '../projection/index.ts'
import type { InputOrigin, ReadInput } from '../shape/index.ts'
import type { ActionOutput, ActionParts } from './action.ts'
import type { ActionRequest } from './action-types.ts'

/** What actions need from above the engine. */
export interface ActionPorts {
  /** A signed token for the caller with this key. */
  issueToken(key: readonly Value[]): string
}

export interface CallInput {
  /** What the action is called in messages. */
  readonly name: string
  readonly input: unknown
  readonly origin: InputOrigin
  /** Its headers by their names in lower case. */
  readonly request: ActionRequest
}

/** Refuses whoever may not call the action, before anything of the request is looked at. */
export function requireAllowed(
  engine: Engine,
  { allow }: Pick<ActionParts, 'allow'>,
  name: string,
  caller: Caller,
): void {
  if (caller.class === 'system' || answerForCaller(allow, caller, engine.graph)) return
  const parameters = { operation: 'call', model: name }
  throw caller.class === 'anonymous'
    ? refusal('rules.sign-in-required', parameters)
    : refusal('rules.operation-closed', parameters)
}

/**
 * The answer as JSON text; null when there is nothing to tell (204). At once where nothing has to be waited for: what waits is watched, with a
 * timer and a listener for each request.
 */
export function callAction(
  engine: Engine,
  parts: ActionParts,
  call: CallInput,
  context: ExecutionContext,
  ports: ActionPorts,
): string | null | Promise<string | null> {
  requireAllowed(engine, parts, call.name, context.caller)
  return whenSettled(readInput(parts, call, context), input => {
    const ready: ReadyCall = { engine, parts, name: call.name, input, request: call.request, context, ports }
    return parts.transaction ? runInTransaction(ready) : runBare(ready)
  })
}

/** A call that is allowed, with its input as the action takes it. */
interface ReadyCall {
  readonly engine: Engine
  readonly parts: ActionParts
  readonly name: string
  readonly input: unknown
  readonly request: ActionRequest
  readonly context: ExecutionContext
  readonly ports: ActionPorts
}

/** Without a transaction. Written without steps: they would be half of what an action costs that answers at once. */
function runBare(ready: ReadyCall): string | null | Promise<string | null> {
  const { engine, parts, name, context } = ready
  const emit = (): never => {
    throw new TypeError(
      `${name} emits an event, but has no transaction that it could leave with; emit it in db.transaction(async (db, { emit }) => …).`,
    )
  }
  const { output } = parts
  return whenSettled(parts.run(callOf(ready, context, emit)), outcome =>
    output.kind === 'value'
      ? whenSettled(output.shape.write(outcome), JSON.stringify)
      : runSteps(answerOf(engine, output, outcome, name, context)),
  )
}

/** In a transaction, and again where that lost against others. */
function runInTransaction(ready: ReadyCall): Promise<string | null> {
  const { parts, context } = ready
  // Inside of a transaction it is that which has to be done again.
  const again = parts.retryable && context.transaction === null
  return again ? againWhenBusy(context, () => runOnce(ready)) : runOnce(ready)
}

function readInput({ input }: ActionParts, call: CallInput, context: ExecutionContext): unknown {
  if (input === null) return {}
  return whenSettled(input.read(call.input, call.origin, context), (read: ReadInput) => {
    if (read.ok) return read.value
    throw refusal('values.invalid', { model: `input of ${call.name}` }, { errors: read.errors })
  })
}

function runOnce(ready: ReadyCall): Promise<string | null> {
  const { engine, parts, context } = ready
  const choice = { together: false, isolation: parts.isolation }
  return engine.transactions.run(context, choice, inside => callSteps(ready, inside))
}

function* callSteps(ready: ReadyCall, inside: ExecutionContext): Steps<string | null> {
  const { engine, parts, name } = ready
  const emitted = emittedEvents()
  const outcome = yield* settle(Promise.resolve(parts.run(callOf(ready, inside, emitted.emit))))
  const answer = yield* answerOf(engine, parts.output, outcome, name, inside)
  yield* emitted.write(engine, inside)
  return answer
}

/** What the action's code is given. `context`: that of its transaction, where it has one. */
function callOf(
  { engine, input, request, ports }: ReadyCall,
  context: ExecutionContext,
  emit: (name: string, payload: unknown) => void,
): object {
  const model = engine.graph.caller === null ? null : engine.model(engine.graph.caller)
  return {
    db: engine.dbFor(context),
    input,
    caller: new ActionCaller(context.caller, model),
    request: new SentRequest(request),
    emit,
    now: new Date(context.now),
    signal: context.signal ?? neverAborted,
    issueToken(key: unknown): string {
      if (model === null) throw new TypeError('The schema names no caller, so nobody can be given a token.')
      return ports.issueToken(keyFrom(model, key, 'issueToken()'))
    },
  }
}

/** A class, as an accessor in an object literal gives each object a hidden class of its own, which lives long. */
class ActionCaller {
  readonly isSignedIn: boolean
  readonly #caller: Caller
  readonly #model: ModelNode | null

  constructor(caller: Caller, model: ModelNode | null) {
    this.isSignedIn = caller.class === 'signedIn'
    this.#caller = caller
    this.#model = model
  }

  get key(): unknown {
    if (!this.isSignedIn || this.#model === null) {
      throw refusal('rules.sign-in-required', { operation: 'do', model: 'this' })
    }
    return nativeKey(this.#model, this.#caller.key)
  }
}

/** What code may know of the request; the server's own object holds more. */
class SentRequest implements ActionRequest {
  readonly #sent: ActionRequest

  constructor(sent: ActionRequest) {
    this.#sent = sent
  }

  get method(): string {
    return this.#sent.method
  }

  get path(): string {
    return this.#sent.path
  }

  get search(): string {
    return this.#sent.search
  }

  get bytes(): Uint8Array | null {
    return this.#sent.bytes
  }

  get remoteAddress(): string {
    return this.#sent.remoteAddress
  }

  get id(): string {
    return this.#sent.id
  }

  header(name: string): string | undefined {
    return this.#sent.header(name.toLowerCase())
  }
}

const neverAborted = new AbortController().signal

/** The key of a row that code gave: a key, or an object that holds one. */
function keyFrom(model: ModelNode, given: unknown, owner: string): readonly Value[] {
  return model.key.map(name => {
    const part: unknown = hasParts(given) ? given[name] : model.key.length === 1 ? given : undefined
    const type = model.fields[name]?.type
    const parsed =
      part === undefined || part === null || type === undefined ? null : kindOf(type).parseNative(part, type, '')
    if (parsed?.ok === true) return parsed.value
    throw new TypeError(`${owner} got no ${name} of a ${model.name}.`)
  })
}

function* answerOf(
  engine: Engine,
  output: ActionOutput,
  outcome: unknown,
  name: string,
  context: ExecutionContext,
): Steps<string | null> {
  switch (output.kind) {
    case 'none':
      return null
    case 'value':
      return JSON.stringify(yield* settle(output.shape.write(outcome)))
    case 'rows': {
      const model = engine.model(output.model)
      const { projection } = output
      const select: Selection = projection === null ? everyField : selectionOf(projection)
      const finish = (json: string | null): string | null => (projection === null ? json : bareJson(projection, json))
      if (output.many) {
        if (!Array.isArray(outcome)) throw new TypeError(`${name} gave no list of rows.`)
        const keys = outcome.map((row: unknown) => keyFrom(model, row, name))
        return finish(yield* readRows(engine, model, select, keys, context))
      }
      if (outcome === null || outcome === undefined) return null
      return finish(yield* readRow(engine, model, select, keyFrom(model, outcome, name), context))
    }
    default:
      return output satisfies never
  }
}

const everyField: Selection = Object.freeze({ defaults: true, outputs: [] })

/** A row that the caller may not read is not told of, like after any write (semantics 3). */
function* readRow(
  engine: Engine,
  model: ModelNode,
  select: Selection,
  key: readonly Value[],
  context: ExecutionContext,
): Steps<string | null> {
  return (yield* engine.rows.readBackOne(model, select, key, context)).json
}

function* readRows(
  engine: Engine,
  model: ModelNode,
  select: Selection,
  keys: readonly (readonly Value[])[],
  context: ExecutionContext,
): Steps<string> {
  const distinct = [...new Map(keys.map(key => [keyText(key), key])).values()]
  return yield* engine.rows.readBack(model, select, distinct, context)
}
