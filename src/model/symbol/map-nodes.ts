/** Rebuilds expressions and predicates while their row references change. */
import type {
  Expression,
  LiteralExpression,
  Predicate,
  RelationAggregateExpression,
  RowReference,
  SomePredicate,
} from '../expression.ts'

/** What a rebuild does with rows. `Scope` is whatever knows the rows around a node. */
export interface RowMapping<Scope> {
  /** The new place of a reference. */
  readonly place: (reference: RowReference, scope: Scope) => RowReference
  /** The scope inside a node that binds a row. */
  readonly bind: (node: SomePredicate | RelationAggregateExpression, scope: Scope) => Scope
  /** Another constant in its place; the same one where this is left out. */
  readonly literal?: (literal: LiteralExpression) => LiteralExpression
  /** Called with every node, what it became, and the scope inside of it where it binds a row; those inside a node come before it. */
  readonly made?: (from: Expression | Predicate, to: Expression | Predicate, inside: Scope | null) => void
}

export function mapExpression<Scope>(node: Expression, scope: Scope, mapping: RowMapping<Scope>): Expression {
  if (node.kind === 'aggregate') {
    const inside = mapping.bind(node, scope)
    const to: Expression = {
      ...node,
      ...mapping.place(node, scope),
      where: mapPredicate(node.where, inside, mapping),
      ...(node.of === undefined ? {} : { of: mapExpression(node.of, inside, mapping) }),
    }
    mapping.made?.(node, to, inside)
    return to
  }
  const to =
    node.kind === 'literal' && mapping.literal !== undefined
      ? mapping.literal(node)
      : buildExpression(node, scope, mapping)
  mapping.made?.(node, to, null)
  return to
}

function buildExpression<Scope>(
  node: Exclude<Expression, RelationAggregateExpression>,
  scope: Scope,
  mapping: RowMapping<Scope>,
): Expression {
  switch (node.kind) {
    case 'field':
      return { ...node, ...mapping.place(node, scope) }
    case 'call':
      return { ...node, arguments: node.arguments.map(argument => mapExpression(argument, scope, mapping)) }
    case 'condition':
      return { ...node, of: mapPredicate(node.of, scope, mapping) }
    case 'literal':
    case 'parameter':
    case 'caller':
    case 'now':
      return { ...node }
  }
}

export function mapPredicate<Scope>(node: Predicate, scope: Scope, mapping: RowMapping<Scope>): Predicate {
  if (node.kind === 'some') {
    const inside = mapping.bind(node, scope)
    const to: Predicate = { ...node, ...mapping.place(node, scope), where: mapPredicate(node.where, inside, mapping) }
    mapping.made?.(node, to, inside)
    return to
  }
  const to = buildPredicate(node, scope, mapping)
  mapping.made?.(node, to, null)
  return to
}

function buildPredicate<Scope>(
  node: Exclude<Predicate, SomePredicate>,
  scope: Scope,
  mapping: RowMapping<Scope>,
): Predicate {
  const expression = (inner: Expression): Expression => mapExpression(inner, scope, mapping)
  switch (node.kind) {
    case 'constant':
    case 'signedIn':
      return { ...node }
    case 'and':
    case 'or':
      return { ...node, of: node.of.map(inner => mapPredicate(inner, scope, mapping)) }
    case 'not':
      return { ...node, of: mapPredicate(node.of, scope, mapping) }
    case 'compare':
    case 'text':
    case 'array':
      return { ...node, left: expression(node.left), right: expression(node.right) }
    case 'in':
      return { ...node, left: expression(node.left), list: expression(node.list) }
    case 'tupleIn':
      return { ...node, left: node.left.map(expression) }
    case 'isNull':
      return { ...node, of: expression(node.of) }
    case 'seek':
      return { ...node, terms: node.terms.map(term => ({ ...term, of: expression(term.of) })) }
  }
}
