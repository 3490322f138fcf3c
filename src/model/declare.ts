/** Conditions and values that actions, projections and routes declare with symbols: built once, finished like those of rules. */
import { finishCondition, runDeclared, type Subject } from './build/conditions.ts'
import { addDropped, type Run } from './build/dropped.ts'
import { collectMistakes } from './build/mistakes.ts'
import { valueOf } from './build/computed.ts'
import { type Authority, type Expression, never, type Predicate } from './expression.ts'
import type { ModelGraph } from './graph.ts'
import { finishExpression } from './symbol/finish.ts'
import { attachReads, type SymbolRead } from './symbol/reads.ts'
import { rowSymbol } from './symbol/row-symbol.ts'
import { modelIn, openSession, rootToken } from './symbol/session.ts'
import { hand, withoutTrial } from './symbol/trial.ts'
import { userSymbol } from './symbol/user-symbol.ts'
import { ValueSymbol } from './symbol/value-symbol.ts'
import type { FieldType } from './value.ts'

/** What is being declared, for messages: "The filter "tag" of Article: …", "The routes cannot be used". */
export interface DeclarationSubject {
  readonly what: 'actions' | 'projections' | 'routes'
  readonly rule: string
  /** The model whose row is `row`; null when there is no row, only a caller. */
  readonly model: string | null
  /** Who it is about when there is no model: the action's name. */
  readonly owner?: string
  readonly authority: Authority
}

/** What the functions of a declaration are given. The types of a schema are put on by whoever calls. */
export interface DeclarationSymbols {
  readonly row: object
  readonly user: object
  /** The symbol of a value that is bound when the plan runs: slot `index`. */
  parameter(index: number, type: FieldType, name: string): object
}

/** A value with its type. */
export interface DeclaredValue {
  readonly expression: Expression
  readonly type: FieldType
  readonly nullable: boolean
}

/** Makes finished data of what a function of a declaration gave. */
export interface DeclarationTools {
  condition(given: unknown): Predicate
  /** Null when it is no value at all. */
  value(given: unknown): DeclaredValue | null
  /** What is given cannot be used: `reason` completes "… cannot be used like this: …". */
  misused(symbol: string, reason: string): void
}

/** Runs `build` with fresh symbols and finishes what it gives; everything wrong with it is thrown at once. */
export function declareWith<Result>(
  graph: ModelGraph,
  about: DeclarationSubject,
  build: (symbols: DeclarationSymbols) => unknown,
  finish: (given: unknown, tools: DeclarationTools) => Result,
): Result {
  const mistakes = collectMistakes()
  const used = new Set<SymbolRead>()
  const model = about.model ?? about.owner ?? ''
  const subject: Subject = { rule: about.rule, model, place: [model] }
  const tools: DeclarationTools = {
    condition: given => finishCondition(given, subject, used, mistakes) ?? never,
    value(given) {
      const value = valueOf(given)
      return value === undefined ? null : { ...value, expression: finishExpression(value.expression, used) }
    },
    misused: (symbol, reason) => mistakes.add('boot.symbol-misused', { symbol, reason, place: model }, subject.place),
  }
  const again = (): Run => openDeclaration(graph, about, build)
  // A projection may be declared inside of another one's function.
  const finished = withoutTrial(() => {
    const run = again()
    const ran = runDeclared(run.build, subject, mistakes)
    if (ran === undefined) return undefined
    const result = runDeclared(() => finish(ran.result, tools), subject, mistakes)
    if (mistakes.found.length === 0) addDropped({ ...run, ...ran }, used, again, subject, mistakes)
    return result
  })
  mistakes.refuse(about.what)
  if (finished === undefined) throw new TypeError(`${about.rule} of ${model} gave nothing`)
  return finished.result as Result
}

function openDeclaration(
  graph: ModelGraph,
  { authority, model }: DeclarationSubject,
  build: (symbols: DeclarationSymbols) => unknown,
): Run {
  const session = openSession(graph, authority)
  const symbols = (): DeclarationSymbols => ({
    row: model === null ? {} : rowSymbol(session, modelIn(graph, model), rootToken, 'row'),
    user: userSymbol(session),
    parameter(index, type, name) {
      const read: SymbolRead = { symbol: name, place: '' }
      session.reads.push(read)
      const value = attachReads<Expression>({ kind: 'parameter', index }, [read])
      return hand(new ValueSymbol(value, type, false, name), name)
    },
  })
  return { session, build: () => build(symbols()) }
}
