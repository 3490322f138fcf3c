/** Nodes of the graph that say nothing but what they have to: for tables that no declaration stands for. */
import { noWords } from './field/index.ts'
import { databaseName } from './build/names.ts'
import type { FieldNode, ModelNode } from './graph.ts'
import type { FieldType } from './value.ts'

const plainField: Omit<FieldNode, 'name' | 'column' | 'type'> = Object.freeze({
  nullable: false,
  default: null,
  unique: false,
  immutable: false,
  readOnly: false,
  writeOnly: false,
  private: false,
  maskable: false,
  relation: null,
  from: null,
  renamedFrom: null,
  native: null,
  words: noWords,
})

export const fieldNode = (name: string, type: FieldType, more: Partial<FieldNode> = {}): FieldNode => ({
  name,
  column: databaseName(name),
  type,
  ...plainField,
  ...more,
})

const plainModel: Omit<ModelNode, 'name' | 'plural' | 'table'> = Object.freeze({
  renamedFrom: null,
  namespace: null,
  key: [],
  fields: {},
  relations: {},
  computed: {},
  uniques: [],
  indexes: [],
  checks: [],
  versionField: null,
  softDeleteField: null,
  scopes: [],
  rules: null,
  hooks: [],
  hidden: false,
  adopted: false,
  view: false,
  store: 'default',
  words: noWords,
})

export const modelNode = (name: string, table: string, more: Partial<ModelNode> = {}): ModelNode => ({
  name,
  plural: table.replaceAll('_', '-'),
  table,
  ...plainModel,
  ...more,
})
