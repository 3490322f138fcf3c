/**
 * Conditions and expressions over rows, as semantics 4 and 6 say: two truth values, null compares to nothing, relations reach the rows
 * that the named authority may see.
 */
import type { Expression, FieldType, Predicate, RelationNode, RowReference, Value } from '../../src/model/index.ts'
import type { Caller } from '../../src/query/index.ts'
import { type Datum, decode, decodeList, folded, numberOf, order, sortOrder, text, truth, whole } from './datum.ts'
import { linked, modelOf, type Row, type World } from './world.ts'

export interface Placed {
  readonly model: string
  readonly row: Row
}

/** Values that a condition of the application takes from the request. */
export type Slots = (index: number) => Datum

export class Judge {
  readonly world: World
  readonly caller: Caller
  readonly now: string

  constructor(world: World, caller: Caller, now: string) {
    this.world = world
    this.caller = caller
    this.now = now
  }

  /** Scopes hide a row from everybody; soft deletion is one of them. */
  inScope(model: string, row: Row): boolean {
    return modelOf(this.world, model).scopes.every(scope => this.holds(scope.predicate, [{ model, row }]))
  }

  mayRead(model: string, row: Row): boolean {
    if (this.caller.class === 'system') return true
    const rules = modelOf(this.world, model).rules
    return rules !== null && this.holds(rules.read, [{ model, row }])
  }

  /** The rows of a relation that exist for the authority. */
  reached(relation: RelationNode, row: Row, authority: 'schema' | 'caller'): readonly Row[] {
    const exists = (model: string, one: Row): boolean =>
      this.inScope(model, one) &&
      (authority === 'schema' || modelOf(this.world, model).hidden || this.mayRead(model, one))
    const links = (join: string, link: Row): boolean =>
      exists(join, link) && (authority === 'schema' || this.showsEnds(relation, join, link))
    return linked(this.world, relation, row, links).filter(
      end => exists(relation.target, end) && (authority === 'schema' || this.showsBack(relation, end)),
    )
  }

  /** Whether the row at the other end shows the caller the same link, where it has a name for it. */
  showsBack({ kind, target, inverse }: RelationNode, end: Row): boolean {
    if (this.caller.class === 'system' || kind === 'belongsTo' || inverse === null) return true
    const { rules, fields, relations } = modelOf(this.world, target)
    const scalars = relations[inverse]?.on.map(({ local }) => local) ?? []
    return [inverse, ...scalars].every(name => {
      const rule = rules?.fields[name]?.read
      return fields[name]?.private !== true && (rule === undefined || this.holds(rule, [{ model: target, row: end }]))
    })
  }

  /** Whether the caller sees of a link which rows it ties together: its fields and relations may have rules of their own. */
  showsEnds({ through }: RelationNode, join: string, link: Row): boolean {
    const { hidden, rules, fields } = modelOf(this.world, join)
    if (this.caller.class === 'system' || hidden || through === null) return true
    return [...through.local, ...through.remote].every(({ through: name }) =>
      [name, fields[name]?.relation ?? name].every(one => {
        const rule = rules?.fields[one]?.read
        return rule === undefined || this.holds(rule, [{ model: join, row: link }])
      }),
    )
  }

  relation(model: string, name: string): RelationNode {
    const relation = modelOf(this.world, model).relations[name]
    if (relation === undefined) throw new Error(`The oracle knows no relation ${model}.${name}.`)
    return relation
  }

  /** Follows to-one relations with the schema's rights. */
  walk(reference: RowReference, rows: readonly Placed[]): Placed | null {
    let place: Placed | null = rows[reference.row] ?? null
    for (const name of reference.path) {
      if (place === null) return null
      const relation = this.relation(place.model, name)
      // A reference is followed to what it names, as it would be read off the row itself: scopes hide rows from lists.
      const row: Row | undefined = linked(this.world, relation, place.row, () => true)[0]
      place = row === undefined ? null : { model: relation.target, row }
    }
    return place
  }

