/** Symbols that stand for a row: `row` itself, what its to-one relations lead to, and the rows inside `some` and `count`. */
import { refusal } from '../../error/index.ts'
import { isFunction, nearest } from '../../lib/index.ts'
import { type AggregateFunction, always, type Expression, type Predicate } from '../expression.ts'
import type { FieldNode, ModelNode, RelationNode } from '../graph.ts'
import { isToMany } from '../is-to-many.ts'
import { kindOf } from '../kind/index.ts'
import type { FieldType } from '../value.ts'
import { Condition, condition, describeGiven, placeOf } from './condition.ts'
import { embedExpression } from './embed.ts'
import { aggregateType } from './expression-type.ts'
import {
  type Below,
  isExpressionSymbol,
  misused,
  noteRowKey,
  operand,
  refuseArguments,
  refuseRow,
  refuseValue,
} from './literal.ts'
import { attachReads, attachRow, type SymbolRead } from './reads.ts'
import { modelIn, type Session } from './session.ts'
import { given, hand } from './trial.ts'
import { ValueSymbol } from './value-symbol.ts'

/** What filters call it, and rules do not. */
const filterWords: Readonly<Record<string, string>> = { eq: 'is', equals: 'is', ne: 'isNot' }

/** Where a row symbol stands: a row token, the relations walked from it, and the reads on the way. */
interface Standpoint {
  readonly session: Session
  readonly model: ModelNode
  readonly token: number
  readonly path: readonly string[]
  readonly nullable: boolean
  readonly reads: readonly SymbolRead[]
  /** How messages call it: `row`, `row.author`. */
  readonly name: string
}

/** The symbol of a row. Its properties are the model's fields, relations and computed fields. */
export function rowSymbol(session: Session, model: ModelNode, token: number, name: string): object {
  const key = model.key.map(field => `${name}.${field}`).join(' and ')
  return symbolAt({ session, model, token, path: [], nullable: false, reads: [], name }, {}, key)
}

/** `key`: how its key is written in declarations, for messages. */
function symbolAt(at: Standpoint, own: object, key: string): object {
  const { model } = at
  const proxy: object = new Proxy(own, {
    get: function readSymbol(target, property): unknown {
      if (typeof property === 'symbol') return property === Symbol.toPrimitive ? refuseValue(at.name) : undefined
      if (Object.hasOwn(target, property)) return Reflect.get(target, property)
      const field = model.fields[property]
      if (field !== undefined) return fieldSymbol(at, field, record(at, property, readSymbol))
      const relation = model.relations[property]
      if (relation !== undefined) return relationSymbol(at, relation, record(at, property, readSymbol))
      const computed = model.computed[property]
      if (computed !== undefined) {
        const reads = record(at, property, readSymbol)
        const expression = embedExpression(computed.expression, at.session, at.token, at.path)
        const name = `${at.name}.${property}`
        const nullable = at.nullable || computed.nullable
        return hand(new ValueSymbol(attachReads(expression, reads), computed.type, nullable, name), name)
      }
      throw refusal('boot.symbol-unknown', {
        model: model.name,
        name: property,
        nearest:
          filterWords[property] ??
          nearest(property, [
            ...Object.keys(model.fields),
            ...Object.keys(model.relations),
            ...Object.keys(model.computed),
          ]),
        place: placeOf(readSymbol),
      })
    },
    set: refuseChange,
    deleteProperty: refuseChange,
    defineProperty: refuseChange,
  })
  noteRowKey(proxy, key)
  return hand(proxy, at.name)
}

const refuseChange = (): boolean => false

function record(at: Standpoint, property: string, below: Below): readonly SymbolRead[] {
  const read: SymbolRead = { symbol: `${at.name}.${property}`, place: placeOf(below) }
  at.session.reads.push(read)
  return [...at.reads, read]
}

/**
 * What is asked with the caller's rights has no value where a row on the way is none of the caller's: there each relation of the path is followed
 * as one to related rows is. Kinds without an order have no least value, and are read along the path.
 */
function fieldExpression(at: Standpoint, field: string, reads: readonly SymbolRead[]): Expression {
  const type = at.model.fields[field]?.type
  const guarded = at.session.authority === 'caller' && type !== undefined && kindOf(type).sortable
  return attachReads(
    guarded
      ? alongSeenRows(at.session, at.token, at.path, row => ({ kind: 'field', row, path: [], field }))
      : { kind: 'field', row: at.token, path: at.path, field },
    reads,
  )
}

