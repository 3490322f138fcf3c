/** Faults in how requests become plans: filters, pages, includes, figures. */
import { casesFirst, type Fault, reads, writes } from './fault.ts'

export const requestFaults: readonly Fault[] = [
  // Filters.
  reads(
    'plan-filter',
    'rule dropped in every relation filter',
    'allOf(relatedCondition(inner, relation), where(inner))',
    'allOf(where(inner))',
  ),
  casesFirst(
    reads(
      'plan-filter',
      'rule dropped in none',
      "return filter.kind === 'some' ? some : not(some)",
      `if (filter.kind === 'none' && some.kind === 'some') {
          const target = inner.model.relations[name]?.target ?? ''
          return not({ ...some, where: where(inner.inside(target)) })
        }
        return filter.kind === 'some' ? some : not(some)`,
    ),
  ),
  casesFirst(
    reads(
      'plan-filter',
      'every means some',
      "return filter.kind === 'every' ? not(condition) : condition",
      'return condition',
    ),
  ),
  reads(
    'plan-filter',
    'none means some',
    "return filter.kind === 'some' ? some : not(some)",
    "return filter.kind === 'every' ? not(some) : some",
  ),
  reads(
    'plan-filter',
    'or means and',
    'return anyOf(...filter.of.map(member => planFilter(at, member, depth + 1)))',
    'return allOf(...filter.of.map(member => planFilter(at, member, depth + 1)))',
  ),
  reads(
    'plan-filter',
    'not is forgotten',
    'return not(planFilter(at, filter.of, depth + 1))',
    'return planFilter(at, filter.of, depth + 1)',
  ),
  reads(
    'plan-filter',
    'notIn holds of null',
    "return rule.list ? among : allOf(not({ kind: 'isNull', of: left }), not(among))",
    'return rule.list ? among : not(among)',
  ),
  reads('plan-filter', 'isNull: false tests for null', 'return value ? test : not(test)', 'return test'),
  reads('plan-filter', 'a relation that is null leads somewhere', 'return value ? not(some) : some', 'return some'),
  reads('plan-filter', 'gte means gt', "gte: { needs: 'gte', compare: 'gte' }", "gte: { needs: 'gte', compare: 'gt' }"),
  reads(
    'plan-filter',
    'icontains tells case apart',
    "icontains: { needs: 'contains', text: 'contains', insensitive: true }",
    "icontains: { needs: 'contains', text: 'contains', insensitive: false }",
  ),
  writes('plan-filter', 'hasAll means hasAny', "array: 'hasAll'", "array: 'hasAny'"),
  // Pages.
  reads(
    'plan-find',
    'rule dropped from the page',
    'const matching = allOf(readable, by, filter)',
    'const matching = allOf(by, filter)',
  ),
  reads(
    'plan-find',
    'rule dropped from the count',
    'count: request.count ? matching : null',
    'count: request.count ? allOf(by, filter) : null',
  ),
  reads(
    'plan-find',
    'filter dropped from the count',
    'count: request.count ? matching : null',
    'count: request.count ? readable : null',
  ),
  reads(
    'plan-find',
    'deleted rows stay hidden when they are asked for',
    'const readable = readableCondition(at, request.withDeleted)',
    'const readable = readableCondition(at)',
  ),
  reads('plan-find', 'pages back run forward', "backward: request.seek?.direction === 'before'", 'backward: false'),
  reads(
    'plan-find',
    'the cursor is ignored',
    'request.seek === null ? matching : allOf(matching, planSeek(at, order, request.seek.direction))',
    'request.seek === null ? matching : allOf(matching)',
  ),
  reads(
    'plan-find',
    'the position is of the row before',
    "position: planning.parameter({ source: 'cursor', index,",
    "position: planning.parameter({ source: 'cursor', index: 0,",
  ),
  reads(
    'plan-find',
    'no row beyond the page is looked at',
    "limits.defaultPage, 1, 'limit')",
    "limits.defaultPage, 0, 'limit')",
  ),
  reads(
    'plan-find',
    'cursors of sorts that depend on who asks',
    'if (!order.keyset) {',
    'if (model.key.length === 0) {',
  ),
  reads('plan-order', 'tie-breaker removed', 'if (named.has(field)) continue', 'continue'),
  reads(
    'plan-order',
    'tie-breaker runs the other way',
    'direction: last, nullable: false',
    "direction: last === 'ascending' ? 'descending' : 'ascending', nullable: false",
  ),
  reads('plan-order', 'nulls first', 'direction, nullable: found.node.nullable }', 'direction, nullable: false }'),
  reads(
    'plan-order',
    'sorted by fields of rows that the caller may not read',
    'if (isAlways(readable)) {',
    'if (readable !== null) {',
  ),
  reads(
    'plan-order',
    'sorted by computed fields that are not declared so',
    "found.kind === 'computed' && !found.node.sortable",
    'false',
  ),
  // Includes.
  reads(
    'plan-outputs',
    'rule dropped in to-many includes',
    'where: allOf(readable, planFilter(inner, nested.where))',
    'where: planFilter(inner, nested.where)',
  ),
  reads(
    'plan-outputs',
    'rule dropped in to-one includes',
    'row: inner.row, where: readable, order: []',
    'row: inner.row, where: allOf(), order: []',
  ),
  reads(
    'plan-outputs',
    "an include's filter dropped",
    'where: allOf(readable, planFilter(inner, nested.where))',
    'where: readable',
  ),
  casesFirst(
    reads(
      'plan-outputs',
      "an include's limit dropped",
      '    limit,\n    offset: null,\n    outputs,\n  }\n  const asSet',
      '    limit: null,\n    offset: null,\n    outputs,\n  }\n  const asSet',
    ),
  ),
  reads(
    'plan-outputs',
    "an include's sort dropped",
    'order: planOrder(inner, nested.sort).terms',
    'order: planOrder(inner, []).terms',
  ),
  writes(
    'plan-outputs',
    'an include without a limit has none',
    'rowLimit(planning, nested, bounds.defaultNested,',
    'rowLimit(planning, nested, bounds.maximumPage,',
  ),
  writes(
    'limit-products',
    'nested limits are not multiplied',
    '[...(limits.length > 1 ? [limits] : []), ...limitProducts(inner, limits)]',
    'limitProducts(inner, limits)',
  ),
  // Figures.
  reads(
    'plan-aggregate',
    'rule dropped in aggregates',
    'const where = allOf(readableCondition(at, request.withDeleted), planFilter(at, request.where))',
    'const where = allOf(planFilter(at, request.where))',
  ),
  reads(
    'plan-aggregate',
    'filter dropped in aggregates',
    'const where = allOf(readableCondition(at, request.withDeleted), planFilter(at, request.where))',
    'const where = allOf(readableCondition(at, request.withDeleted))',
  ),
  reads(
    'plan-aggregate',
    'field rule skipped in figures',
    "const { expression, type } = comparable(at, field, 'aggregate')",
    'const { expression, type } = { expression: at.field(field), type: at.typeOf(field) }',
  ),
]
