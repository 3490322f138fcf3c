/** Answers a find request by looking at every row. */
import type { RelationNode, Value } from '../../src/model/index.ts'
import type { Caller, FindRequest, NestedRequest, OutputRequest, Selection, SortTerm } from '../../src/query/index.ts'
import { type Datum, decode, encode, order, sortOrder } from './datum.ts'
import { Judge, type Placed } from './evaluate.ts'
import { checkFilter, checkPath, closedCode, ends, fulfils, type Refusals } from './filter.ts'
import { certainty, fieldCertainty, followsClosed, modelClosed, relationClosed } from './rights.ts'
import { modelOf, type Row, rowsOf, type World } from './world.ts'

export type Answer<Result> =
  | { readonly refused: ReadonlySet<string> }
  | { readonly refused: null; readonly result: Result }

export interface Found {
  /** Every row of the answer in its order, before it is cut into pages. */
  readonly rows: readonly Readonly<Record<string, Value>>[]
  /** How many there are, those before the offset included. */
  readonly count: number
}

export interface Asking {
  readonly world: World
  readonly caller: Caller
  readonly now: string
  /** The values beside the request, in canonical form. */
  readonly values: readonly Value[]
}

export function find(request: FindRequest, asking: Asking): Answer<Found> {
  const judge = new Judge(asking.world, asking.caller, asking.now)
  const { model } = request
  const refusals: Refusals = new Set()
  if (modelClosed(judge, model)) refusals.add(closedCode(judge))
  if (request.where !== null) checkFilter(judge, model, request.where, refusals)
  checkSelection(judge, model, request.select, refusals)
  checkSort(judge, model, request.sort, refusals)
  for (const name of request.by?.fields ?? []) checkPath(judge, model, [name], refusals)
  if (request.seek !== null) {
    const { key } = modelOf(asking.world, model)
    // A cursor would show a key that is closed to the caller.
    const shown = key.every(name => fieldCertainty(judge, model, name) === true)
    if (!shown || request.sort.some(term => relativeToCaller(judge, model, term))) refusals.add('request.not-sortable')
  }
  if (request.withDeleted && !mayTouchDeleted(judge, model))
    refusals.add(closedCode(judge)).add('rules.operation-closed')
  if (refusals.size > 0) return { refused: refusals }

  const rows = visibleRows(judge, model, request.withDeleted)
    .filter(row => request.where === null || fulfils(judge, { model, row }, request.where, asking.values))
    .filter(row =>
      (request.by?.fields ?? []).every((name, index) =>
        isThe(judge, model, row, name, asking.values[request.by?.slots[index] ?? -1]),
      ),
    )
  const sorted = sortRows(judge, model, rows, request.sort)
  const start = request.offset === null ? 0 : Number(asking.values[request.offset])
  const shown = sorted.slice(start).map(row => show(judge, { model, row }, request.select, asking.values))
  return { refused: null, result: { rows: shown, count: sorted.length } }
}

/** One row as the caller may read it; null when the caller may not. */
export function shown(
  model: string,
  row: Row,
  select: Selection,
  { world, caller, now, values }: Asking,
): Readonly<Record<string, Value>> | null {
  const judge = new Judge(world, caller, now)
  const exists = !modelClosed(judge, model) && judge.inScope(model, row) && judge.mayRead(model, row)
  return exists ? show(judge, { model, row }, select, values) : null
}

/** The rows of a model that exist for the caller. */
export function visibleRows(judge: Judge, model: string, withDeleted: boolean): readonly Row[] {
  const { softDeleteField } = modelOf(judge.world, model)
  return rowsOf(judge.world, model).filter(row => {
    // Soft deletion is a scope; the request lifts this one only, which is the same as looking at the row as if it were alive.
    const alive = withDeleted && softDeleteField !== null ? { ...row, [softDeleteField]: null } : row
    return judge.inScope(model, alive) && judge.mayRead(model, row)
  })
}

export function mayTouchDeleted(judge: Judge, model: string): boolean {
  if (judge.caller.class === 'system') return true
  const rules = modelOf(judge.world, model).rules
  return rules !== null && certainty(judge, rules.withDeleted) === true
}

function isThe(judge: Judge, model: string, row: Row, name: string, value: Value | undefined): boolean {
  const [own, wanted] = [judge.field(model, row, name), decode(value ?? null, judge.fieldType(model, name))]
  return own !== null && wanted !== null && order(own, wanted) === 0
}

/** By the terms, then by the key in the direction of the last of them, so that the order is total. */
function sortRows(judge: Judge, model: string, rows: readonly Row[], sort: readonly SortTerm[]): readonly Row[] {
  const named = new Set(sort.filter(term => term.path.length === 1).map(term => term.path[0]))
  const terms = [
    ...sort,
    ...modelOf(judge.world, model)
      .key.filter(name => !named.has(name))
      .map((name): SortTerm => ({ path: [name], direction: sort.at(-1)?.direction ?? 'ascending' })),
  ]
  const keyed = rows.map(row => ({ row, keys: terms.map(term => sortValue(judge, { model, row }, term.path)) }))
  keyed.sort((left, right) => {
    for (const [index, term] of terms.entries()) {
      const result = sortOrder(left.keys[index] ?? null, right.keys[index] ?? null, term.direction)
      if (result !== 0) return result
    }
    return 0
  })
  return keyed.map(({ row }) => row)
}

/** A row that the caller may not read has nothing to sort by. */
function sortValue(judge: Judge, place: Placed, path: readonly string[]): Datum {
  const end = ends(judge, place, path.slice(0, -1))[0]
  return end === undefined ? null : judge.field(end.model, end.row, path.at(-1) ?? '')
}

