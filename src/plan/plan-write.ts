/** The steps of writes → insert, update and delete plans with the rules inside. */
import { refusal } from '../error/index.ts'
import {
  always,
  callerOnlyAttributes,
  type Expression,
  type FieldType,
  type ModelNode,
  type Predicate,
} from '../model/index.ts'
import {
  type DeletePlan,
  type FilterRequest,
  type InsertPlan,
  planFormat,
  type Selection,
  type UpdatePlan,
} from '../query/index.ts'
import { type PlanEnvironment, Planning } from './environment.ts'
import { allOf, isAlways, isNever } from './fold.ts'
import { leavesRow, planAnswer } from './plan-answer.ts'
import { planFilter } from './plan-filter.ts'
import type { Planned } from './plan-find.ts'
import {
  fieldClosed,
  openRuleCondition,
  placeAt,
  readableCondition,
  type RuledOperation,
  scopeCondition,
} from './readable.ts'
import { requireCapabilities } from './require-capabilities.ts'
import { rewritePredicate } from './rewrite.ts'

export interface InsertRequest {
  readonly model: string
  /** The fields that rows bring, in order. */
  readonly fields: readonly string[]
  /** Those of them that the caller wrote: their field rules apply, and what they refer to has to be readable. */
  readonly written: readonly string[]
  readonly many: boolean
  readonly ignoreConflictOn: readonly string[] | null
  /** What the writer wants back of the one row; null when nothing is, or when it is read back by itself. */
  readonly answer?: Selection | null
}

