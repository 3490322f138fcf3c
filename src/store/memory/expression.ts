/** Expressions and conditions as functions of the rows around them. */
import { codePointLength, foldCase, upperCase } from '../../lib/index.ts'
import {
  comparisonOutcomes,
  type Expression,
  type FieldType,
  figureType,
  type ModelGraph,
  modelOf,
  type Predicate,
  type RelationNode,
  relationOf,
  type RowReference,
  type SomePredicate,
  textOutcomes,
  type Value,
} from '../../model/index.ts'
import type { Parameter } from '../../query/index.ts'
import { figure } from './figure.ts'
import type { Layer, Row } from './layer.ts'
import { calculate, exact, finite, fromExact, textOf } from './number.ts'
import { related } from './relation.ts'
import { comparisonOf, conversion, ordering, scaleOf, storageOf } from './value.ts'

/** What one run of a plan works on. */
export interface Run {
  /** The row at each depth; deeper entries than the one being looked at are leftovers. */
  readonly rows: Row[]
  readonly values: readonly Value[]
  readonly layer: Layer
  /** Called once for each row that is looked at; throws when the time is over. */
  readonly step: () => void
}

/** What is known when a plan is compiled: the models of the rows around an expression, from the outside in. */
export interface Scope {
  readonly graph: ModelGraph
  readonly parameters: readonly Parameter[]
  readonly models: readonly string[]
}

export interface Typed {
  readonly type: FieldType
  readonly of: (run: Run) => Value
}

export type Test = (run: Run) => boolean

const simple = (kind: string): FieldType => ({ kind, options: {} })
const integerType = simple('integer')
const booleanType = simple('boolean')

/** The scope of a row at `depth` of the given model; rows above stay. */
export function within(scope: Scope, depth: number, model: string): Scope {
  return { ...scope, models: [...scope.models.slice(0, depth), model] }
}

export function compileExpression(expression: Expression, scope: Scope): Typed {
  switch (expression.kind) {
    case 'field': {
      const [model, row] = walk(expression, scope)
      const field = modelOf(scope.graph, model).fields[expression.field]
      if (field === undefined)
        throw new Error(`The plan names the field ${model}.${expression.field}, which the graph does not have.`)
      return { type: field.type, of: run => row(run)?.[field.name] ?? null }
    }
    case 'literal':
      return { type: expression.type, of: () => expression.value }
    case 'parameter':
      return {
        type: parameterType(scope.parameters[expression.index]),
        of: run => run.values[expression.index] ?? null,
      }
    case 'aggregate': {
      const [model, row] = walk(expression, scope)
      const relation = relationOf(modelOf(scope.graph, model), expression.relation)
      const depth = scope.models.length
      const inner = within(scope, depth, relation.target)
      const test = compilePredicate(expression.where, inner)
      const links = compileLinks(expression.links, relation, scope)
      const of = expression.of === undefined ? null : compileExpression(expression.of, inner)
      const type = figureType(expression.function, of?.type ?? null)
      return {
        type,
        of: run => {
          const from = row(run)
          if (from === null) return figure(expression.function, [], of?.type ?? null, type)
          const values: Value[] = []
          for (const end of related(run.layer, relation, from, links(run))) {
            run.step()
            run.rows[depth] = end
            if (test(run)) values.push(of === null ? true : of.of(run))
          }
          return figure(expression.function, values, of?.type ?? null, type)
        },
      }
    }
    case 'call':
      return call(
        expression.function,
        expression.arguments.map(argument => compileExpression(argument, scope)),
        expression.type,
      )
    case 'condition': {
      const test = compilePredicate(expression.of, scope)
      return { type: booleanType, of: test }
    }
    case 'caller':
    case 'now':
      throw new Error(
        `The plan still has a ${expression.kind} expression, which the planner has to turn into a parameter.`,
      )
  }
}

