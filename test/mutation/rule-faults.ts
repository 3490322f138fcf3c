/** Faults in how rules, scopes and field rules come into plans. */
import { casesFirst, type Fault, reads, writes } from './fault.ts'

export const ruleFaults: readonly Fault[] = [
  // Rules and scopes.
  reads(
    'readable',
    'a model without rules is open',
    'return rules === null ? never :',
    'return rules === null ? always :',
  ),
  reads(
    'readable',
    'read rule dropped everywhere',
    'return allOf(scopeCondition(at, withDeleted), rule, deleted)',
    'return allOf(scopeCondition(at, withDeleted), deleted)',
  ),
  reads(
    'readable',
    'scopes dropped where the caller reads',
    'return allOf(scopeCondition(at, withDeleted), rule, deleted)',
    'return allOf(rule, deleted)',
  ),
  reads(
    'readable',
    'scopes dropped where the schema reads',
    'related: at => scopeCondition(at, false)',
    'related: () => always',
  ),
  reads(
    'readable',
    'relations of requests read with the rights of the schema',
    'const readable = readableCondition(at)\n  const back',
    'if (at.row >= 0) return scopeCondition(at, false)\n  const readable = readableCondition(at)\n  const back',
  ),
  reads(
    'readable',
    'withDeleted without its rule',
    "const deleted = withDeleted ? openRuleCondition(at, 'withDeleted') : always",
    'const deleted = always',
  ),
  reads(
    'readable',
    'withDeleted lifts every scope',
    '!(withDeleted && scope.name === softDeleteScope)',
    '!withDeleted',
  ),
  casesFirst(
    reads(
      'readable',
      'joins through a model are followed without its rules',
      'if (join.hidden || at.planning.isSystem)',
      'if (at.row >= 0 || join.hidden || at.planning.isSystem)',
    ),
  ),
  reads('readable', 'who is not signed in is told 403', "=== 'anonymous'", "=== 'nobody'"),
  // Field rules.
  reads(
    'readable',
    'write-only fields are read',
    'if (field !== undefined && (field.private || field.writeOnly)) return true',
    'if (field !== undefined && field.private) return true',
  ),
  reads(
    'readable',
    'private fields are read',
    'if (field !== undefined && (field.private || field.writeOnly)) return true',
    'if (field !== undefined && field.writeOnly) return true',
  ),
  reads(
    'readable',
    'field rules dropped',
    'const own = rule === undefined ? always : rewritePredicate(placeAt(at), rule)',
    'const own = always',
  ),
  casesFirst(
    reads(
      'readable',
      'scope dropped in links of a join model',
      'at.planning.isSystem) return scopeCondition(at, false)\n  const ends',
      'at.planning.isSystem) return always\n  const ends',
    ),
  ),
  reads(
    'readable',
    'a field that its caller may not see is null instead of refused',
    'if (asksCaller && isNever(',
    'if (!asksCaller && isNever(',
  ),
  reads(
    'readable',
    'a field that is null on every row is refused instead',
    'const asksCaller = rule !== undefined && callerOnlyAttributes(rule) !== null',
    'const asksCaller = rule !== undefined',
  ),
  reads(
    'readable',
    'a closed key does not close the relation that holds it',
    'return allOf(own, ...relation.on.map(({ local }) => visibleCondition(at, local)))',
    'return own',
  ),
  reads(
    'readable',
    'fields that depend on the row are filtered and sorted by',
    'const isOpen = isAlways(visibleCondition(at, name))',
    'const isOpen = !isNever(visibleCondition(at, name))',
  ),
  reads(
    'plan-filter',
    'field rule skipped in filters and figures',
    '  requireAlwaysVisible(at, name, operation)\n  return { expression',
    '  return { expression',
  ),
  reads(
    'plan-filter',
    'field rule skipped for relations in filters',
    "  requireAlwaysVisible(at, name, 'filter by')\n  at.planning.noteLink",
    '  at.planning.noteLink',
  ),
  reads('plan-order', 'field rule skipped in sort', '  requireAlwaysVisible(at, name, verbs[use])\n', ''),
  reads(
    'plan-order',
    'field rule skipped in a sort by a related field',
    '  requireAlwaysVisible(inner, second, verbs[use])\n',
    '',
  ),
  reads(
    'plan-outputs',
    'a field that depends on the row is given whatever the row',
    '    visible: isAlways(visible) ? null : visible,\n',
    '    visible: null,\n',
  ),
  reads(
    'plan-outputs',
    'an include that depends on the row is given whatever the row',
    'const visible = isAlways(visibleRule) ? null : visibleRule',
    'const visible = null',
  ),
  // Rules inside plans.
  reads(
    'rewrite',
    'rules of related rows look at the wrong row',
    'const row = expression.row + place.shift\n      noteField',
    'const row = expression.row\n      noteField',
  ),
  reads(
    'rewrite',
    'not is forgotten in rules',
    'return not(rewritePredicate(place, predicate.of))',
    'return rewritePredicate(place, predicate.of)',
  ),
  reads(
    'rewrite',
    'a condition on related rows also finds rows outside their scopes',
    'allOf(rights.related(inner, relation), rewritePredicate({ ...place, at: inner }, predicate.where))',
    'rewritePredicate({ ...place, at: inner }, predicate.where)',
  ),
  reads(
    'rewrite',
    'a count also counts rows outside their scopes',
    'allOf(rights.related(inner.at, relation), rewritePredicate(inner, expression.where))',
    'rewritePredicate(inner, expression.where)',
  ),
  writes(
    'rewrite',
    'constants of kinds with a codec are not encoded',
    'return storedLiteral(expression)',
    'return expression',
  ),
  reads(
    'answer-condition',
    'null compares to everything when the caller decides',
    'if (one === null || other === null) return false',
    'if (one === null || other === null) return true',
  ),
  reads(
    'answer-condition',
    'not is forgotten when the caller decides',
    'return !answer(condition.of)',
    'return answer(condition.of)',
  ),
  reads(
    'answer-condition',
    'a list that the caller is in counts as one that the caller is not in',
    'kindOf(type).compare(one, other, type) === 0)',
    'kindOf(type).compare(one, other, type) !== 0)',
  ),
  writes(
    'planning',
    'a plan that was made for one caller serves another',
    'this.questions.push({ predicate: question, answer })',
    '',
  ),
  reads('fold', 'what is closed stays half open', '    if (isAbsorbing(member)) return absorbing\n', ''),
  reads(
    'fold',
    'double negation negates',
    "if (predicate.kind === 'not') return predicate.of",
    "if (predicate.kind === 'not') return predicate",
  ),
]
