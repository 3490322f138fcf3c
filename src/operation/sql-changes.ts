/** Tells that typed SQL may have changed rows: which, nobody knows. Loaded when first needed. */
import type {
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryId,
  QueryResult,
  RawNode,
  RootOperationNode,
  SelectQueryNode,
  UnknownRow,
} from 'kysely'

const reads = /^\s*(?:select|values|table|show|explain)\b/iu

const isSelect = (node: OperationNode): node is SelectQueryNode => node.kind === 'SelectQueryNode'
const isRaw = (node: OperationNode): node is RawNode => node.kind === 'RawNode'

/** By its form. A common table expression may change rows although the query reads. */
function mayChange(node: OperationNode): boolean {
  if (isRaw(node)) return !reads.test(node.sqlFragments[0] ?? '')
  return !isSelect(node) || (node.with?.expressions.some(({ expression }) => mayChange(expression)) ?? false)
}

/** `changed` is called behind each query that has come to its end. */
export function changesPlugin(changed: () => void): KyselyPlugin {
  const changing = new WeakSet<QueryId>()
  return {
    transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
      if (mayChange(node)) changing.add(queryId)
      return node
    },
    async transformResult({ result, queryId }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
      if (changing.has(queryId)) changed()
      return result
    },
  }
}
