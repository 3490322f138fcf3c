/** Lets typed SQL speak of models and fields: their names become those of tables and columns, and back in the rows. Loaded when first needed. */
import {
  type IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type ReferenceNode,
  type RootOperationNode,
  type SchemableIdentifierNode,
  type UnknownRow,
} from 'kysely'
import type { ModelNode } from '../model/index.ts'
import type { TableName } from '../store/contract/index.ts'

class NameTransformer extends OperationNodeTransformer {
  readonly #names: ReadonlyMap<string, string>
  readonly #namespaces: ReadonlyMap<string, string>

  constructor(names: ReadonlyMap<string, string>, namespaces: ReadonlyMap<string, string>) {
    super()
    this.#names = names
    this.#namespaces = namespaces
  }

  protected override transformIdentifier(node: IdentifierNode): IdentifierNode {
    const identifier = super.transformIdentifier(node)
    return { ...identifier, name: this.#names.get(identifier.name) ?? identifier.name }
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    const identifier = super.transformSchemableIdentifier(node)
    const namespace = this.#namespaces.get(node.identifier.name)
    if (namespace === undefined || identifier.schema !== undefined) return identifier
    return { ...identifier, schema: { kind: 'IdentifierNode', name: namespace } }
  }

  /** A column is of a table or of an alias in its query, which is called without its namespace. */
  protected override transformReference(node: ReferenceNode): ReferenceNode {
    const reference = super.transformReference(node)
    if (node.table === undefined || node.table.table.schema !== undefined || reference.table === undefined)
      return reference
    const { identifier } = reference.table.table
    return { ...reference, table: { ...reference.table, table: { kind: 'SchemableIdentifierNode', identifier } } }
  }
}

/** For the declared models. Two fields of one name that are kept in columns of different names cannot be told apart, so they keep their names. */
export function namesPlugin(models: readonly ModelNode[], tableName: (model: ModelNode) => TableName): KyselyPlugin {
  const names = new Map<string, string>()
  const unclear = new Set<string>()
  for (const { fields } of models) {
    for (const { name, column } of Object.values(fields)) {
      if ((names.get(name) ?? column) !== column) unclear.add(name)
      names.set(name, column)
    }
  }
  for (const name of unclear) names.delete(name)
  const columns = new Map([...names].map(([name, column]) => [column, name]))
  const namespaces = new Map<string, string>()
  for (const model of models) {
    const { namespace, name } = tableName(model)
    names.set(model.name, name)
    if (namespace !== null) namespaces.set(model.name, namespace)
  }
  const transformer = new NameTransformer(names, namespaces)
  return {
    transformQuery: ({ node }: PluginTransformQueryArgs): RootOperationNode => transformer.transformNode(node),
    transformResult: async ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> => ({
      ...result,
      rows: result.rows.map(row =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [columns.get(column) ?? column, value])),
      ),
    }),
  }
}