export function compilePredicate(predicate: Predicate, scope: Scope): Test {
  switch (predicate.kind) {
    case 'constant':
      return () => predicate.value
    case 'and': {
      const tests = predicate.of.map(one => compilePredicate(one, scope))
      return run => tests.every(test => test(run))
    }
    case 'or': {
      const tests = predicate.of.map(one => compilePredicate(one, scope))
      return run => tests.some(test => test(run))
    }
    case 'not': {
      const test = compilePredicate(predicate.of, scope)
      return run => !test(run)
    }
    case 'compare': {
      const [left, right] = [compileExpression(predicate.left, scope), compileExpression(predicate.right, scope)]
      const compare = comparisonOf(left.type, right.type)
      const fulfils = comparisonOutcomes[predicate.operator]
      return run => {
        const [a, b] = [left.of(run), right.of(run)]
        return a !== null && b !== null && fulfils(compare(a, b))
      }
    }
    case 'in': {
      const [left, list] = [compileExpression(predicate.left, scope), compileExpression(predicate.list, scope)]
      const compare = comparisonOf(left.type, elementOf(list.type))
      return run => {
        const value = left.of(run)
        return value !== null && listOf(list.of(run)).some(element => element !== null && compare(value, element) === 0)
      }
    }
    case 'tupleIn': {
      const left = predicate.left.map(one => compileExpression(one, scope))
      const compare = left.map(({ type }) => comparisonOf(type, type))
      return run => {
        const values = left.map(({ of }) => of(run))
        if (values.includes(null)) return false
        return listOf(run.values[predicate.list.index] ?? null).some(tuple =>
          listOf(tuple).every(
            (wanted, index) => wanted !== null && compare[index]?.(values[index] ?? null, wanted) === 0,
          ),
        )
      }
    }
    case 'text': {
      const [left, right] = [compileExpression(predicate.left, scope), compileExpression(predicate.right, scope)]
      const fold = predicate.insensitive ? foldCase : (text: string) => text
      const matches = textOutcomes[predicate.operator]
      return run => {
        const [a, b] = [left.of(run), right.of(run)]
        return typeof a === 'string' && typeof b === 'string' && matches(fold(a), fold(b))
      }
    }
    case 'isNull': {
      const of = compileExpression(predicate.of, scope)
      return run => of.of(run) === null
    }
    case 'array': {
      const [left, right] = [compileExpression(predicate.left, scope), compileExpression(predicate.right, scope)]
      const element = elementOf(left.type)
      const compare = comparisonOf(element, element)
      return run => {
        const [a, b] = [left.of(run), right.of(run)]
        if (a === null || b === null) return false
        const holds = (wanted: Value): boolean =>
          listOf(a).some(own => own !== null && wanted !== null && compare(own, wanted) === 0)
        if (predicate.operator === 'has') return holds(b)
        return predicate.operator === 'hasAny' ? listOf(b).some(holds) : listOf(b).every(holds)
      }
    }
    case 'some':
      return compileSome(predicate, scope)
    case 'seek': {
      const terms = predicate.terms.map(term => {
        const of = compileExpression(term.of, scope)
        return {
          of: present(of.of, term.nullable),
          position: term.position.index,
          compare: ordering(of.type, term.direction),
        }
      })
      return run => {
        for (const { of, position, compare } of terms) {
          const order = compare(of(run), run.values[position] ?? null)
          if (order !== 0) return predicate.backward ? order < 0 : order > 0
        }
        return false
      }
    }
    case 'signedIn':
      throw new Error('The plan still asks whether somebody is signed in, which the planner has to decide.')
  }
}

/** Databases leave out what orders nulls where the plan says that there are none, so a plan that is wrong about it shows here. */
export function present(of: Typed['of'], nullable: boolean): Typed['of'] {
  if (nullable) return of
  return run => {
    const value = of(run)
    if (value === null) throw new Error('The plan orders rows by a value that it says is never null, and it is.')
    return value
  }
}

