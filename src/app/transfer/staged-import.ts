/**
 * An import of all or nothing beside which others write on, where the database has one writer: rows are gathered apart, looked through for
 * what rows of the database stand against, and put in their place in one go.
 */
import { refusal } from '../../error/index.ts'
import { createEngine } from '../../engine/index.ts'
import { leavesRow } from '../../plan/index.ts'
import { uniqueSlugs } from '../../operation/index.ts'
import type { Staging } from '../../store/contract/index.ts'
import type { OpenApplication } from '../open-application.ts'
import { importCaller, type ImportPlan, type ImportState, type ImportTarget, type RefusedLine } from './import-rows.ts'
import { mostRefused, mostTold } from './transfer-limits.ts'
import { mistakesOf } from './create-apart.ts'

export interface StagedTarget extends ImportTarget, AsyncDisposable {
  readonly rows: Staging
}

/**
 * Null: the rows are written where they stay. So are those that cannot be made without the rows that are there: what hooks do, slugs that have
 * to be free, scopes over other rows, rows to be updated, and whatever a row in JSON may write beside itself.
 */
export async function stagingFor(opened: OpenApplication, plan: ImportPlan): Promise<StagedTarget | null> {
  const { engine, context, graph, store } = opened
  const { model, source, keep, upsertOn } = plan
  const hasHooks = engine.hooks[model.name] !== undefined
  const mayNest = source.form === 'json' && Object.keys(model.relations).length > 0
  const scopesLookElsewhere = model.scopes.some(({ predicate }) => leavesRow(predicate))
  if (
    scopesLookElsewhere ||
    keep === 'good' ||
    upsertOn !== null ||
    hasHooks ||
    uniqueSlugs(model).length > 0 ||
    mayNest
  )
    return null
  const rows = (await store.stage?.(model)) ?? null
  if (rows === null) return null
  const { limits } = engine
  return {
    rows,
    context,
    engine: createEngine({ graph, store: rows.store, limits }),
    [Symbol.asyncDispose]: () => rows[Symbol.asyncDispose](),
  }
}

const mostAttempts = 3

/** What becomes of an import whose rows are gathered. */
export async function placed(
  state: ImportState,
  plan: ImportPlan,
  { rows, ...target }: StagedTarget,
): Promise<ImportState> {
  const left: ImportState = { ...state, kept: false }
  if (state.end === 'failed' || state.end === 'stopped') return left
  const { transactionTime } = target.engine.limits
  const context = { ...target.context(importCaller), deadline: Date.now() + transactionTime, signal: plan.signal }
  try {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const refused = refusedLines(rows)
      if (refused.length > 0 || state.refused > 0) return withRefused(left, refused)
      if (plan.keep === 'nothing' || state.end !== 'complete') return left
      if (await rows.merge(context)) return state
    }
    throw refusal('store.busy', {})
  } catch (error) {
    return { ...left, end: plan.signal.aborted ? 'stopped' : 'failed', failure: plan.signal.aborted ? null : error }
  }
}

function refusedLines(rows: Staging): readonly RefusedLine[] {
  const conflicts = Map.groupBy(rows.conflicts(mostRefused), ({ line }) => line)
  return [...conflicts].map(([line, all]) => ({ line, mistakes: all.flatMap(({ error }) => mistakesOf(error, 0)) }))
}

function withRefused(state: ImportState, lines: readonly RefusedLine[]): ImportState {
  const refused = state.refused + lines.length
  return {
    ...state,
    created: state.created - lines.length,
    refused,
    told: [...state.told, ...lines].toSorted((one, other) => one.line - other.line).slice(0, mostTold),
    end: refused >= mostRefused && state.end === 'complete' ? 'given-up' : state.end,
  }
}
