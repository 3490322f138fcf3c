/** Plinth's own tables, declared like the user's: they are planned, stored and migrated by the same code. */
import type { FieldNode, FieldType, ModelNode, Value, Words } from '../model/index.ts'

const noWords: Words = { description: null, label: null, deprecated: false }

function field(name: string, kind: string, options: Readonly<Record<string, Value>> = {}, nullable = false): FieldNode {
  const type: FieldType = { kind, options }
  return {
    name,
    column: name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    type,
    nullable,
    default: null,
    unique: false,
    immutable: false,
    readOnly: true,
    writeOnly: false,
    private: true,
    maskable: false,
    relation: null,
    from: null,
    renamedFrom: null,
    native: null,
    words: noWords,
  }
}

function systemModel(
  name: string,
  table: string,
  key: readonly string[],
  fields: readonly FieldNode[],
  index: string,
): ModelNode {
  return {
    name,
    plural: table.replaceAll('_', '-'),
    table,
    renamedFrom: null,
    namespace: null,
    key,
    fields: Object.fromEntries(fields.map(each => [each.name, each])),
    relations: {},
    computed: {},
    uniques: [],
    indexes: [{ name: `${table}_${index}`, fields: [{ field: index, direction: 'ascending' }] }],
    checks: [],
    versionField: null,
    softDeleteField: null,
    scopes: [],
    rules: null,
    hooks: [],
    hidden: true,
    adopted: false,
    view: false,
    store: 'default',
    words: noWords,
  }
}

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
  'nextAttemptAt',
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
  'createdAt',
)

export const systemModels: Readonly<Record<string, ModelNode>> = {
  [outboxModel.name]: outboxModel,
  [idempotencyModel.name]: idempotencyModel,
}
