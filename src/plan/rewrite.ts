/**
 * Turns a declared condition or expression (a rule, a computed field, a projection) into its form inside a plan: rows renumbered to
 * where it stands, caller and moment bound, what the caller alone decides answered, and the conditions of related rows added.
 */
import {
  always,
  type Authority,
  callerOnlyAttributes,
  type Expression,
  fieldOf,
  isAlways,
  isNever,
  isToMany,
  type ModelNode,
  never,
  type Predicate,
  type RelationNode,
  relationOf,
  storedLiteral,
} from '../model/index.ts'
import type { Slot, SlotType } from '../query/index.ts'
import { constantOf } from './constant.ts'
import { allOf, anyOf, not } from './fold.ts'
import type { Planning } from './planning.ts'
import type { Standpoint } from './standpoint.ts'

/** Where a declared condition stands in the plan. */
export interface Place {
  /** The declaration's own row 0, or a row that it binds itself. */
  readonly at: Standpoint
  /** Added to each row number of the declaration. */
  readonly shift: number
  /** The types of the request's slots that the declaration refers to as parameters. */
  readonly slots: Readonly<Record<Slot, SlotType>>
  readonly rights: Readonly<Record<Authority, Rights>>
}

/** Which rows a condition finds over a relation. */
interface Rights {
  /** Which rows at the other end exist; `at` is the related row. */
  related(at: Standpoint, relation: RelationNode): Predicate
  /** Which rows of the join model of a manyToMany tie rows together; `around` is the row without the related one. */
  links(around: Standpoint, relation: RelationNode): Predicate
}

export function rewritePredicate(place: Place, predicate: Predicate): Predicate {
  const attributes = predicate.kind === 'constant' ? null : callerOnlyAttributes(predicate)
  if (attributes !== null) {
    if (mentionsSignedIn(predicate)) place.at.planning.noteSignedIn()
    return place.at.planning.ask(predicate, attributes) ? always : never
  }
  const expression = (each: Expression): Expression => rewriteExpression(place, each)
  switch (predicate.kind) {
    case 'constant':
    case 'signedIn':
      return predicate
    case 'and':
      return allOf(...predicate.of.map(member => rewritePredicate(place, member)))
    case 'or':
      return anyOf(...predicate.of.map(member => rewritePredicate(place, member)))
    case 'not':
      return not(rewritePredicate(place, predicate.of))
    case 'compare':
    case 'text':
    case 'array': {
      const [left, right] = [expression(predicate.left), expression(predicate.right)]
      return decided(place.at.planning, { ...predicate, left, right }, left, right)
    }
    case 'in': {
      const [left, list] = [expression(predicate.left), expression(predicate.list)]
      return decided(place.at.planning, { ...predicate, left, list }, left, list)
    }
    case 'isNull': {
      const of = expression(predicate.of)
      const constant = constantOf(of)
      return constant === null ? { kind: 'isNull', of } : constant.value === null ? always : never
    }
    case 'some': {
      const row = predicate.row + place.shift
      const relation = relationAt(place, row, predicate.path, predicate.relation)
      const inner = place.at.inside(relation.target)
      const rights = place.rights[predicate.authority]
      const where = allOf(rights.related(inner, relation), rewritePredicate({ ...place, at: inner }, predicate.where))
      const links = rights.links(place.at, relation)
      return isNever(where) || isNever(links) ? never : { ...predicate, row, where, ...withLinks(links) }
    }
    case 'tupleIn':
    case 'seek':
      throw new Error(`${predicate.kind} is made by the planner and cannot be declared`)
    default:
      return predicate satisfies never
  }
}

export function rewriteExpression(place: Place, expression: Expression): Expression {
  switch (expression.kind) {
    case 'literal':
      return storedLiteral(expression)
    case 'field': {
      const row = expression.row + place.shift
      noteField(place, row, expression.path, expression.field)
      return { ...expression, row }
    }
    case 'caller':
      return place.at.planning.callerAttribute(expression.attribute)
    case 'now':
      return place.at.planning.moment()
    case 'parameter': {
      const slot = place.slots[expression.index]
      if (slot === undefined) throw new Error(`The declaration refers to slot ${expression.index}, which has no type`)
      return place.at.planning.parameter({
        source: 'request',
        slot: expression.index,
        ...slot,
        name: `#${expression.index}`,
      })
    }
    case 'aggregate': {
      if (expression.function === 'sum' || expression.function === 'avg') place.at.planning.countCalculation()
      const row = expression.row + place.shift
      const relation = relationAt(place, row, expression.path, expression.relation)
      const inner = { ...place, at: place.at.inside(relation.target) }
      const rights = place.rights[expression.authority]
      const links = rights.links(place.at, relation)
      const where = allOf(rights.related(inner.at, relation), rewritePredicate(inner, expression.where))
      const rewritten = isNever(links)
        ? { ...expression, row, where: never }
        : { ...expression, row, where, ...withLinks(links) }
      if (expression.of === undefined) return rewritten
      const of = rewriteExpression(inner, expression.of)
      // The least or greatest of the one row that the relation leads to, where nothing hides it, is its field. A sum is of another type.
      return !isToMany(relation) &&
        (expression.function === 'min' || expression.function === 'max') &&
        of.kind === 'field' &&
        of.row === inner.at.row &&
        isAlways(where)
        ? { ...of, row, path: [...expression.path, relation.name, ...of.path] }
        : { ...rewritten, of }
    }
    case 'call':
      if (arithmetic.has(expression.function)) place.at.planning.countCalculation()
      return { ...expression, arguments: expression.arguments.map(each => rewriteExpression(place, each)) }
    case 'condition':
      return { kind: 'condition', of: rewritePredicate(place, expression.of) }
    default:
      return expression satisfies never
  }
}

const arithmetic: ReadonlySet<string> = new Set(['add', 'subtract', 'multiply'])

/** A comparison that holds, or does not hold, for every row, because what it compares has become constant for this class of caller. */
function decided(planning: Planning, comparison: Predicate, left: Expression, right: Expression): Predicate {
  const [one, other] = [constantOf(left), constantOf(right)]
  if (one?.value === null || other?.value === null) return never
  if (one === null || other === null) return comparison
  const constants =
    comparison.kind === 'in' ? { ...comparison, left: one, list: other } : { ...comparison, left: one, right: other }
  return planning.ask(constants as Predicate, []) ? always : never
}

/** As a property of whatever follows a relation; nothing where every link counts. */
export const withLinks = (links: Predicate): { readonly links?: Predicate } => (isAlways(links) ? {} : { links })

function mentionsSignedIn(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'signedIn':
      return true
    case 'and':
    case 'or':
      return predicate.of.some(mentionsSignedIn)
    case 'not':
      return mentionsSignedIn(predicate.of)
    default:
      return false
  }
}

/** Follows to-one relations from a row, noting what is read on the way. */
function modelAt(place: Place, row: number, path: readonly string[]): ModelNode {
  const { planning, models } = place.at
  let model = models[row]
  if (model === undefined) throw new Error(`There is no row ${row} around the condition`)
  for (const name of path) {
    const relation = relationOf(model, name)
    planning.noteLink(model, relation)
    model = planning.model(relation.target)
  }
  return model
}

function relationAt(place: Place, row: number, path: readonly string[], name: string): RelationNode {
  const model = modelAt(place, row, path)
  const relation = relationOf(model, name)
  place.at.planning.noteLink(model, relation)
  return relation
}

function noteField(place: Place, row: number, path: readonly string[], field: string): void {
  const model = modelAt(place, row, path)
  place.at.planning.noteRead(model.name, fieldOf(model, field).name)
}
