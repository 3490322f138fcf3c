/** Find plans: rows are filtered, ordered, cut to the page and written as JSON text. */
import { type ModelGraph, modelOf, relationOf } from '../../model/index.ts'
import type { FindPlan, FindResult, Link, OrderTerm, Output, Parameter, ReadNode } from '../../query/index.ts'
import {
  compileLinks,
  type Run,
  type Scope,
  type Typed,
  type Test,
  compileExpression,
  compilePredicate,
  present,
  within,
} from './expression.ts'
import type { Row } from './layer.ts'
import { related } from './relation.ts'
import { type Comparison, conversion, ordering } from './value.ts'

/** The text of one output for the row that `run` stands at. */
type Writer = (run: Run) => string

interface CompiledNode {
  readonly row: number
  /** The rows of the page among `candidates`, and whether others follow. */
  page(candidates: Iterable<Row>, run: Run): { readonly rows: readonly Row[]; readonly more: boolean }
  /** The outputs of one row, one by one. */
  write(row: Row, run: Run): readonly (readonly [output: string, json: string])[]
}

export function compileFind(plan: FindPlan, graph: ModelGraph): (run: Run) => FindResult {
  const scope: Scope = { graph, parameters: plan.parameters, models: [plan.root.model] }
  const node = compileNode(plan.root, scope, plan.backward)
  const counted = plan.count === null ? null : compilePredicate(plan.count, scope)
  const order = plan.root.order.map(term => compileExpression(term.of, scope))
  return run => {
    const table = Array.from(run.layer.read(plan.root.model).entries(), ([, row]) => row)
    const { rows, more } = node.page(table, run)
    const texts = rows.map(row => objectText(node.write(row, run)))
    const position = (row: Row | undefined) => {
      if (!plan.positions || row === undefined) return null
      run.rows[0] = row
      return order.map(term => term.of(run))
    }
    const version = plan.versionField === null ? null : rows[0]?.[plan.versionField]
    return {
      json: plan.cardinality === 'many' ? `[${texts.join(',')}]` : (texts[0] ?? null),
      rows: rows.length,
      more,
      first: position(rows[0]),
      last: position(rows.at(-1)),
      count: counted === null ? null : table.filter(row => passes(counted, 0, row, run)).length,
      version: typeof version === 'number' ? version : null,
    }
  }
}

function compileNode(node: ReadNode, scope: Scope, backward: boolean): CompiledNode {
  const test = compilePredicate(node.where, scope)
  const sort = compileOrder(node.order, scope)
  const outputs = node.outputs.map(output => [output.output, compileOutput(output, scope)] as const)
  const peek = peekOf(scope.parameters, node.limit)
  return {
    row: node.row,
    page(candidates, run) {
      const found: Row[] = []
      for (const row of candidates) if (passes(test, node.row, row, run)) found.push(row)
      const sorted = sort(found, node.row, run)
      if (backward) sorted.reverse()
      const start = node.offset === null ? 0 : Number(run.values[node.offset])
      const fetched =
        node.limit === null ? sorted.slice(start) : sorted.slice(start, start + Number(run.values[node.limit]))
      const wanted = node.limit === null ? fetched.length : Number(run.values[node.limit]) - peek
      const rows = fetched.slice(0, wanted)
      return { rows: backward ? rows.toReversed() : rows, more: fetched.length > wanted }
    },
    write(row, run) {
      return outputs.map(([name, write]) => {
        run.rows[node.row] = row
        return [name, write(run)]
      })
    },
  }
}

function passes(test: Test, depth: number, row: Row, run: Run): boolean {
  run.step()
  run.rows[depth] = row
  return test(run)
}

export function peekOf(parameters: readonly Parameter[], limit: number | null): number {
  const parameter = limit === null ? undefined : parameters[limit]
  return parameter?.source === 'limit' ? parameter.peek : 0
}

function compileOrder(
  order: readonly OrderTerm[],
  scope: Scope,
): (rows: readonly Row[], depth: number, run: Run) => Row[] {
  const terms = order.map(term => {
    const of = compileExpression(term.of, scope)
    return { of: present(of.of, term.nullable), compare: ordering(of.type, term.direction) }
  })
  return (rows, depth, run) => {
    const keyed = rows.map(row => {
      run.rows[depth] = row
      return { row, values: terms.map(term => term.of(run)) }
    })
    return keyed.sort((left, right) => compareTuples(left.values, right.values, terms)).map(({ row }) => row)
  }
}

/** The order of two lists of values, one comparison for each place. */
export function compareTuples(
  left: readonly Parameters<Comparison>[0][],
  right: readonly Parameters<Comparison>[0][],
  terms: readonly { readonly compare: Comparison }[],
): number {
  for (const [index, { compare }] of terms.entries()) {
    const order = compare(left[index] ?? null, right[index] ?? null)
    if (order !== 0) return order
  }
  return 0
}

function compileOutput(output: Output, scope: Scope): Writer {
  switch (output.kind) {
    case 'value': {
      const of: Typed = compileExpression(output.of, scope)
      const convert = conversion(of.type, output.type)
      return visibleOnly(output.visible, scope, run => JSON.stringify(convert(of.of(run))))
    }
    case 'object': {
      const outputs = output.outputs.map(inner => [inner.output, compileOutput(inner, scope)] as const)
      return run => objectText(outputs.map(([name, write]) => [name, write(run)]))
    }
    case 'one': {
      const { rows, node } = compileLink(output.link, output.node, scope)
      return visibleOnly(output.visible, scope, run => {
        const row = rows(run).rows[0]
        return row === undefined ? 'null' : objectText(node.write(row, run))
      })
    }
    case 'many': {
      const { rows, node } = compileLink(output.link, output.node, scope)
      return visibleOnly(
        output.visible,
        scope,
        run =>
          `[${rows(run)
            .rows.map(row => objectText(node.write(row, run)))
            .join(',')}]`,
      )
    }
    case 'list': {
      const { rows, node } = compileLink(output.link, output.node, scope)
      const element = (row: Row, run: Run): string => node.write(row, run)[0]?.[1] ?? 'null'
      return visibleOnly(
        output.visible,
        scope,
        run =>
          `[${rows(run)
            .rows.map(row => element(row, run))
            .join(',')}]`,
      )
    }
  }
}

function compileLink(link: Link, node: ReadNode, scope: Scope) {
  const relation = relationOf(modelOf(scope.graph, link.model), link.relation)
  const compiled = compileNode(node, within(scope, node.row, node.model), false)
  const links = compileLinks(link.links, relation, scope)
  return {
    node: compiled,
    rows: (run: Run) => {
      const from = run.rows[link.row]
      return compiled.page(from === undefined ? [] : related(run.layer, relation, from, links(run)), run)
    },
  }
}

function visibleOnly(visible: FindPlan['root']['where'] | null, scope: Scope, write: Writer): Writer {
  if (visible === null) return write
  const test = compilePredicate(visible, scope)
  return run => (test(run) ? write(run) : 'null')
}

const objectText = (outputs: readonly (readonly [string, string])[]): string =>
  `{${outputs.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
