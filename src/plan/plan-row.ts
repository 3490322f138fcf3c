/** Reads that writes need: how a row stands with its rules, what it holds for hooks, and what the caller gets back. */
import {
  always,
  type Expression,
  type FieldType,
  foldedFields,
  type ModelNode,
  type Predicate,
} from '../model/index.ts'
import { type FindPlan, type Output, type OutputRequest, planFormat, type Selection } from '../query/index.ts'
import { type PlanEnvironment, Planning } from './environment.ts'
import { allOf, anyOf } from './fold.ts'
import type { Planned } from './plan-find.ts'
import { assembly, planOutputs } from './plan-outputs.ts'
import { amongTuples, equalKey, fieldType, referencesReadable, stepValue, writableCondition } from './plan-write.ts'
import { readableCondition, readableOrNever, requireAlwaysVisible, ruleCondition, scopeCondition } from './readable.ts'
import { requireCapabilities } from './require-capabilities.ts'

const booleanType: FieldType = Object.freeze({ kind: 'boolean', options: {} })
const integerType: FieldType = Object.freeze({ kind: 'integer', options: {} })

export interface StatusRequest {
  readonly model: string
  /** `create`: whether a row that is as this one could be created. */
  /** `link`: nothing is asked but the field rules of what is written. */
  readonly operation: 'create' | 'update' | 'delete' | 'link'
  /** Fields that the caller writes: their field rules and references count too. */
  readonly written: readonly string[]
  readonly withDeleted: boolean
  /** Fields of a unique: the row is the one with the values that the engine gives for them under `by.<field>`, instead of those with its keys. */
  readonly by?: readonly string[]
}

/**
 * How the rows whose keys the engine gives stand with the rules, as rows of their key fields and
 * `{ $readable, $allowed, $references, $version }`. A row that is not there at all is missing.
 */
export function planStatus(request: StatusRequest, environment: PlanEnvironment): Planned<FindPlan> {
  const { by } = request
  const which = by === undefined ? amongKeys : (planning: Planning, model: ModelNode) => addressed(planning, model, by)
  const make: MakeRows = (planning, rows, model) => {
    const condition = (output: string, of: Predicate): Output => ({
      kind: 'value',
      output,
      of: { kind: 'condition', of },
      type: booleanType,
      visible: null,
      assemble: 'store',
    })
    return {
      where: scopeCondition(planning, rows, request.withDeleted),
      outputs: [
        ...storedOutputs(planning, model, model.key),
        condition('$readable', readableOrNever(planning, rows, request.withDeleted)),
        condition(
          '$allowed',
          allOf(
            request.operation === 'link' ? always : ruleCondition(planning, rows, request.operation),
            writableCondition(planning, rows, model, request.written),
          ),
        ),
        condition('$references', referencesReadable(planning, rows, model, request.written)),
        ...(model.versionField === null ? [] : storedOutputs(planning, model, [model.versionField], '$version')),
      ],
    }
  }
  return planRows(request.model, environment, make, which)
}

/** The row with these values of a unique. Whoever names fields has to know them of every row: whether there is such a row tells their values. */
function addressed(planning: Planning, model: ModelNode, by: readonly string[]): Predicate {
  const folded = foldedFields(model, by)
  return allOf(
    ...by.map((field): Predicate => {
      requireAlwaysVisible(planning, [model.name], model, field, 'find by')
      return sameValue(planning, model, field, `by.${field}`, folded.has(field))
    }),
  )
}

const amongKeys = (planning: Planning, model: ModelNode): Predicate =>
  model.key.length === 0 ? always : amongTuples(planning, model, model.key, 'keys')

/** The field has the value that the engine gives under the name of a step. */
function sameValue(planning: Planning, model: ModelNode, field: string, step: string, folded: boolean): Predicate {
  const left: Expression = { kind: 'field', row: 0, path: [], field }
  const right = stepValue(planning, step, fieldType(model, field))
  return folded
    ? { kind: 'text', operator: 'equals', insensitive: true, left, right }
    : { kind: 'compare', operator: 'eq', left, right }
}

/** The stored fields of rows, private ones included, for hooks and cascades. They do not leave the process. */
export function planStored(model: string, environment: PlanEnvironment): Planned<FindPlan> {
  return planRows(model, environment, (planning, rows, node) => ({
    where: scopeCondition(planning, rows, true),
    outputs: storedOutputs(planning, node, Object.keys(node.fields)),
  }))
}

/** What the caller gets back of written rows: `{ row, key: {…} }` each, so that the engine can put them in order. */
export function planReadBack(
  model: string,
  select: Selection,
  withDeleted: boolean,
  environment: PlanEnvironment,
): Planned<FindPlan> {
  return planRows(model, environment, (planning, rows, node) => {
    const { outputs } = planOutputs(planning, rows, select, [])
    const count = planning.parameter({ source: 'step', name: 'rows', type: integerType, list: false }).index
    return {
      where: readableOrNever(planning, rows, withDeleted),
      outputs: [
        { kind: 'object', output: 'row', outputs },
        { kind: 'object', output: 'key', outputs: storedOutputs(planning, node, node.key) },
      ],
      limitProducts: limitsWithin(outputs, [count]),
    }
  })
}

