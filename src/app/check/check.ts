/** What a check is: each subsystem says what is wrong with an application before it serves anyone. */
import { refusal } from '../../error/index.ts'
import { perhaps } from '../../lib/index.ts'
import type { ModelGraph } from '../../model/index.ts'

/**
 * - `error`: it will not work, or not as declared. `plinth check` ends with code 1.
 * - `warning`: it works, and is probably not what was meant.
 * - `note`: somebody should know and look at it now and then.
 */
export type FindingLevel = 'error' | 'warning' | 'note'

export interface Finding {
  readonly level: FindingLevel
  /** A sentence: what is the matter. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** File and line, where there is one. */
  readonly place?: string
}

/** What checks may look at. */
export interface CheckSubject {
  readonly graph: ModelGraph
  /** The folder of the application. */
  readonly root: string
  /** Handlers of other frameworks that are mounted, and whether they have an `allow`. */
  readonly handlers: readonly { readonly path: string; readonly allowed: boolean }[]
}

/**
 * A check, as `plinth check` and extensions have it.
 *
 * @example
 * const check: Check = {
 *   name: 'shop.prices',
 *   tags: ['models'],
 *   run: ({ graph }) => (graph.models['Price'] ? [] : [{ level: 'error', message: 'The shop needs a model Price.' }]),
 * }
 */
export interface Check {
  /** `<subsystem>.<what>`. */
  readonly name: string
  readonly tags: readonly string[]
  run(subject: CheckSubject): readonly Finding[] | Promise<readonly Finding[]>
}

export interface CheckedFinding extends Finding {
  readonly check: string
}

/** Runs the checks, all of them or those with one of the tags, and gives what they found, errors first. */
export async function runChecks(
  checks: readonly Check[],
  subject: CheckSubject,
  tags: readonly string[],
): Promise<readonly CheckedFinding[]> {
  const known = [...new Set(checks.flatMap(check => check.tags))].sort()
  for (const tag of tags) {
    if (known.includes(tag)) continue
    const problem = `no check has the tag "${tag}"${perhaps(tag, known)}; there are ${known.join(', ')}`
    throw refusal('boot.setting-invalid', { where: '--tag', problem })
  }
  const chosen = tags.length === 0 ? checks : checks.filter(check => check.tags.some(tag => tags.includes(tag)))
  const found = await Promise.all(
    chosen.map(async check => (await check.run(subject)).map(finding => ({ check: check.name, ...finding }))),
  )
  const order: readonly FindingLevel[] = ['error', 'warning', 'note']
  return found.flat().sort((left, right) => order.indexOf(left.level) - order.indexOf(right.level))
}