/** A value of the row at the end of a path; null where a row on the way is none of the caller's. */
function alongSeenRows(
  session: Session,
  row: number,
  [relation, ...rest]: readonly string[],
  last: (row: number) => Expression,
): Expression {
  if (relation === undefined) return last(row)
  const token = session.bindRow()
  const of = alongSeenRows(session, token, rest, last)
  const { authority } = session
  return attachRow({ kind: 'aggregate', function: 'min', row, path: [], relation, where: always, of, authority }, token)
}

function fieldSymbol(at: Standpoint, field: FieldNode, reads: readonly SymbolRead[]): ValueSymbol {
  const name = `${at.name}.${field.name}`
  const of = fieldExpression(at, field.name, reads)
  return hand(new ValueSymbol(of, field.type, at.nullable || field.nullable, name), name)
}

function relationSymbol(at: Standpoint, relation: RelationNode, reads: readonly SymbolRead[]): object {
  const name = `${at.name}.${relation.name}`
  if (isToMany(relation)) {
    return hand(new ManySymbol(at, relation, reads, name), name)
  }
  const target: Standpoint = {
    session: at.session,
    model: modelIn(at.session.graph, relation.target),
    token: at.token,
    path: [...at.path, relation.name],
    nullable: at.nullable || relation.nullable,
    reads,
    name,
  }
  const key = (
    relation.kind === 'belongsTo'
      ? relation.on.map(({ local }) => `${at.name}.${local}`)
      : target.model.key.map(field => `${name}.${field}`)
  ).join(' and ')
  // Methods, not fields: the names are reserved, so no model has them.
  const own = {
    is: function is(key: unknown): Condition {
      return condition(keyPredicate(at, target, relation, key, is))
    },
    isNot: function isNot(key: unknown): Condition {
      const differs: Predicate = { kind: 'not', of: keyPredicate(at, target, relation, key, isNot) }
      const present: Predicate = { kind: 'not', of: isAbsent(at, relation, reads) }
      return condition(target.nullable ? { kind: 'and', of: [present, differs] } : differs)
    },
    isNull: function isNull(...given: readonly unknown[]): Condition {
      refuseArguments(given, `${name}.isNull()`, isNull)
      return condition(isAbsent(at, relation, reads))
    },
  }
  return symbolAt(target, own, key)
}

function isAbsent(at: Standpoint, relation: RelationNode, reads: readonly SymbolRead[]): Predicate {
  const [first] = relation.on
  if (relation.kind === 'belongsTo' && first !== undefined)
    return { kind: 'isNull', of: fieldExpression(at, first.local, reads) }
  return { kind: 'not', of: someRow(at, relation, reads, at.session.bindRow(), always) }
}

/** The relation leads to the row with this key. For belongsTo the row's own scalars tell, without following it. */
function keyPredicate(
  at: Standpoint,
  target: Standpoint,
  relation: RelationNode,
  key: unknown,
  below: Below,
): Predicate {
  const fields = target.model.key
  const name = `${target.name}.is()`
  if (fields.length === 0) throw misused(name, `${target.model.name} has no key`, below)
  const parts = fields.map(field => {
    const part = fields.length === 1 ? key : partOf(key, field, name, below)
    const node = target.model.fields[field]
    if (node === undefined) throw new TypeError(`${target.model.name} has no field "${field}".`)
    const local = relation.kind === 'belongsTo' ? relation.on.find(pair => pair.remote === field)?.local : undefined
    const left =
      local === undefined ? fieldExpression(target, field, target.reads) : fieldExpression(at, local, target.reads)
    return { kind: 'compare', operator: 'eq', left, right: operand(part, node.type, name, below) } satisfies Predicate
  })
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', of: parts }
}

function partOf(key: unknown, field: string, name: string, below: Below): unknown {
  const whole = given(key)
  if (typeof whole === 'object' && whole !== null && !isExpressionSymbol(whole) && Object.hasOwn(whole, field))
    return Reflect.get(whole, field)
  refuseRow(whole, name, below)
  throw misused(
    name,
    `it wants an object with "${field}" and the key's other fields, not ${describeGiven(whole)}`,
    below,
  )
}

function someRow(
  at: Standpoint,
  relation: RelationNode,
  reads: readonly SymbolRead[],
  token: number,
  where: Predicate,
): Predicate {
  const { session, path } = at
  const { authority } = session
  const some = (row: number, along: readonly string[], name: string, bound: number, inside: Predicate): Predicate =>
    attachRow({ kind: 'some', row, path: along, relation: name, where: inside, authority }, bound)
  if (authority === 'schema') return attachReads(some(at.token, path, relation.name, token, where), reads)
  // With the caller's rights each row on the way has to be one of the caller's, as in `alongSeenRows`.
  const through = (row: number, [first, ...rest]: readonly string[]): Predicate => {
    if (first === undefined) return some(row, [], relation.name, token, where)
    const bound = session.bindRow()
    return some(row, [], first, bound, through(bound, rest))
  }
  return attachReads(through(at.token, path), reads)
}