  fieldType(model: string, name: string): FieldType {
    const node = modelOf(this.world, model)
    const type = node.fields[name]?.type ?? node.computed[name]?.type
    if (type === undefined) throw new Error(`The oracle knows no field ${model}.${name}.`)
    return type
  }

  /** A stored or computed field of a row. */
  field(model: string, row: Row, name: string): Datum {
    const computed = modelOf(this.world, model).computed[name]
    if (computed !== undefined) return this.value(computed.expression, [{ model, row }])
    return decode(row[name] ?? null, this.fieldType(model, name))
  }

  attribute(name: string): Datum {
    const model = this.world.graph.caller
    if (this.caller.class !== 'signedIn' || model === null) return null
    const type = this.fieldType(model, name)
    return decode(this.caller.attributes[name] ?? null, type)
  }

  value(expression: Expression, rows: readonly Placed[], slots: Slots = noSlots): Datum {
    switch (expression.kind) {
      case 'field': {
        const place = this.walk(expression, rows)
        return place === null ? null : this.field(place.model, place.row, expression.field)
      }
      case 'literal':
        return decodeLiteral(expression.value, expression.type)
      case 'parameter':
        return slots(expression.index)
      case 'caller':
        return this.attribute(expression.attribute)
      case 'now':
        return text(this.now)
      case 'condition':
        return truth(this.holds(expression.of, rows, slots))
      case 'aggregate': {
        const place = this.walk(expression, rows)
        if (place === null) return figure(expression.function, [])
        const relation = this.relation(place.model, expression.relation)
        const ends = this.reached(relation, place.row, expression.authority)
          .map((row): readonly Placed[] => [...rows, { model: relation.target, row }])
          .filter(around => this.holds(expression.where, around, slots))
        const { of } = expression
        return figure(
          expression.function,
          ends.map(around => (of === undefined ? truth(true) : this.value(of, around, slots))),
        )
      }
      case 'call':
        return apply(
          expression.function,
          expression.arguments.map(argument => this.value(argument, rows, slots)),
        )
    }
  }

  holds(predicate: Predicate, rows: readonly Placed[], slots: Slots = noSlots): boolean {
    switch (predicate.kind) {
      case 'constant':
        return predicate.value
      case 'and':
        return predicate.of.every(one => this.holds(one, rows, slots))
      case 'or':
        return predicate.of.some(one => this.holds(one, rows, slots))
      case 'not':
        return !this.holds(predicate.of, rows, slots)
      case 'signedIn':
        return this.caller.class === 'signedIn'
      case 'isNull':
        return this.value(predicate.of, rows, slots) === null
      case 'some': {
        const place = this.walk(predicate, rows)
        if (place === null) return false
        const relation = this.relation(place.model, predicate.relation)
        return this.reached(relation, place.row, predicate.authority).some(row =>
          this.holds(predicate.where, [...rows, { model: relation.target, row }], slots),
        )
      }
      case 'compare':
        return compares(
          predicate.operator,
          this.value(predicate.left, rows, slots),
          this.value(predicate.right, rows, slots),
        )
      case 'in':
        return compares('in', this.value(predicate.left, rows, slots), this.value(predicate.list, rows, slots))
      case 'array':
        return compares(
          predicate.operator,
          this.value(predicate.left, rows, slots),
          this.value(predicate.right, rows, slots),
        )
      case 'text':
        return compares(
          `${predicate.insensitive ? 'i' : ''}${predicate.operator}`,
          this.value(predicate.left, rows, slots),
          this.value(predicate.right, rows, slots),
        )
      case 'seek':
      case 'tupleIn':
        throw new Error('Only plans hold page positions and lists of keys.')
    }
  }
}

const noSlots: Slots = index => {
  throw new Error(`There is no value in slot ${index}.`)
}

/** A literal list stands under the type of its elements or of the list. */
export const decodeLiteral = (value: Value, type: FieldType): Datum =>
  Array.isArray(value) && type.kind !== 'json' ? decodeList(value, type.element ?? type) : decode(value, type)

const members = (list: Datum): readonly Datum[] => (list !== null && list.is === 'list' ? list.value : [])
const equal = (left: Datum, right: Datum): boolean => left !== null && right !== null && order(left, right) === 0
const characters = (datum: Datum): string => (datum !== null && datum.is === 'text' ? datum.value : '')