export function planInsert(request: InsertRequest, environment: PlanEnvironment): Planned<InsertPlan> {
  const planning = new Planning(environment)
  const model = planning.model(request.model)
  requireTable(model)
  const rows = [model.name]
  const check = model.hidden
    ? always
    : allOf(
        // That rows come into being deleted is nobody's business but theirs who may write that field.
        scopeCondition(planning, rows, true),
        openRuleCondition(planning, rows, 'create'),
        writableCondition(planning, rows, model, request.written),
        referencesReadable(planning, rows, model, request.written, true),
      )
  const plan: InsertPlan = {
    format: planFormat,
    kind: 'insert',
    model: model.name,
    caller: environment.caller,
    fields: request.fields.map(field => ({ field, type: fieldType(model, field) })),
    many: request.many,
    check: isAlways(check) ? null : check,
    ignoreConflictOn: request.ignoreConflictOn,
    returning: madeFields(model, request.fields),
    answer:
      request.many || request.ignoreConflictOn !== null || environment.capabilities.answers === 'none'
        ? null
        : planAnswer(planning, rows, model, request.answer ?? null),
    parameters: planning.parameters,
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}

/** What of a new row only the database knows: the key that it counts up, and whatever else it fills in. */
export const madeFields = (model: ModelNode, given: readonly string[]): readonly string[] =>
  Object.values(model.fields)
    .filter(
      ({ name, default: source }) => !given.includes(name) && (model.key.includes(name) || source?.from === 'database'),
    )
    .map(({ name }) => name)

/** A view has no rows of its own. */
function requireTable(model: ModelNode): void {
  if (model.view) throw refusal('writes.view', { model: model.name })
}

/** Which rows a step concerns: the one whose key the engine gives, rows whose keys it gives, or those that a filter finds. */
export type Target =
  | { readonly kind: 'key' }
  | { readonly kind: 'keys' }
  /** Those of them that a filter finds: since their keys were found, others may have changed them. */
  | { readonly kind: 'found'; readonly where: FilterRequest }
  /** Those of them that are softly deleted. */
  | { readonly kind: 'deletedKeys' }
  | { readonly kind: 'filter'; readonly where: FilterRequest }
  /** Rows that refer to rows whose keys the engine gives. */
  | { readonly kind: 'referring'; readonly fields: readonly string[] }

export interface UpdateRequest {
  readonly model: string
  readonly target: Target
  /**
   * The fields to set, from values that the engine gives under `set.<field>`. None: the rows stay as they are, and are held until the transaction
   * ends, as those that change.
   */
  readonly set: readonly string[]
  /** Those of them that the caller wrote. */
  readonly written: readonly string[]
  /** Count the version up. */
  readonly version: boolean
  /** Rows have to have the version that the engine gives under `version`. */
  readonly ifVersion: boolean
  /** Under which rule rows may be touched; null when the engine has already made sure. */
  readonly rule: RuledOperation | null
  /** Soft-deleted rows are meant too (restore). */
  readonly withDeleted: boolean
  /** What the writer wants back of the one row; null when nothing is, or when it is read back by itself. */
  readonly answer?: Selection | null
}

export function planUpdate(request: UpdateRequest, environment: PlanEnvironment): Planned<UpdatePlan> {
  const planning = new Planning(environment)
  const model = planning.model(request.model)
  requireTable(model)
  const rows = [model.name]
  const set = request.set.map(field => ({ field, to: stepValue(planning, `set.${field}`, fieldType(model, field)) }))
  const { versionField } = model
  // Code that acts for the system may give a version.
  if (request.version && versionField !== null && !request.set.includes(versionField))
    set.push({ field: versionField, to: nextVersion(model, versionField) })
  const where = allOf(
    targetCondition(planning, rows, model, request.target),
    request.rule === null
      ? scopeCondition(planning, rows, request.withDeleted)
      : allOf(
          readableCondition(planning, rows, request.withDeleted),
          openRuleCondition(planning, rows, request.rule),
          writableCondition(planning, rows, model, request.written),
        ),
    request.ifVersion ? versionCondition(planning, model) : always,
  )
  const single = isSingle(request.target, where, environment)
  const plan: UpdatePlan = {
    format: planFormat,
    kind: 'update',
    model: model.name,
    caller: environment.caller,
    where,
    set,
    returning: model.key,
    single,
    answer: single ? planAnswer(planning, rows, model, request.answer ?? null) : null,
    parameters: planning.parameters,
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}

export interface DeleteRequest {
  readonly model: string
  readonly target: Target
  readonly ifVersion: boolean
  readonly rule: 'delete' | null
}

export function planDelete(request: DeleteRequest, environment: PlanEnvironment): Planned<DeletePlan> {
  const planning = new Planning(environment)
  const model = planning.model(request.model)
  requireTable(model)
  const rows = [model.name]
  const where = allOf(
    targetCondition(planning, rows, model, request.target),
    request.rule === null
      ? always
      : allOf(readableCondition(planning, rows), openRuleCondition(planning, rows, request.rule)),
    request.ifVersion ? versionCondition(planning, model) : always,
  )
  const plan: DeletePlan = {
    format: planFormat,
    kind: 'delete',
    model: model.name,
    caller: environment.caller,
    where,
    returning: model.key,
    single: isSingle(request.target, where, environment),
    parameters: planning.parameters,
  }
  requireCapabilities(plan, environment)
  return { plan, questions: planning.questions }
}

/** Whether the store needs no transaction for it. */
function isSingle(target: Target, where: Predicate, { capabilities }: PlanEnvironment): boolean {
  if (target.kind !== 'key') return false
  return capabilities.answers === 'writes' || (capabilities.answers === 'plainWrites' && !leavesRow(where))
}

function targetCondition(planning: Planning, rows: readonly string[], model: ModelNode, target: Target): Predicate {
  switch (target.kind) {
    case 'key':
      return equalKey(planning, model)
    case 'keys':
      return amongTuples(planning, model, model.key, 'keys')
    case 'found':
      return allOf(amongTuples(planning, model, model.key, 'keys'), planFilter(planning, rows, target.where))
    case 'deletedKeys': {
      const of: Expression = { kind: 'field', row: 0, path: [], field: model.softDeleteField ?? '' }
      // Null equals nothing, itself neither: this needs no negation, which a store may lack.
      const isDeleted: Predicate = { kind: 'compare', operator: 'eq', left: of, right: of }
      return allOf(amongTuples(planning, model, model.key, 'keys'), isDeleted)
    }
    case 'referring':
      return amongTuples(planning, model, target.fields, 'keys')
    case 'filter':
      return planFilter(planning, rows, target.where)
    default:
      return target satisfies never
  }
}

/** The row whose key the engine gives, field by field, under `key.<field>`. */
export function equalKey(planning: Planning, model: ModelNode): Predicate {
  return allOf(
    ...model.key.map((field): Predicate => ({
      kind: 'compare',
      operator: 'eq',
      left: { kind: 'field', row: 0, path: [], field },
      right: stepValue(planning, `key.${field}`, fieldType(model, field)),
    })),
  )
}

/** One bound list, whatever its length: values of one field, or tuples of several. */
export function amongTuples(planning: Planning, model: ModelNode, fields: readonly string[], name: string): Predicate {
  const left = fields.map((field): Expression => ({ kind: 'field', row: 0, path: [], field }))
  const [first] = left
  const type = fieldType(model, fields[0] ?? '')
  if (left.length === 1 && first !== undefined) {
    return { kind: 'in', left: first, list: planning.parameter({ source: 'step', name, type, list: true }) }
  }
  const tuple: FieldType = { kind: 'tuple', options: {} }
  const list = planning.parameter({ source: 'step', name, type: tuple, list: true })
  return { kind: 'tupleIn', left, list }
}

/** Field rules of what is written; one that closes a field to the caller altogether refuses (semantics 8). */
export function writableCondition(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  written: readonly string[],
): Predicate {
  if (planning.environment.caller === 'system') return always
  return allOf(
    ...written.map(name => {
      const rule = model.rules?.fields[name]?.write ?? callerRuleOfOtherEnd(planning, model, name)
      if (rule === undefined) return always
      const condition = rewritePredicate(placeAt(planning, rows), rule)
      if (isNever(condition)) throw fieldClosed(model.name, name, 'write')
      return condition
    }),
  )
}

/**
 * Links of a manyToMany are written from both ends: where this end has no rule of its own, that of the other end holds. Only one that the caller
 * decides can stand here; one that looks at the row over there is asked of the rows that are linked.
 */
function callerRuleOfOtherEnd(planning: Planning, model: ModelNode, name: string): Predicate | undefined {
  const relation = model.relations[name]
  if (relation?.kind !== 'manyToMany' || relation.inverse === null) return undefined
  const rule = planning.model(relation.target).rules?.fields[relation.inverse]?.write
  return rule !== undefined && callerOnlyAttributes(rule) !== null ? rule : undefined
}

/**
 * A row may refer only to what its writer may read; otherwise it is as if the other row did not exist (semantics 9). `held`: no reference that is
 * being deleted softly is found either, nor does one begin to be; who deletes it for good meets the foreign key.
 */
export function referencesReadable(
  planning: Planning,
  rows: readonly string[],
  model: ModelNode,
  written: readonly string[],
  held = false,
): Predicate {
  if (planning.environment.caller === 'system') return always
  const relations = Object.values(model.relations).filter(
    relation => relation.kind === 'belongsTo' && relation.on.some(({ local }) => written.includes(local)),
  )
  return allOf(
    ...relations.map((relation): Predicate => {
      const readable = referenceCondition(planning, [...rows, relation.target])
      if (isAlways(readable)) return always
      const some: Predicate = {
        kind: 'some',
        row: 0,
        path: [],
        relation: relation.name,
        where: readable,
        ...(held && planning.model(relation.target).softDeleteField !== null ? { held: true } : {}),
        authority: 'caller',
      }
      return relation.nullable ? { kind: 'or', of: [some, ...relation.on.map(isNullField)] } : some
    }),
  )
}

/** A model that is closed to the caller altogether has no rows for the caller. */
function referenceCondition(planning: Planning, rows: readonly string[]): Predicate {
  try {
    return readableCondition(planning, rows)
  } catch {
    return { kind: 'constant', value: false }
  }
}

function isNullField({ local }: { readonly local: string }): Predicate {
  return { kind: 'isNull', of: { kind: 'field', row: 0, path: [], field: local } }
}

function versionCondition(planning: Planning, model: ModelNode): Predicate {
  const field = model.versionField
  if (field === null) throw new Error(`${model.name} has no version`)
  return {
    kind: 'compare',
    operator: 'eq',
    left: { kind: 'field', row: 0, path: [], field },
    right: stepValue(planning, 'version', fieldType(model, field)),
  }
}

function nextVersion(model: ModelNode, field: string): Expression {
  const type = fieldType(model, field)
  return {
    kind: 'call',
    function: 'add',
    arguments: [
      { kind: 'field', row: 0, path: [], field },
      { kind: 'literal', value: 1, type },
    ],
    type,
  }
}

export function stepValue(planning: Planning, name: string, type: FieldType): Expression {
  return planning.parameter({ source: 'step', name, type, list: false })
}

export function fieldType(model: ModelNode, name: string): FieldType {
  const field = model.fields[name]
  if (field === undefined) throw new Error(`${model.name} has no field ${name}`)
  return field.type
}
