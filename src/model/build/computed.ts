/** Computed fields: expressions over a row, its relations and the caller. */
import { declaredModel } from '../declared-models.ts'
import type { Expression } from '../expression.ts'
import { noWords } from '../field/index.ts'
import type { ComputedNode, ModelGraph } from '../graph.ts'
import { kindOf } from '../kind/index.ts'
import { Condition, describeGiven } from '../symbol/condition.ts'
import { booleanType } from '../symbol/expression-type.ts'
import { finishExpression } from '../symbol/finish.ts'
import { MaskableValue } from '../symbol/maskable-value.ts'
import { isExpressionSymbol } from '../symbol/literal.ts'
import { partsOfValue } from '../symbol/parts-of.ts'
import type { SymbolRead } from '../symbol/reads.ts'
import type { FieldType } from '../value.ts'
import { addThrown, buildNamed, type Subject, type Symbols } from './conditions.ts'
import type { Mistakes } from './mistakes.ts'
import { checkFieldName } from './start.ts'

/** Computed fields that `defineSchema` got, by model: a function that gives named values and conditions. */
export type DeclaredComputed = Readonly<Record<string, (symbols: Symbols) => unknown>>

export function buildComputed(
  graph: ModelGraph,
  declared: DeclaredComputed,
  mistakes: Mistakes,
): Record<string, Readonly<Record<string, ComputedNode>>> {
  const result: Record<string, Record<string, ComputedNode>> = {}
  for (const [model, build] of Object.entries(declared)) {
    const node = declaredModel(graph, model, 'computed fields', mistakes)
    if (node === undefined) continue
    const computed: Record<string, ComputedNode> = (result[model] = {})
    buildNamed(graph, { rule: 'The computed fields', model, place: [model] }, build, mistakes, (name, given, used) => {
      checkFieldName(`A computed field of ${model}`, name, [model, name], mistakes)
      if (node.fields[name] !== undefined || node.relations[name] !== undefined) {
        const other = node.fields[name] === undefined ? 'a relation' : 'a field'
        mistakes.add('boot.name-taken', { what: `A computed field of ${model}`, name, other }, [model, name])
      }
      const made = finishComputed(
        name,
        given,
        { rule: `The computed field "${name}"`, model, place: [model, name] },
        used,
        mistakes,
      )
      if (made !== undefined) computed[name] = made
      return made !== undefined
    })
  }
  return result
}

function finishComputed(
  name: string,
  given: unknown,
  subject: Subject,
  used: Set<SymbolRead>,
  mistakes: Mistakes,
): ComputedNode | undefined {
  const value = valueOf(given)
  if (value === undefined) {
    mistakes.add(
      'boot.symbol-misused',
      {
        symbol: subject.rule,
        reason: `it is ${describeGiven(given)}, not a value made from row and user`,
        place: subject.model,
      },
      subject.place,
    )
    return undefined
  }
  try {
    const expression = finishExpression(value.expression, used)
    return {
      name,
      type: value.type,
      nullable: value.nullable,
      maskable: given instanceof MaskableValue,
      expression,
      sortable: kindOf(value.type).sortable,
      callerRelative: partsOfValue(expression).some(({ kind }) => kind === 'caller' || kind === 'signedIn'),
      words: noWords,
    }
  } catch (error) {
    addThrown(error, subject, mistakes)
    return undefined
  }
}

/** An expression with its type; conditions become booleans. */
export function valueOf(
  given: unknown,
): { readonly expression: Expression; readonly type: FieldType; readonly nullable: boolean } | undefined {
  if (given instanceof Condition) {
    return { expression: { kind: 'condition', of: given['~predicate'] }, type: booleanType, nullable: false }
  }
  if (!isExpressionSymbol(given)) return undefined
  return { expression: given['~expression'], type: given['~type'], nullable: given['~nullable'] }
}