/** One comparison; with a null on either side every one of them is false. */
export function compares(operator: string, left: Datum, right: Datum): boolean {
  if (left === null || right === null) return false
  const fold = /^i(?:equals|contains|startsWith|endsWith)$/.test(operator) ? folded : (value: string) => value
  switch (operator) {
    case 'eq':
      return equal(left, right)
    case 'ne':
      return !equal(left, right)
    case 'lt':
      return order(left, right) < 0
    case 'lte':
      return order(left, right) <= 0
    case 'gt':
      return order(left, right) > 0
    case 'gte':
      return order(left, right) >= 0
    case 'in':
      return members(right).some(one => equal(left, one))
    case 'notIn':
      return !members(right).some(one => equal(left, one))
    case 'equals':
    case 'iequals':
      return fold(characters(left)) === fold(characters(right))
    case 'contains':
    case 'icontains':
      return fold(characters(left)).includes(fold(characters(right)))
    case 'startsWith':
    case 'istartsWith':
      return fold(characters(left)).startsWith(fold(characters(right)))
    case 'endsWith':
    case 'iendsWith':
      return fold(characters(left)).endsWith(fold(characters(right)))
    case 'has':
      return members(left).some(one => equal(one, right))
    case 'hasAny':
      return members(right).some(wanted => members(left).some(one => equal(one, wanted)))
    case 'hasAll':
      return members(right).every(wanted => members(left).some(one => equal(one, wanted)))
    default:
      throw new Error(`The oracle knows no operator ${operator}.`)
  }
}

/** A count, or a figure over the values that are not null; null when there are none. */
export function figure(name: 'count' | 'sum' | 'avg' | 'min' | 'max', all: readonly Datum[]): Datum {
  const values = all.filter(value => value !== null)
  const first = values[0]
  if (name === 'count') return whole(values.length)
  if (first === undefined) return null
  if (name === 'min' || name === 'max') {
    return (
      values.toSorted((left, right) => sortOrder(left, right, name === 'min' ? 'ascending' : 'descending'))[0] ?? null
    )
  }
  if (first.is !== 'exact') {
    const sum = values.reduce((total, value) => total + numberOf(value), 0)
    return { is: 'float', value: name === 'sum' ? sum : sum / values.length }
  }
  const sum = values.map(value => apply('add', [value])).reduce((left, right) => apply('add', [left, right]))
  if (name === 'sum' || sum === null || sum.is !== 'exact') return sum
  return { is: 'float', value: numberOf(sum) / values.length }
}

function apply(name: Extract<Expression, { kind: 'call' }>['function'], values: readonly Datum[]): Datum {
  if (name === 'coalesce') return values.find(value => value !== null) ?? null
  const present = values.filter(value => value !== null)
  const first = present[0]
  if (present.length < values.length || first === undefined) return null
  switch (name) {
    case 'concat':
      return text(present.map(characters).join(''))
    case 'lower':
      return text(folded(characters(first)))
    case 'upper':
      return text(characters(first).toUpperCase())
    case 'length':
      return whole(Array.from(characters(first)).length)
    default:
      return present.reduce((left, right) => calculate(name, left, right))
  }
}

function calculate(
  name: 'add' | 'subtract' | 'multiply',
  left: Exclude<Datum, null>,
  right: Exclude<Datum, null>,
): Exclude<Datum, null> {
  if (left.is === 'exact' && right.is === 'exact') {
    if (name === 'multiply')
      return { is: 'exact', digits: left.digits * right.digits, places: left.places + right.places }
    const places = Math.max(left.places, right.places)
    const [a, b] = [
      left.digits * 10n ** BigInt(places - left.places),
      right.digits * 10n ** BigInt(places - right.places),
    ]
    return { is: 'exact', digits: name === 'add' ? a + b : a - b, places }
  }
  const [a, b] = [numberOf(left), numberOf(right)]
  return { is: 'float', value: name === 'add' ? a + b : name === 'subtract' ? a - b : a * b }
}
