/** Who is calling: from the Authorization header to the caller that plans are run for (semantics 10). */
import { LRUCache } from 'lru-cache'
import type { ChangeRecord, Engine, FoundRows } from '../../engine/index.ts'
import { PlinthError, refusal } from '../../error/index.ts'
import { wholeText } from '../../lib/index.ts'
import type { Value } from '../../model/index.ts'
import { keySegment } from '../../operation/index.ts'
import {
  anonymous,
  type Caller,
  emptyFind,
  type ExecutionContext,
  type FindRequest,
  systemCaller,
} from '../../query/index.ts'
import type { Eventually } from '../../store/contract/index.ts'
import { tokenOf } from './authorization-header.ts'
import type { BearerTokens } from './bearer-tokens.ts'

export interface CallerResolverOptions {
  readonly engine: Engine
  readonly tokens: BearerTokens
  /** The word before the token: `Bearer`, `Token`. */
  readonly scheme: string
  /** Fields of the caller's row to resolve; see `callerAttributes`. */
  readonly attributes: readonly string[]
  /** Milliseconds for which a resolved caller is remembered; 0 asks the database at every request. */
  readonly remember: number
  readonly now: () => number
}

/** What the look-up inherits from the request that it serves. */
export type LookupContext = Pick<ExecutionContext, 'now' | 'deadline' | 'observe' | 'trace'>

export interface CallerResolver {
  /** The caller of a request. Anonymous without a header; a header that names nobody is refused with 401. */
  ofHeader(authorization: string | undefined, context: LookupContext): Eventually<Caller>
  /** The caller that a token's subject names, as the last part of its row's URL would; refused with 401 when there is no such row. */
  ofSubject(subject: string, context: LookupContext): Eventually<Caller>
  /** Forgets callers whose rows changed. Call it with the changes of every commit; `crowds`: models of which any row may have changed. */
  changed(changes: readonly ChangeRecord[], crowds: ReadonlyMap<string, number>): void
}

const rememberedCallers = 10_000

export function callerResolver(options: CallerResolverOptions): CallerResolver {
  const { engine, tokens, scheme, remember } = options
  const model = engine.graph.caller
  if (model === null) return nobodySignsIn(scheme)
  const key = engine.graph.models[model]?.key ?? []
  const request = lookup(model, key, options.attributes)

  const remembered = new LRUCache<string, { readonly caller: Caller; readonly since: number }>({
    max: rememberedCallers,
  })
  const underWay = new Map<string, Promise<Caller>>()
  // Counts changes of caller rows: what was read before a change is not remembered after it.
  let generation = 0

  function resolve(subject: string, context: LookupContext): Eventually<Caller> {
    const now = options.now()
    const known = remembered.get(subject)
    // A clock that was set back must not make it longer.
    if (known !== undefined && now >= known.since && now - known.since < remember) return known.caller
    const shared = underWay.get(subject)
    if (shared !== undefined) return shared

    const begun = generation
    const keep = (caller: Caller): Caller => {
      // A subject in another spelling would not be found when its row changes.
      const isOwn = keySegment(caller.key) === subject
      if (remember > 0 && begun === generation && isOwn) remembered.set(subject, { caller, since: now })
      return caller
    }
    const found = find(subject, context)
    if (!(found instanceof Promise)) return keep(found)
    const pending = found.then(keep).finally(() => {
      if (underWay.get(subject) === pending) underWay.delete(subject)
    })
    underWay.set(subject, pending)
    return pending
  }

  function find(subject: string, context: LookupContext): Eventually<Caller> {
    const values = keyOf(subject, key.length)
    // Somebody who has just signed up signs in: the row has to be there. No signal, as others wait for the same row: who goes takes nobody along.
    const system: ExecutionContext = { ...context, caller: looker, signal: null, transaction: null, consistency: null }
    let rows: Eventually<FoundRows>
    try {
      rows = engine.find(request, 'system').run({ form: 'text', values, cursor: null }, system)
    } catch (error) {
      throw unknownFor(error)
    }
    if (!(rows instanceof Promise)) return read(rows)
    return rows.then(read, (error: unknown) => {
      throw unknownFor(error)
    })
  }

  function read(rows: Pick<FoundRows, 'json'>): Caller {
    if (rows.json === null || rows.json === 'null') throw refusal('identity.caller-unknown', {})
    const attributes = Object.freeze(JSON.parse(wholeText(rows.json)) as Record<string, Value>)
    return Object.freeze({
      class: 'signedIn',
      key: Object.freeze(key.map(name => attributes[name] ?? null)),
      attributes,
      reason: null,
    })
  }

  return {
    ofHeader(authorization, context) {
      const token = tokenOf(authorization, scheme)
      return token === null ? anonymous : resolve(tokens.verify(token).subject, context)
    },
    ofSubject: resolve,
    changed(changes, crowds) {
      if (crowds.has(model)) {
        generation++
        underWay.clear()
        remembered.clear()
      }
      for (const change of changes) {
        if (change.model !== model) continue
        generation++
        underWay.delete(keySegment(change.key))
        remembered.delete(keySegment(change.key))
      }
    },
  }
}

/** A subject that is no key at all is refused where its text is read: it names nobody. */
const unknownFor = (error: unknown): unknown =>
  error instanceof PlinthError && error.status === 400
    ? refusal('identity.caller-unknown', {}, { cause: error })
    : error

const looker = systemCaller('who is calling')

function nobodySignsIn(scheme: string): CallerResolver {
  return {
    ofHeader(authorization) {
      if (tokenOf(authorization, scheme) === null) return anonymous
      throw refusal('identity.caller-unknown', {})
    },
    ofSubject() {
      throw refusal('identity.caller-unknown', {})
    },
    changed() {},
  }
}

function lookup(model: string, key: readonly string[], attributes: readonly string[]): FindRequest {
  const fields = [...new Set([...key, ...attributes])]
  return {
    ...emptyFind,
    model,
    select: { defaults: false, outputs: fields.map(field => ({ kind: 'field', output: field, field })) },
    by: { fields: key, slots: key.map((_, index) => index) },
  }
}

function keyOf(subject: string, length: number): readonly string[] {
  const parts = subject.split(',')
  try {
    if (parts.length === length) return parts.map(part => decodeURIComponent(part))
  } catch {
    // A broken percent-encoding names nobody.
  }
  throw refusal('identity.caller-unknown', {})
}