/** The limits that multiply down to each list: how many rows were written is one of them, as a page's limit is. */
const limitsWithin = (outputs: readonly Output[], around: readonly number[]): readonly (readonly number[])[] =>
  outputs.flatMap(output => {
    if (output.kind === 'value') return []
    if (output.kind === 'object') return limitsWithin(output.outputs, around)
    const { limit } = output.node
    if (limit === null) return limitsWithin(output.node.outputs, around)
    const limits = [...around, limit]
    return [limits, ...limitsWithin(output.node.outputs, limits)]
  })

/** One written row as the caller may read it, without an envelope: the bytes go out as the database made them. */
export function planReadBackOne(
  model: string,
  select: Selection,
  withDeleted: boolean,
  environment: PlanEnvironment,
): Planned<FindPlan> {
  const make = (planning: Planning, rows: readonly string[]) => ({
    where: readableOrNever(planning, rows, withDeleted),
    ...planOutputs(planning, rows, select, []),
  })
  const planned = planRows(model, environment, make, (planning, node) => equalKey(planning, node))
  const versionField = environment.graph.models[model]?.versionField ?? null
  return { ...planned, plan: { ...planned.plan, cardinality: 'one', versionField } }
}

/** What rows are looked up by for a write. */
export interface FoundRequest {
  readonly model: string
  /** The fields whose values are given, and those of them whose letter case does not count. */
  readonly by: readonly string[]
  readonly folded: readonly string[]
  /** How many tuples of values are compared one by one, given under `by.<tuple>.<place>`; null where they are one list under `keys`. */
  readonly apart: number | null
  readonly wanted: readonly string[]
}

/** Rows that the caller may read, by the values of some fields. The limits of requests are none of its: it is Plinth that asks. */
export function planFound(request: FoundRequest, environment: PlanEnvironment): Planned<FindPlan> {
  const { by, apart } = request
  const make: MakeRows = (planning, rows, model) => {
    // Keys do not leave the process: by them rows are written that their writer may see without them.
    const keys = request.wanted.filter(field => model.key.includes(field))
    const others = request.wanted.filter(field => !model.key.includes(field))
    const outputs = others.map((field): OutputRequest => ({ kind: 'field', output: field, field }))
    return {
      where: readableCondition(planning, rows),
      outputs: [
        ...storedOutputs(planning, model, keys),
        ...planOutputs(planning, rows, { defaults: false, outputs }, []).outputs,
      ],
    }
  }
  return planRows(request.model, environment, make, (planning, model) => {
    for (const name of by) requireAlwaysVisible(planning, [model.name], model, name, 'filter by')
    if (apart === null) return amongTuples(planning, model, by, 'keys')
    const tuples = Array.from({ length: apart }, (_, tuple) =>
      allOf(
        ...by.map((field, place) =>
          sameValue(planning, model, field, foundStep(tuple, place), request.folded.includes(field)),
        ),
      ),
    )
    return anyOf(...tuples)
  })
}

/** The name of a value among the steps of a look-up. */
export const foundStep = (tuple: number, place: number): string => `by.${tuple}.${place}`

function storedOutputs(planning: Planning, model: ModelNode, fields: readonly string[], output?: string): Output[] {
  return fields.map(field => ({
    kind: 'value',
    output: output ?? field,
    of: { kind: 'field', row: 0, path: [], field },
    type: fieldType(model, field),
    visible: null,
    assemble: assembly(planning, fieldType(model, field)),
  }))
}

type MakeRows = (
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
) => {
  readonly where: Predicate
  readonly outputs: readonly Output[]
  readonly limitProducts?: FindPlan['limitProducts']
}

function planRows(
  name: string,
  environment: PlanEnvironment,
  make: MakeRows,
  which: (planning: Planning, model: ModelNode) => Predicate = amongKeys,
): Planned<FindPlan> {
  const planning = new Planning(environment)
  const model = planning.model(name)
  const { where, outputs, limitProducts = [] } = make(planning, [name], model)
  const keys = which(planning, model)
  const plan: FindPlan = {
    format: planFormat,
    kind: 'find',
    model: name,
    caller: environment.caller,
    root: { model: name, row: 0, where: allOf(keys, where), order: [], limit: null, offset: null, outputs },
    cardinality: 'many',
    positions: false,
    backward: false,
    count: null,
    versionField: null,
    limitProducts,
    decodes: JSON.stringify(outputs).includes('"assemble":"decode"'),
    parameters: planning.parameters,
    reads: planning.reads(),
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}
