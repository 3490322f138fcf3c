/** Insert, update and delete plans. Each is one statement: it happens as a whole or not at all. */
import { type FieldNode, type ModelGraph, modelOf, type Value } from '../../model/index.ts'
import type { DeletePlan, InsertPlan, UpdatePlan, WriteResult } from '../../query/index.ts'
import { Changes, type Constraints, conflicts } from './constraint.ts'
import { type Run, type Scope, type Test, compileExpression, compilePredicate } from './expression.ts'
import type { Row, RowNumber, Table } from './layer.ts'
import { textOf } from './number.ts'
import { conversion, storageOf } from './value.ts'

export interface Writing {
  readonly graph: ModelGraph
  readonly constraints: ReadonlyMap<string, Constraints>
  readonly nextRow: () => RowNumber
}

export function compileInsert(
  plan: InsertPlan,
  writing: Writing,
): (rows: readonly (readonly Value[])[], run: Run) => WriteResult {
  const { graph, constraints, nextRow } = writing
  const model = modelOf(graph, plan.model)
  const fields = Object.values(model.fields)
  const check = plan.check === null ? null : compilePredicate(plan.check, rowScope(plan, graph))
  const spared = plan.ignoreConflictOn
  const sparing = [{ fields: model.key, liveOnly: false }, ...model.uniques].find(
    unique =>
      spared !== null && unique.fields.length === spared.length && unique.fields.every(field => spared.includes(field)),
  )
  return (rows, run) => {
    const table = run.layer.change(model.name)
    const candidates = rows.map(values => {
      const given: Record<string, Value> = Object.fromEntries(
        plan.fields.map(({ field }, index) => [field, values[index] ?? null]),
      )
      return completed(given, fields, table)
    })
    // Every candidate is judged by what is there before the statement, as databases do.
    const allowed = candidates.filter(row => check === null || holds(check, row, run))
    const changes = new Changes(graph, constraints, run)
    const inserted: Row[] = []
    for (const row of allowed) {
      if (sparing !== undefined && conflicts(run.layer, model, sparing, row, null)) continue
      changes.put(model.name, nextRow(), row)
      inserted.push(row)
    }
    changes.finish()
    return result(inserted, plan.returning)
  }
}

/** The candidate with all fields of its model; sequences give their next number. */
function completed(given: Readonly<Record<string, Value>>, fields: readonly FieldNode[], table: Table): Row {
  const row: Record<string, Value> = {}
  for (const field of fields) {
    let value = given[field.name] ?? null
    if (field.default?.from === 'sequence') {
      const number = value === null ? table.sequence + 1n : BigInt(textOf(value))
      if (number > table.sequence) table.sequence = number
      value = storageOf(field.type) === 'bigint' ? number.toString() : Number(number)
    }
    row[field.name] = value
  }
  return row
}

export function compileUpdate(plan: UpdatePlan, writing: Writing): (run: Run) => WriteResult {
  const { graph, constraints } = writing
  const scope = rowScope(plan, graph)
  const model = modelOf(graph, plan.model)
  const test = compilePredicate(plan.where, scope)
  const set = plan.set.map(({ field, to }) => {
    const of = compileExpression(to, scope)
    const type = model.fields[field]?.type
    if (type === undefined) throw new Error(`The plan sets ${plan.model}.${field}, which the graph does not have.`)
    const convert = conversion(of.type, type)
    return { field, of: (run: Run) => convert(of.of(run)) }
  })
  return run => {
    if (set.length === 0) {
      const found = matching(plan.model, test, run)
      return result(
        found.map(([, row]) => row),
        plan.returning,
      )
    }
    const updated = matching(plan.model, test, run).map(([number, row]): [RowNumber, Row] => {
      run.rows[0] = row
      return [number, { ...row, ...Object.fromEntries(set.map(({ field, of }) => [field, of(run)])) }]
    })
    const changes = new Changes(graph, constraints, run)
    for (const [number, row] of updated) changes.put(plan.model, number, row)
    changes.finish()
    return result(
      updated.map(([, row]) => row),
      plan.returning,
    )
  }
}

export function compileDelete(plan: DeletePlan, writing: Writing): (run: Run) => WriteResult {
  const { graph, constraints } = writing
  const test = compilePredicate(plan.where, rowScope(plan, graph))
  return run => {
    const removed = matching(plan.model, test, run)
    const changes = new Changes(graph, constraints, run)
    for (const [number] of removed) changes.remove(plan.model, number)
    changes.finish()
    return result(
      removed.map(([, row]) => row),
      plan.returning,
    )
  }
}

const rowScope = (plan: InsertPlan | UpdatePlan | DeletePlan, graph: ModelGraph): Scope => ({
  graph,
  parameters: plan.parameters,
  models: [plan.model],
})

function matching(model: string, test: Test, run: Run): (readonly [RowNumber, Row])[] {
  return [...run.layer.read(model).entries()].filter(([, row]) => holds(test, row, run))
}

function holds(test: Test, row: Row, run: Run): boolean {
  run.step()
  run.rows[0] = row
  return test(run)
}

const result = (rows: readonly Row[], returning: readonly string[]): WriteResult => ({
  count: rows.length,
  returned: rows.map(row => returning.map(field => row[field] ?? null)),
})
