/** What can be said of a rule before any row is looked at: it is true, it is false, or it depends on the row. */
import type { Expression, Predicate, RelationNode } from '../../src/model/index.ts'
import type { Datum } from './datum.ts'
import { compares, decodeLiteral, type Judge } from './evaluate.ts'
import { text, truth, whole } from './datum.ts'
import { modelOf } from './world.ts'

export type Certainty = boolean | 'row'

const unknown = { is: 'unknown' } as const

/** A rule as this very caller meets it. */
export function certainty(judge: Judge, predicate: Predicate): Certainty {
  switch (predicate.kind) {
    case 'constant':
      return predicate.value
    case 'signedIn':
      return judge.caller.class === 'signedIn'
    case 'and':
    case 'or': {
      const parts = predicate.of.map(one => certainty(judge, one))
      const decisive = predicate.kind === 'or'
      return parts.includes(decisive) ? decisive : parts.includes('row') ? 'row' : !decisive
    }
    case 'not': {
      const inner = certainty(judge, predicate.of)
      return inner === 'row' ? 'row' : !inner
    }
    case 'isNull': {
      const value = known(judge, predicate.of)
      return value === unknown ? 'row' : value === null
    }
    case 'compare':
      return compared(judge, predicate.operator, predicate.left, predicate.right)
    case 'in':
      return compared(judge, 'in', predicate.left, predicate.list)
    case 'array':
      return compared(judge, predicate.operator, predicate.left, predicate.right)
    case 'text':
      return compared(
        judge,
        `${predicate.insensitive ? 'i' : ''}${predicate.operator}`,
        predicate.left,
        predicate.right,
      )
    case 'some':
      return certainty(judge, predicate.where) === false ? false : 'row'
    case 'seek':
    case 'tupleIn':
      return 'row'
  }
}

function compared(judge: Judge, operator: string, left: Expression, right: Expression): Certainty {
  const [a, b] = [known(judge, left), known(judge, right)]
  // Nobody's attributes are null for all who are not signed in, so what compares with them is false for the whole class of callers.
  if (a === null || b === null) {
    const other = a ?? b
    return other !== null && other.is === 'unknown' && judge.caller.class === 'signedIn' ? 'row' : false
  }
  if (operator === 'in' && b.is === 'list' && b.value.length === 0) return false
  return a.is === 'unknown' || b.is === 'unknown' ? 'row' : compares(operator, a, b)
}

function known(judge: Judge, expression: Expression): Datum | typeof unknown {
  switch (expression.kind) {
    case 'literal':
      return decodeLiteral(expression.value, expression.type)
    case 'caller':
      return judge.attribute(expression.attribute)
    case 'now':
      return text(judge.now)
    case 'condition': {
      const certain = certainty(judge, expression.of)
      return certain === 'row' ? unknown : truth(certain)
    }
    case 'aggregate':
      if (certainty(judge, expression.where) !== false) return unknown
      return expression.function === 'count' ? whole(0) : null
    case 'call': {
      const parts = expression.arguments.map(argument => knownToClass(judge, argument))
      if (expression.function === 'coalesce') return parts.find(part => part !== null) ?? null
      return parts.includes(null) ? null : unknown
    }
    default:
      return unknown
  }
}

/** What is known of a value for every caller of the same class: whoever is signed in may have any attribute. */
const knownToClass = (judge: Judge, expression: Expression): Datum | typeof unknown =>
  expression.kind === 'caller' && judge.caller.class === 'signedIn' ? unknown : known(judge, expression)

/** Whether a model is closed to the caller whatever the row. */
export function modelClosed(judge: Judge, model: string): boolean {
  if (judge.caller.class === 'system') return false
  const rules = modelOf(judge.world, model).rules
  return rules === null || certainty(judge, rules.read) === false
}

/**
 * Whether a relation leads to a closed model, or goes by way of one. Links that Plinth keeps by itself have no rules of their own.
 */
export function relationClosed(judge: Judge, { target, through }: RelationNode): boolean {
  if (modelClosed(judge, target)) return true
  return through !== null && !modelOf(judge.world, through.model).hidden && modelClosed(judge, through.model)
}

/** Whether a rule speaks of nothing but the caller and constants. Only such a rule takes a field away; any other makes null of it. */
function asksCallerAlone(rule: Predicate): boolean {
  const plain = (expression: Expression): boolean => expression.kind === 'literal' || expression.kind === 'caller'
  switch (rule.kind) {
    case 'constant':
    case 'signedIn':
      return true
    case 'and':
    case 'or':
      return rule.of.every(asksCallerAlone)
    case 'not':
      return asksCallerAlone(rule.of)
    case 'isNull':
      return plain(rule.of)
    case 'compare':
    case 'text':
    case 'array':
      return plain(rule.left) && plain(rule.right)
    case 'in':
      return plain(rule.left) && plain(rule.list)
    default:
      return false
  }
}

/** Whether a field (or computed field, or relation) may be read: always, never, or depending on the row. */
export function fieldCertainty(judge: Judge, model: string, name: string): Certainty {
  if (judge.caller.class === 'system') return true
  const relation = modelOf(judge.world, model).relations[name]
  // What hides single links from the other end leaves rows out; what hides all of them closes this end, too.
  const isClosedThere =
    relation !== undefined &&
    relation.kind !== 'belongsTo' &&
    relation.inverse !== null &&
    certaintyHere(judge, relation.target, relation.inverse) === false
  return isClosedThere ? false : certaintyHere(judge, model, name)
}

function certaintyHere(judge: Judge, model: string, name: string): Certainty {
  const node = modelOf(judge.world, model)
  const field = node.fields[name]
  if (field !== undefined && (field.private || field.writeOnly)) return false
  const rule = node.rules?.fields[name]?.read
  const sure = rule === undefined ? true : certainty(judge, rule)
  const own = sure === false && rule !== undefined && !asksCallerAlone(rule) ? 'row' : sure
  const relation = node.relations[name]
  if (relation?.kind !== 'belongsTo') return own
  // The included row has the key in it, so who may not see the key may not see the row.
  const parts = [own, ...relation.on.map(({ local }) => certaintyHere(judge, model, local))]
  return parts.includes(false) ? false : parts.includes('row') ? 'row' : true
}

/**
 * Whether a condition or expression of the application follows, with the caller's rights, a relation that is closed to the caller.
 * `around` are the models of the rows, from the outside in.
 */
export function followsClosed(judge: Judge, of: Predicate | Expression, around: readonly string[]): boolean {
  const inner = (part: Predicate | Expression): boolean => followsClosed(judge, part, around)
  switch (of.kind) {
    case 'and':
    case 'or':
      return of.of.some(inner)
    case 'not':
    case 'isNull':
    case 'condition':
      return inner(of.of)
    case 'compare':
    case 'text':
    case 'array':
      return inner(of.left) || inner(of.right)
    case 'in':
      return inner(of.left)
    case 'call':
      return of.arguments.some(inner)
    case 'some':
    case 'aggregate': {
      const start = around[of.row] ?? ''
      const model = of.path.reduce((at, name) => judge.relation(at, name).target, start)
      const relation = judge.relation(model, of.relation)
      if (of.authority === 'caller' && relationClosed(judge, relation)) return true
      const deeper = [...around, relation.target]
      const value = of.kind === 'aggregate' ? of.of : undefined
      return followsClosed(judge, of.where, deeper) || (value !== undefined && followsClosed(judge, value, deeper))
    }
    default:
      return false
  }
}