const orZero = (value: Expression, type: FieldType): Expression => ({
  kind: 'call',
  function: 'coalesce',
  arguments: [value, { kind: 'literal', value: 0, type }],
  type,
})

/** A to-many relation. */
class ManySymbol {
  readonly #at: Standpoint
  readonly #relation: RelationNode
  readonly #reads: readonly SymbolRead[]
  readonly #name: string

  constructor(at: Standpoint, relation: RelationNode, reads: readonly SymbolRead[], name: string) {
    this.#at = at
    this.#relation = relation
    this.#reads = reads
    this.#name = name
  }

  some(where?: unknown): Condition {
    const { token, predicate } = this.#bind(where, 'some', this.some)
    return condition(someRow(this.#at, this.#relation, this.#reads, token, predicate))
  }

  none(where?: unknown): Condition {
    const { token, predicate } = this.#bind(where, 'none', this.none)
    return condition({ kind: 'not', of: someRow(this.#at, this.#relation, this.#reads, token, predicate) })
  }

  every(where: unknown): Condition {
    const { token, predicate } = this.#bind(where, 'every', this.every)
    const exception = someRow(this.#at, this.#relation, this.#reads, token, { kind: 'not', of: predicate })
    return condition({ kind: 'not', of: exception })
  }

  count(where?: unknown): ValueSymbol {
    return this.#aggregate('count', undefined, where, this.count)
  }

  sum(of: unknown, where?: unknown): ValueSymbol {
    return this.#aggregate('sum', of, where, this.sum)
  }

  avg(of: unknown, where?: unknown): ValueSymbol {
    return this.#aggregate('avg', of, where, this.avg)
  }

  min(of: unknown, where?: unknown): ValueSymbol {
    return this.#aggregate('min', of, where, this.min)
  }

  max(of: unknown, where?: unknown): ValueSymbol {
    return this.#aggregate('max', of, where, this.max)
  }

  [Symbol.toPrimitive](): never {
    throw misused(this.#name, 'it stands for rows that are only known when a request runs', this[Symbol.toPrimitive])
  }

  #row(token: number): object {
    const { session } = this.#at
    return rowSymbol(session, modelIn(session.graph, this.#relation.target), token, this.#relation.name)
  }

  #bind(where: unknown, method: string, below: Below): { token: number; predicate: Predicate } {
    const token = this.#at.session.bindRow()
    if (where === undefined) return { token, predicate: always }
    const name = `${this.#name}.${method}()`
    if (!isFunction(where)) throw misused(name, `it wants a function, not ${describeGiven(where)}`, below)
    const result = given(where(this.#row(token)))
    if (!(result instanceof Condition)) {
      throw misused(name, `its function gives ${describeGiven(result)}, not a condition`, below)
    }
    return { token, predicate: result['~predicate'] }
  }

  #aggregate(method: AggregateFunction, of: unknown, where: unknown, below: Below): ValueSymbol {
    const name = `${this.#name}.${method}()`
    const { token, predicate } = this.#bind(where, method, below)
    let value: { readonly of?: Expression } = {}
    let valueType = null
    if (method !== 'count') {
      const summed = given(isFunction(of) ? of(this.#row(token)) : of)
      if (!isExpressionSymbol(summed))
        throw misused(name, `it wants a function that gives a field, not ${describeGiven(summed)}`, below)
      value = { of: summed['~expression'] }
      valueType = summed['~type']
    }
    const result = aggregateType(method, valueType)
    if (result === undefined) throw misused(name, `there is no ${method} of ${valueType?.kind ?? 'rows'}`, below)
    const { session, token: start, path } = this.#at
    const { authority } = session
    const over = (row: number, along: readonly string[]): Expression => {
      const relation = this.#relation.name
      const figure = { function: method, row, path: along, relation, where: predicate, ...value, authority }
      return attachRow<Expression>({ kind: 'aggregate', ...figure }, token)
    }
    const isGuarded = authority === 'caller' && path.length > 0
    const figure = isGuarded ? alongSeenRows(session, start, path, row => over(row, [])) : over(start, path)
    // Behind a row that is none of the caller's there are no rows.
    const counted = isGuarded && method === 'count' ? orZero(figure, result.type) : figure
    return hand(new ValueSymbol(attachReads(counted, this.#reads), result.type, result.nullable, name), name)
  }
}
