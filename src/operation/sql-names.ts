/** Lets typed SQL speak of models and fields: their names become those of tables and columns, and back in the rows. Loaded when first needed. */
import {
  type IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely'
import type { ModelNode } from '../model/index.ts'

class NameTransformer extends OperationNodeTransformer {
  readonly #names: ReadonlyMap<string, string>

  constructor(names: ReadonlyMap<string, string>) {
    super()
    this.#names = names
  }

  protected override transformIdentifier(node: IdentifierNode): IdentifierNode {
    const identifier = super.transformIdentifier(node)
    return { ...identifier, name: this.#names.get(identifier.name) ?? identifier.name }
  }
}

/** For the declared models. Two fields of one name that are kept in columns of different names cannot be told apart, so they keep their names. */
export function namesPlugin(models: readonly ModelNode[]): KyselyPlugin {
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
  for (const { name, table } of models) names.set(name, table)
  const transformer = new NameTransformer(names)
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
