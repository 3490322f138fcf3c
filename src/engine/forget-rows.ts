/**
 * Deletes rows of Plinth's own that nobody needs any more, a few in each transaction: however many there are, the writer is soon free for others
 * again, and what is done stays done when the process ends.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { wholeText } from '../lib/index.ts'
import type { ModelNode, Value } from '../model/index.ts'
import { asSystem, emptyFind, type ExecutionContext, type FilterRequest, type FindRequest } from '../query/index.ts'
import type { Engine } from './engine.ts'
import { rowKey } from './row-values.ts'
import { keysOf } from './step-values.ts'

export interface Forgotten {
  readonly model: ModelNode
  readonly where: FilterRequest
  /** The values of the filter, by the moment in which the work begins. */
  readonly values: (now: number) => readonly unknown[]
  /** The field by whose order, which an index has, the first of them are found soon. */
  readonly by: string
}

const batch = 100

/** `context` makes one for each batch, with time of its own; null: the work is no longer wanted. */
export async function forgetRows(
  engine: Engine,
  { model, where, values: valuesAt, by }: Forgotten,
  context: () => ExecutionContext | null,
): Promise<void> {
  const request: FindRequest = {
    ...emptyFind,
    model: model.name,
    select: { defaults: false, outputs: model.key.map(field => ({ kind: 'field', output: field, field })) },
    where,
    sort: [{ path: [by], direction: 'ascending' }],
    fixedLimit: batch,
  }
  let values: readonly unknown[] | null = null
  for (let found = batch; found === batch; await turn()) {
    const given = context()
    if (given === null) return
    const own = asSystem(given, 'forget old rows')
    values ??= valuesAt(Date.parse(own.now))
    const { json } = await engine.find(request, 'system').run({ form: 'json', values, cursor: null }, own)
    const rows = JSON.parse(wholeText(json ?? '[]')) as readonly Readonly<Record<string, Value>>[]
    found = rows.length
    const steps = keysOf(
      model,
      rows.map(row => rowKey(model, row)),
    )
    if (found === 0) return
    const sources = { form: 'json', values, steps } as const
    await engine.transactions.run(own, { together: true, isolation: 'default' }, inside =>
      engine.write.delete(
        { model: model.name, target: { kind: 'found', where }, ifVersion: false, rule: null },
        sources,
        inside,
      ),
    )
  }
}
