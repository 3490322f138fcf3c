/** link: ties one row to another over a manyToMany relation, or unties them; doing it twice is doing it once. */
import { refusal } from '../../error/index.ts'
import { type Engine, rowKey } from '../../engine/index.ts'
import type { Steps } from '../../lib/index.ts'
import type { ModelNode, RelationNode, ThroughNode, Value } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { addressValues, findByAddress } from '../address.ts'
import { deleteRunsHooks } from '../delete/referential-actions.ts'
import type { LinkInput, Written } from '../contract.ts'
import { raced } from '../lost-race.ts'
import { readWritten } from '../read-written.ts'
import { insertLinks, removeLinks } from './link-rows.ts'

/**
 * The row has to be readable. Links in a hidden table have no rules: whoever declares the link has said who may make it. Links in a model
 * of the application's are created and deleted under that model's rules.
 */
export async function linkRow(engine: Engine, input: LinkInput, context: ExecutionContext): Promise<Written> {
  const model = engine.model(input.model)
  const relation = model.relations[input.relation]
  const through = relation?.through ?? null
  if (relation === undefined || through === null) {
    throw new Error(`${input.model}.${input.relation} is no manyToMany relation`)
  }
  const target = engine.model(relation.target)
  const join = engine.model(through.model)
  const values = addressValues(model, input.address, input.form)
  const remote = Object.fromEntries(
    through.remote.map((pair): [string, Value] => [pair.through, input.other[target.key.indexOf(pair.remote)] ?? null]),
  )
  const together = !deleteRunsHooks(engine, join)
  return raced(engine, context, { together, isolation: 'default' }, inside =>
    linkSteps(engine, model, { input, relation, through, values, remote }, inside),
  )
}

interface Ends {
  readonly input: LinkInput
  readonly relation: RelationNode
  readonly through: ThroughNode
  /** The values of the row's address. */
  readonly values: readonly Value[]
  /** What the link says of the row at the other end. */
  readonly remote: Readonly<Record<string, Value>>
}

function* linkSteps(
  engine: Engine,
  model: ModelNode,
  { input, relation, through, values, remote }: Ends,
  context: ExecutionContext,
): Steps<Written> {
  const join = engine.model(through.model)
  const wanted = [...model.key, ...through.local.map(({ local }) => local)]
  const [row] = yield* findByAddress(engine, model, input.address.fields, [values], wanted, context)
  if (row === undefined) throw refusal('request.not-found', { model: model.name })
  const own = Object.fromEntries(through.local.map((pair): [string, Value] => [pair.through, row[pair.local] ?? null]))
  if (input.linked) {
    const fields = [...through.local, ...through.remote].map(pair => pair.through)
    yield* insertLinks(engine, join, [{ ...own, ...remote }], fields, context)
  } else yield* removeLinks(engine, relation, own, [remote], 'these', context)
  return yield* readWritten(engine, model, input.select, [rowKey(model, row)], false, context)
}
