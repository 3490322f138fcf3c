/** Plinth's own tables, declared like the user's: they are planned, stored and migrated by the same code. */
import { type FieldNode, fieldNode, type ModelNode, modelNode, type Value } from '../model/index.ts'

const field = (
  name: string,
  kind: string,
  options: Readonly<Record<string, Value>> = {},
  nullable = false,
): FieldNode => fieldNode(name, { kind, options }, { nullable, readOnly: true, private: true })

const systemModel = (
  name: string,
  table: string,
  key: readonly string[],
  fields: readonly FieldNode[],
  index: readonly string[],
): ModelNode =>
  modelNode(name, table, {
    key,
    fields: Object.fromEntries(fields.map(each => [each.name, each])),
    indexes: [
      { name: `${table}_${index.join('_')}`, fields: index.map(each => ({ field: each, direction: 'ascending' })) },
    ],
    hidden: true,
  })

const text = (max: number): Readonly<Record<string, Value>> => ({ max })

/** Events that wait for delivery (semantics 21). Its key orders them: UUIDv7 made in the transaction. */
export const outboxModel: ModelNode = systemModel(
  'PlinthEvent',
  'plinth_event',
  ['id'],
  [
    field('id', 'id'),
    field('name', 'text', text(200)),
    field('payload', 'json', {}, true),
    field('at', 'datetime'),
    field('attempts', 'integer'),
    field('nextAttemptAt', 'datetime'),
  ],
  ['name', 'nextAttemptAt'],
)

/** Answers to requests that carried an Idempotency-Key (semantics 28). */
export const idempotencyModel: ModelNode = systemModel(
  'PlinthIdempotency',
  'plinth_idempotency',
  ['scope', 'name'],
  [
    field('scope', 'text', text(300)),
    field('name', 'text', text(300)),
    field('requestHash', 'text', text(100)),
    field('response', 'json', {}, true),
    field('createdAt', 'datetime'),
  ],
  ['createdAt'],
)

export const systemModels: Readonly<Record<string, ModelNode>> = {
  [outboxModel.name]: outboxModel,
  [idempotencyModel.name]: idempotencyModel,
}
