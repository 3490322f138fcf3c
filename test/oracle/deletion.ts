/** What goes with rows that are deleted, what stays without them, and what keeps them from being deleted. */
import type { ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import { type Ledger, Refused } from './ledger.ts'
import type { Row } from './world.ts'

interface Reference {
  readonly child: ModelNode
  readonly relation: RelationNode
}

export function remove(ledger: Ledger, model: ModelNode, rows: readonly Row[]): void {
  if (model.softDeleteField === null) erase(ledger, model, rows)
  else mark(ledger, model, rows)
}

/** All rows that refer to these over cascades, each with its model. `counts`: which of those that refer do. */
function withCascades(
  ledger: Ledger,
  model: ModelNode,
  rows: readonly Row[],
  counts: (child: ModelNode, row: Row) => boolean,
): ReadonlyMap<Row, ModelNode> {
  const going = new Map(rows.map((row): [Row, ModelNode] => [row, model]))
  for (const [row, of] of going) {
    for (const { child, relation } of referencesTo(ledger, of)) {
      if (relation.onDelete !== 'cascade') continue
      for (const one of referring(ledger, { child, relation }, row)) if (counts(child, one)) going.set(one, child)
    }
  }
  return going
}

function erase(ledger: Ledger, model: ModelNode, rows: readonly Row[]): void {
  const going = withCascades(ledger, model, rows, () => true)
  const staying = new Map<Row, { readonly child: ModelNode; readonly nulls: Record<string, Value> }>()
  for (const [row, of] of going) {
    for (const reference of referencesTo(ledger, of)) {
      const { child, relation } = reference
      for (const one of referring(ledger, reference, row)) {
        if (going.has(one)) continue
        if (relation.onDelete !== 'setNull') throw new Refused(`${child.name} refers to the row`)
        const nulls = Object.fromEntries(relation.on.map(({ local }) => [local, null]))
        staying.set(one, { child, nulls: { ...staying.get(one)?.nulls, ...nulls } })
      }
    }
  }
  for (const [row, of] of going) {
    const all = ledger.rows[of.name] ?? []
    all.splice(all.indexOf(row), 1)
  }
  for (const [row, { child, nulls }] of staying) {
    const all = ledger.rows[child.name] ?? []
    // What a scope hides is not known to change.
    const counts = ledger.before.inScope(child.name, row)
    all[all.indexOf(row)] = { ...row, ...nulls, ...(counts ? counted(ledger, child, row) : {}) }
  }
}

function mark(ledger: Ledger, model: ModelNode, rows: readonly Row[]): void {
  const inScope = (child: ModelNode, row: Row): boolean => ledger.before.inScope(child.name, row)
  const going = withCascades(ledger, model, rows, (child, row) => child.softDeleteField !== null && inScope(child, row))
  for (const [row, of] of going) {
    for (const reference of referencesTo(ledger, of)) {
      const { child, relation } = reference
      if (relation.onDelete !== 'restrict') continue
      if (referring(ledger, reference, row).some(one => !going.has(one) && inScope(child, one)))
        throw new Refused(`${child.name} refers to the row`)
    }
  }
  for (const [row, of] of going) {
    const all = ledger.rows[of.name] ?? []
    const version = of.versionField === null ? {} : { [of.versionField]: Number(row[of.versionField]) + 1 }
    all[all.indexOf(row)] = { ...row, ...version, [of.softDeleteField ?? '']: ledger.now }
  }
}

/** What counts changes by itself: to lose references is one. */
function counted(ledger: Ledger, model: ModelNode, row: Row): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const { name, default: source } of Object.values(model.fields))
    if (source?.from === 'now' && source.onUpdate) values[name] = ledger.now
  if (model.versionField !== null) values[model.versionField] = Number(row[model.versionField]) + 1
  return values
}

/** Relations whose rows hold the key of this model's. */
function referencesTo(ledger: Ledger, model: ModelNode): readonly Reference[] {
  return Object.values(ledger.world.graph.models).flatMap(child =>
    Object.values(child.relations)
      .filter(({ kind, target }) => kind === 'belongsTo' && target === model.name)
      .map(relation => ({ child, relation })),
  )
}

const referring = (ledger: Ledger, { child, relation }: Reference, row: Row): readonly Row[] =>
  (ledger.rows[child.name] ?? []).filter(one =>
    relation.on.every(({ local, remote }) => one[local] !== null && one[local] === row[remote]),
  )
