/** Reads that writes need: how a row stands with its rules, what it holds for hooks, and what the caller gets back. */
import { always, type FieldType, type ModelNode, type Predicate } from '../model/index.ts'
import { type FindPlan, type Output, planFormat, type Selection } from '../query/index.ts'
import { type PlanEnvironment, Planning } from './environment.ts'
import { allOf } from './fold.ts'
import type { Planned } from './plan-find.ts'
import { assembly, planOutputs } from './plan-outputs.ts'
import { amongTuples, equalKey, fieldType, referencesReadable, writableCondition } from './plan-write.ts'
import { readableOrNever, ruleCondition, scopeCondition } from './readable.ts'
import { requireCapabilities } from './require-capabilities.ts'

const booleanType: FieldType = Object.freeze({ kind: 'boolean', options: {} })

export interface StatusRequest {
  readonly model: string
  readonly operation: 'update' | 'delete'
  /** Fields that the caller writes: their field rules and references count too. */
  readonly written: readonly string[]
  readonly withDeleted: boolean
}

/**
 * How the rows whose keys the engine gives stand with the rules, as rows of their key fields and
 * `{ $readable, $allowed, $references, $version }`. A row that is not there at all is missing.
 */
export function planStatus(request: StatusRequest, environment: PlanEnvironment): Planned<FindPlan> {
  return planRows(request.model, environment, (planning, rows, model) => {
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
            ruleCondition(planning, rows, request.operation),
            writableCondition(planning, rows, model, request.written),
          ),
        ),
        condition('$references', referencesReadable(planning, rows, model, request.written)),
        ...(model.versionField === null ? [] : storedOutputs(planning, model, [model.versionField], '$version')),
      ],
    }
  })
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
  return planRows(model, environment, (planning, rows, node) => ({
    where: readableOrNever(planning, rows, withDeleted),
    outputs: [
      { kind: 'object', output: 'row', outputs: planOutputs(planning, rows, select, []).outputs },
      { kind: 'object', output: 'key', outputs: storedOutputs(planning, node, node.key) },
    ],
  }))
}

/** One written row as the caller may read it, without an envelope: the bytes go out as the database made them. */
export function planReadBackOne(
  model: string,
  select: Selection,
  withDeleted: boolean,
  environment: PlanEnvironment,
): Planned<FindPlan> {
  const make = (planning: Planning, rows: readonly string[]) => ({
    where: readableOrNever(planning, rows, withDeleted),
    outputs: planOutputs(planning, rows, select, []).outputs,
  })
  const planned = planRows(model, environment, make, (planning, node) => equalKey(planning, node))
  const versionField = environment.graph.models[model]?.versionField ?? null
  return { ...planned, plan: { ...planned.plan, cardinality: 'one', versionField } }
}

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

function planRows(
  name: string,
  environment: PlanEnvironment,
  make: (
    planning: Planning,
    rows: readonly string[],
    model: ModelNode,
  ) => { readonly where: Predicate; readonly outputs: readonly Output[] },
  which: (planning: Planning, model: ModelNode) => Predicate = (planning, model) =>
    amongTuples(planning, model, model.key, 'keys'),
): Planned<FindPlan> {
  const planning = new Planning(environment)
  const model = planning.model(name)
  const { where, outputs } = make(planning, [name], model)
  const keys = model.key.length === 0 ? always : which(planning, model)
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
    limitProducts: [],
    decodes: JSON.stringify(outputs).includes('"assemble":"decode"'),
    parameters: planning.parameters,
    reads: planning.reads(),
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}