function compileSome(predicate: SomePredicate, scope: Scope): Test {
  const [model, row] = walk(predicate, scope)
  const relation = relationOf(modelOf(scope.graph, model), predicate.relation)
  const depth = scope.models.length
  const test = compilePredicate(predicate.where, within(scope, depth, relation.target))
  const links = compileLinks(predicate.links, relation, scope)
  return run => {
    const from = row(run)
    if (from === null) return false
    return related(run.layer, relation, from, links(run)).some(end => {
      run.step()
      run.rows[depth] = end
      return test(run)
    })
  }
}

/** Which links of a manyToMany count: a condition on the row of the join model, which stands where the related row does. */
export function compileLinks(
  links: Predicate | undefined,
  { through }: RelationNode,
  scope: Scope,
): (run: Run) => ((link: Row) => boolean) | null {
  if (links === undefined || through === null) return () => null
  const depth = scope.models.length
  const test = compilePredicate(links, within(scope, depth, through.model))
  return run => link => {
    run.step()
    run.rows[depth] = link
    return test(run)
  }
}

/** The model and the row that a reference leads to; null when a to-one relation on the way leads nowhere. */
function walk(reference: RowReference, scope: Scope): readonly [string, (run: Run) => Row | null] {
  let model = scope.models[reference.row]
  if (model === undefined) throw new Error(`The plan names row ${reference.row}, which is not around this expression.`)
  const relations = reference.path.map(name => {
    const relation = relationOf(modelOf(scope.graph, model ?? ''), name)
    model = relation.target
    return relation
  })
  return [
    model,
    run => {
      let row: Row | null = run.rows[reference.row] ?? null
      for (const relation of relations) {
        if (row === null) return null
        row = related(run.layer, relation, row)[0] ?? null
      }
      return row
    },
  ]
}

function parameterType(parameter: Parameter | undefined): FieldType {
  if (parameter === undefined) throw new Error('The plan names a parameter that it does not have.')
  if (parameter.source === 'limit' || parameter.source === 'offset') return integerType
  const list = (parameter.source === 'request' || parameter.source === 'step') && parameter.list
  return list ? { kind: 'array', options: {}, element: parameter.type } : parameter.type
}

const elementOf = (type: FieldType): FieldType => type.element ?? type

const listOf = (value: Value): readonly Value[] => (isList(value) ? value : [])

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

type Call = Extract<Expression, { kind: 'call' }>['function']

function call(name: Call, given: readonly Typed[], type: FieldType): Typed {
  if (name === 'coalesce') {
    const converted = given.map(one => ({ of: one.of, convert: conversion(one.type, type) }))
    return {
      type,
      of: run => {
        for (const { of, convert } of converted) {
          const value = of(run)
          if (value !== null) return convert(value)
        }
        return null
      },
    }
  }
  const apply = functionOf(name, given, type)
  return {
    type,
    of: run => {
      const values = given.map(one => one.of(run))
      return values.includes(null) ? null : apply(values)
    },
  }
}

function functionOf(
  name: Exclude<Call, 'coalesce'>,
  given: readonly Typed[],
  type: FieldType,
): (values: readonly Value[]) => Value {
  switch (name) {
    case 'concat':
      return values => values.map(textOf).join('')
    case 'lower':
      return ([text]) => foldCase(textOf(text ?? null))
    case 'upper':
      return ([text]) => upperCase(textOf(text ?? null))
    case 'length':
      return ([text]) => codePointLength(textOf(text ?? null))
    case 'add':
    case 'subtract':
    case 'multiply': {
      const storage = storageOf(type)
      if (storage === 'float' || given.some(one => storageOf(one.type) === 'float')) {
        return values => values.map(Number).reduce((left, right) => finite(floats[name](left, right)))
      }
      return values =>
        fromExact(
          values.map(exact).reduce((left, right) => calculate(name, left, right)),
          storage,
          scaleOf(type),
        )
    }
  }
}

const floats = {
  add: (left: number, right: number) => left + right,
  subtract: (left: number, right: number) => left - right,
  multiply: (left: number, right: number) => left * right,
}
