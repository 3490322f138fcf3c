/** Orders and positions in them: ORDER BY, and the condition that a row comes after or before a position. Nulls come last both ways. */
import type { Expression, SeekPredicate } from '../../model/index.ts'
import type { OrderTerm } from '../../query/index.ts'
import type { SqlValue } from './dialect.ts'
import { valueSql } from './expression.ts'
import { converted } from './number.ts'
import { comparing, type Condition, type Scope } from './row.ts'

interface Term {
  readonly value: SqlValue
  readonly position: string
  /** `>` or `<`: which values come later in the direction of the page. */
  readonly sign: '>' | '<'
  readonly nullable: boolean
}

export function seekSql(predicate: SeekPredicate, scope: Scope): Condition {
  const { statement } = scope
  const { rowComparison } = statement.dialect
  const terms = predicate.terms.map(({ of, direction, nullable, position }): Term => {
    const value = valueSql(of, scope)
    const place = { ...valueSql(position, scope), type: statement.parameterType(position.index), nullable }
    const { sql, write } = comparing(value)
    return {
      value: { ...value, sql },
      position: write(converted(statement.dialect, place, value.type).sql),
      sign: (direction === 'ascending') === predicate.backward ? '<' : '>',
      nullable,
    }
  })
  const [first] = terms
  if (first === undefined) return { sql: 'false', strict: true }
  // One comparison of rows is what an index serves best, as long as they are of one table.
  const ofOneTable = scope.rows[0]?.joined === undefined
  if (
    terms.every(term => !term.nullable && term.sign === first.sign) &&
    (terms.length === 1 || (rowComparison && ofOneTable))
  ) {
    if (terms.length === 1) return { sql: `${first.value.sql} ${first.sign} ${first.position}`, strict: false }
    const list = (texts: readonly string[]): string => `(${texts.join(', ')})`
    return {
      sql: `${list(terms.map(term => term.value.sql))} ${first.sign} ${list(terms.map(term => term.position))}`,
      strict: false,
    }
  }
  const expanded = expand(terms, predicate.backward, scope)
  // What holds for the first term in any case; it lets an index begin at the position.
  return {
    sql: first.nullable ? expanded : `${first.value.sql} ${first.sign}= ${first.position} and (${expanded})`,
    strict: false,
  }
}

function expand(terms: readonly Term[], backward: boolean, scope: Scope): string {
  const [term, ...rest] = terms
  if (term === undefined) return 'false'
  const { value, position, sign, nullable } = term
  const beyond = [`${value.sql} ${sign} ${position}`]
  if (nullable) {
    // Nulls come after every value: later when paging forward, and everything is before them when paging backward.
    beyond.push(
      backward
        ? `(${position} is null and ${value.sql} is not null)`
        : `(${value.sql} is null and ${position} is not null)`,
    )
  }
  if (rest.length > 0) {
    const equal = nullable ? scope.statement.dialect.same(value.sql, position) : `${value.sql} = ${position}`
    beyond.push(`(${equal} and (${expand(rest, backward, scope)}))`)
  }
  return beyond.join(' or ')
}

/** ORDER BY, without the words; empty when there is no order. `listed`: the rows become a list of JSON. */
export function orderSql(order: readonly OrderTerm[], scope: Scope, backward: boolean, listed: boolean): string {
  return order
    .filter(({ of }) => !isConstant(of))
    .map(term => {
      const value = valueSql(term.of, scope)
      const descending = (term.direction === 'descending') !== backward
      return scope.statement.dialect.orderTerm(
        comparing(value).sql,
        descending,
        term.nullable ? !backward : undefined,
        listed,
      )
    })
    .join(', ')
}

/** What is the same for all rows orders nothing; PostgreSQL refuses to order by a constant. */
const isConstant = (of: Expression): boolean =>
  of.kind === 'literal' || (of.kind === 'condition' && of.of.kind === 'constant')
