/** Following a relation from a row. */
import type { RelationNode, Value } from '../../model/index.ts'
import type { Layer, Row, RowNumber } from './layer.ts'

/** The rows that a relation leads to, each once however many links lead there. `counts`: which links do. */
export function related(
  layer: Layer,
  relation: RelationNode,
  row: Row,
  counts: ((link: Row) => boolean) | null = null,
): readonly Row[] {
  const target = layer.read(relation.target)
  if (relation.through === null) {
    const values = relation.on.map(({ local }) => row[local] ?? null)
    return rowsOf(
      target.find(
        relation.on.map(({ remote }) => remote),
        values,
      ),
    )
  }
  const { model, local, remote } = relation.through
  const found = new Map<RowNumber, Row>()
  const links = layer.read(model).find(
    local.map(({ through }) => through),
    local.map(pair => row[pair.local] ?? null),
  )
  for (const [, link] of links) {
    if (counts !== null && !counts(link)) continue
    const values: Value[] = remote.map(({ through }) => link[through] ?? null)
    for (const [number, end] of target.find(
      remote.map(pair => pair.remote),
      values,
    ))
      found.set(number, end)
  }
  return [...found.values()]
}

function rowsOf(entries: Iterable<readonly [RowNumber, Row]>): Row[] {
  return Array.from(entries, ([, row]) => row)
}
