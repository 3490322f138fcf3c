/** What the requests of a run have touched, as a table: operator × kind × null × rule form × depth. */
import type { FieldType, Value } from '../../src/model/index.ts'
import type {
  AggregateRequest,
  FilterRequest,
  FindRequest,
  NestedRequest,
  OutputRequest,
} from '../../src/query/index.ts'
import type { RandomWorld } from './world.ts'

type Counts = Map<string, Map<string, number>>

export class Coverage {
  /** How often an operator met a kind; and of these, how often with nulls among the values. */
  readonly operators: Counts = new Map()
  readonly nulls: Counts = new Map()
  /** In which rôle a model stood with which form of read rule. */
  readonly rules: Counts = new Map()
  readonly fieldRules: Counts = new Map()
  readonly depths = new Map<number, number>()
  answered = 0
  refused = 0

  count(refused: boolean): void {
    if (refused) this.refused++
    else this.answered++
  }

  note(world: RandomWorld, request: FindRequest | AggregateRequest): void {
    this.#rule(world, request.model, request.operation)
    if (request.where !== null) this.#filter(world, request.model, request.where, 1)
    if (request.operation === 'find') {
      for (const { path } of request.sort) this.#path(world, request.model, path, 'sort')
      this.#outputs(world, request.model, request.select.outputs)
      if (request.count) this.#rule(world, request.model, 'count')
    } else {
      for (const { path } of request.groupBy) this.#path(world, request.model, path, 'group')
      for (const one of request.measures)
        if (one.field !== null) this.#path(world, request.model, [one.field], one.function)
    }
  }

  #filter(world: RandomWorld, model: string, filter: FilterRequest, depth: number): void {
    switch (filter.kind) {
      case 'and':
      case 'or':
        for (const one of filter.of) this.#filter(world, model, one, depth + 1)
        return
      case 'not':
        this.#filter(world, model, filter.of, depth + 1)
        return
      case 'declared':
        return
      case 'compare':
        increment(this.depths, depth + filter.path.length - 1)
        this.#path(world, model, filter.path, filter.operator)
        return
      case 'isNull':
        increment(this.depths, depth + filter.path.length - 1)
        this.#path(world, model, filter.path, 'isNull')
        return
      default: {
        increment(this.depths, depth)
        const end = this.#path(world, model, filter.path, filter.kind)
        if (filter.where !== null) this.#filter(world, end, filter.where, depth + 1)
      }
    }
  }

  #path(world: RandomWorld, model: string, path: readonly string[], operator: string): string {
    let at = model
    for (const name of path) {
      const node = world.graph.models[at]
      const relation = node?.relations[name]
      const field = node?.fields[name] ?? node?.computed[name]
      if (field !== undefined) {
        count(this.operators, operator, kindName(field.type))
        const values = (world.rows[at] ?? []).map((row): Value | undefined => row[name])
        if (values.includes(null)) count(this.nulls, operator, kindName(field.type))
        const form = world.fieldForms[`${at}.${name}`]
        if (form !== undefined) count(this.fieldRules, operator, form)
      }
      if (relation === undefined) return at
      at = relation.target
      this.#rule(world, at, operator === 'some' || operator === 'every' || operator === 'none' ? operator : 'path')
    }
    return at
  }

  #outputs(world: RandomWorld, model: string, outputs: readonly OutputRequest[]): void {
    for (const output of outputs) {
      if (output.kind === 'object') this.#outputs(world, model, output.outputs)
      if (output.kind === 'field') {
        const form = world.fieldForms[`${model}.${output.field}`]
        if (form !== undefined) count(this.fieldRules, 'select', form)
      }
      if (output.kind === 'include' || output.kind === 'pluck')
        this.#nested(world, model, output.relation, output.kind, output.nested)
    }
  }

  #nested(world: RandomWorld, model: string, name: string, kind: string, nested: NestedRequest): void {
    const target = world.graph.models[model]?.relations[name]?.target
    if (target === undefined) return
    this.#rule(world, target, nested.limit === null ? kind : `${kind} limit`)
    if (nested.where !== null) this.#filter(world, target, nested.where, 2)
    this.#outputs(world, target, nested.select.outputs)
  }

  #rule(world: RandomWorld, model: string, role: string): void {
    count(this.rules, role, world.forms[model] ?? 'none')
  }

  print(): string {
    return [
      `answered ${this.answered}, refused ${this.refused}`,
      table('operator × kind (of these, with nulls among the values)', this.operators, this.nulls),
      table('where a rule applies × form of the read rule', this.rules),
      table('use of a field × form of its field rule', this.fieldRules),
      `depth of conditions: ${[...this.depths]
        .toSorted(([a], [b]) => a - b)
        .map(([depth, times]) => `${depth}: ${times}`)
        .join(', ')}`,
    ].join('\n\n')
  }
}

const kindName = (type: FieldType): string => type.kind

function increment(counts: Map<number, number>, of: number): void {
  counts.set(of, (counts.get(of) ?? 0) + 1)
}

function count(counts: Counts, row: string, column: string): void {
  const cells = counts.get(row) ?? new Map<string, number>()
  cells.set(column, (cells.get(column) ?? 0) + 1)
  counts.set(row, cells)
}

function table(title: string, counts: Counts, inner?: Counts): string {
  const columns = [...new Set([...counts.values()].flatMap(cells => [...cells.keys()]))].toSorted()
  const rows = [...counts.keys()].toSorted()
  const cell = (row: string, column: string): string => {
    const times = counts.get(row)?.get(column)
    const among = inner?.get(row)?.get(column)
    return times === undefined ? '·' : among === undefined ? String(times) : `${times} (${among})`
  }
  const lines = [['', ...columns], ...rows.map(row => [row, ...columns.map(column => cell(row, column))])]
  const widths = ['', ...columns].map((_, index) => Math.max(0, ...lines.map(line => line[index]?.length ?? 0)))
  return [
    title,
    ...lines.map(line =>
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n')
}
