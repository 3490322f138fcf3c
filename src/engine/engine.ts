/** The engine: plan → compile → run → shape, with the caches, the transactions and the outbox that all operations share. */
import { uuidGenerator } from '../lib/index.ts'
import { type ModelGraph, type ModelNode, modelOf } from '../model/index.ts'
import {
  type AggregateRequest,
  type CallerClass,
  defaultLimits,
  type ExecutionContext,
  type FindRequest,
  type Limits,
} from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'
import type { PreparedAggregate, PreparedFind } from './contract.ts'
import type { HookTable } from './hooks.ts'
import { requireFit } from '../plan/index.ts'
import { PlanCache } from './plan-cache.ts'
import { prepareAggregate } from './prepared-aggregate.ts'
import { prepareFind } from './prepared-find.ts'
import { systemModels } from './system-models.ts'
import { Transactions } from './transaction.ts'
import { RowLookups } from './row-lookups.ts'
import { WriteSteps } from './write-steps.ts'

export interface EngineOptions {
  readonly graph: ModelGraph
  readonly store: Store
  readonly hooks?: HookTable
  readonly limits?: Partial<Limits>
  /** Makes ids; UUIDv7 of the real clock by default. */
  readonly newId?: () => string
  /** Makes the db that hooks are given; handed in by the layer that has it. */
  readonly makeDb?: (engine: Engine, context: ExecutionContext) => unknown
}

export interface Engine {
  /** The application's models and Plinth's own. */
  readonly graph: ModelGraph
  readonly store: Store
  readonly hooks: HookTable
  readonly limits: Limits
  readonly transactions: Transactions
  readonly write: WriteSteps
  readonly rows: RowLookups
  newId(): string
  dbFor(context: ExecutionContext): unknown
  model(name: string): ModelNode
  /** Throws the coded refusal when the request makes no sense for any caller of the class. */
  find(request: FindRequest, caller: CallerClass): PreparedFind
  aggregate(request: AggregateRequest, caller: CallerClass): PreparedAggregate
  /** Forgets all compiled plans. */
  close(): void
}

/** The graph with Plinth's own models: what a store is opened with. */
export function withSystemModels(graph: ModelGraph): ModelGraph {
  return Object.freeze({ ...graph, models: Object.freeze({ ...graph.models, ...systemModels }) })
}

export function createEngine(options: EngineOptions): Engine {
  const { store, hooks = {}, newId = uuidGenerator(), makeDb } = options
  const graph = withSystemModels(options.graph)
  requireFit(graph, store.capabilities, store.name)
  const limits: Limits = Object.freeze({ ...defaultLimits, ...options.limits })
  const cache = new PlanCache(graph, store, limits)
  const engine: Engine = {
    graph,
    store,
    hooks,
    limits,
    transactions: new Transactions(store, limits),
    write: new WriteSteps(graph, cache, store, limits),
    rows: new RowLookups(cache, store, limits),
    newId,
    dbFor: context => makeDb?.(engine, context),
    model: name => modelOf(graph, name),
    find: (request, caller) => prepareFind(request, caller, cache, store, limits),
    aggregate: (request, caller) => prepareAggregate(request, caller, cache, store, limits),
    close: () => cache.clear(),
  }
  return engine
}