export function checkSort(
  judge: Judge,
  model: string,
  sort: readonly SortTerm[],
  refusals: Refusals,
  refused: 'request.not-sortable' | 'request.not-groupable' = 'request.not-sortable',
): void {
  for (const term of sort) {
    checkPath(judge, model, term.path, refusals)
    const end = term.path.slice(0, -1).reduce((at, name) => judge.relation(at, name).target, model)
    const computed = modelOf(judge.world, end).computed[term.path.at(-1) ?? '']
    if (computed !== undefined && (!computed.sortable || term.path.length > 1)) refusals.add(refused)
  }
}

function relativeToCaller(judge: Judge, model: string, term: SortTerm): boolean {
  const end = term.path.slice(0, -1).reduce((at, name) => judge.relation(at, name).target, model)
  return modelOf(judge.world, end).computed[term.path.at(-1) ?? '']?.callerRelative === true
}

function checkSelection(judge: Judge, model: string, select: Selection, refusals: Refusals): void {
  for (const output of select.outputs) checkOutput(judge, model, output, refusals)
}

function checkOutput(judge: Judge, model: string, output: OutputRequest, refusals: Refusals): void {
  switch (output.kind) {
    case 'field':
      if (fieldCertainty(judge, model, output.field) === false) refusals.add('rules.field-closed')
      return
    case 'include':
    case 'pluck': {
      if (fieldCertainty(judge, model, output.relation) === false) refusals.add('rules.field-closed')
      const { target } = judge.relation(model, output.relation)
      if (relationClosed(judge, judge.relation(model, output.relation))) refusals.add(closedCode(judge))
      const { nested } = output
      if (nested.where !== null) checkFilter(judge, target, nested.where, refusals)
      checkSort(judge, target, nested.sort, refusals)
      if (output.kind === 'include') checkSelection(judge, target, nested.select, refusals)
      else if (fieldCertainty(judge, target, output.field) === false) refusals.add('rules.field-closed')
      return
    }
    case 'object':
      for (const inner of output.outputs) checkOutput(judge, model, inner, refusals)
      return
    case 'related': {
      const [name, ...rest] = output.path
      if (fieldCertainty(judge, model, name ?? output.field) === false) refusals.add('rules.field-closed')
      if (name === undefined) return
      const relation = judge.relation(model, name)
      if (relationClosed(judge, relation)) refusals.add(closedCode(judge))
      checkOutput(judge, relation.target, { ...output, path: rest }, refusals)
      return
    }
    case 'expression':
      if (followsClosed(judge, output.expression, [model])) refusals.add(closedCode(judge))
  }
}

function show(
  judge: Judge,
  place: Placed,
  select: Selection,
  values: readonly Value[],
): Readonly<Record<string, Value>> {
  const shown: Record<string, Value> = {}
  if (select.defaults) {
    const node = modelOf(judge.world, place.model)
    for (const name of [...Object.keys(node.fields), ...Object.keys(node.computed)]) {
      if (fieldCertainty(judge, place.model, name) !== false) shown[name] = showField(judge, place, name)
    }
  }
  for (const output of select.outputs) shown[output.output] = showOutput(judge, place, output, values)
  return shown
}

function showField(judge: Judge, { model, row }: Placed, name: string): Value {
  return hides(judge, { model, row }, name) ? null : encode(judge.field(model, row, name), judge.fieldType(model, name))
}

/** A field rule that depends on the row yields null where it is false. */
function hides(judge: Judge, place: Placed, name: string): boolean {
  if (judge.caller.class === 'system') return false
  const node = modelOf(judge.world, place.model)
  const rule = node.rules?.fields[name]?.read
  if (rule !== undefined && !judge.holds(rule, [place])) return true
  const relation = node.relations[name]
  return relation?.kind === 'belongsTo' && relation.on.some(({ local }) => hides(judge, place, local))
}

function showOutput(judge: Judge, place: Placed, output: OutputRequest, values: readonly Value[]): Value {
  switch (output.kind) {
    case 'field':
      return showField(judge, place, output.field)
    case 'object':
      return Object.fromEntries(output.outputs.map(inner => [inner.output, showOutput(judge, place, inner, values)]))
    case 'related': {
      const [name, ...rest] = output.path
      if (name === undefined) return showField(judge, place, output.field)
      if (hides(judge, place, name)) return null
      const end = ends(judge, place, [name])[0]
      return end === undefined ? null : showOutput(judge, end, { ...output, path: rest }, values)
    }
    case 'expression':
      return encode(judge.value(output.expression, [place]), output.type)
    case 'include': {
      const relation = judge.relation(place.model, output.relation)
      if (hides(judge, place, output.relation)) return null
      const rows = nestedRows(judge, place, relation, output.nested, values)
      const shown = rows.map(row => show(judge, { model: relation.target, row }, output.nested.select, values))
      return relation.kind === 'belongsTo' || relation.kind === 'hasOne' ? (shown[0] ?? null) : shown
    }
    case 'pluck': {
      const relation = judge.relation(place.model, output.relation)
      if (hides(judge, place, output.relation)) return null
      return nestedRows(judge, place, relation, output.nested, values).map(row =>
        showField(judge, { model: relation.target, row }, output.field),
      )
    }
  }
}

function nestedRows(
  judge: Judge,
  place: Placed,
  relation: RelationNode,
  nested: NestedRequest,
  values: readonly Value[],
): readonly Row[] {
  const { target } = relation
  const rows = judge
    .reached(relation, place.row, 'caller')
    .filter(row => nested.where === null || fulfils(judge, { model: target, row }, nested.where, values))
  const limit =
    nested.unlimited === true
      ? rows.length
      : nested.limit === null
        ? judge.world.defaultNested
        : Number(values[nested.limit])
  return sortRows(judge, target, rows, nested.sort).slice(0, limit)
}
