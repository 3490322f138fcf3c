/** The rules of one model, from what its function gives to conditions. */
import { isFunction, nearest } from '../../lib/index.ts'
import { never, type Predicate } from '../expression.ts'
import type { ModelGraph, ModelNode, RuleSet } from '../graph.ts'
import { madeByDatabase } from '../made-by-database.ts'
import { describeGiven } from '../symbol/condition.ts'
import type { SymbolRead } from '../symbol/reads.ts'
import { finishCondition, freshRun, runDeclared, type Subject, type Symbols } from './conditions.ts'
import { addDropped, type Run } from './dropped.ts'
import { compileFieldRules } from './field-rules.ts'
import type { Mistakes } from './mistakes.ts'

const operations = ['read', 'create', 'update', 'delete', 'withDeleted'] as const
const words = [...operations, 'fields']
const closed: RuleSet = { read: never, create: never, update: never, delete: never, withDeleted: never, fields: {} }

/** Rules on their way. */
export interface Compilation {
  readonly model: ModelNode
  /** Symbols that have become a part of a rule. */
  readonly used: Set<SymbolRead>
  readonly mistakes: Mistakes
}

export function compileRules(graph: ModelGraph, model: ModelNode, build: unknown, mistakes: Mistakes): RuleSet {
  const subject: Subject = { rule: 'The rules', model: model.name, place: [model.name] }
  const again = (): Run =>
    freshRun(graph, model.name, (symbols: Symbols): unknown => (isFunction(build) ? build(symbols) : build))
  const run = again()
  const ran = runDeclared(run.build, subject, mistakes)
  if (ran === undefined) return closed
  const given = ran.result
  if (typeof given !== 'object' || given === null || given instanceof Promise || '~predicate' in given) {
    mistakes.add(
      'boot.not-by-name',
      { rule: subject.rule, model: model.name, given: describeGiven(given), example: '{ read: everyone }' },
      subject.place,
    )
    return closed
  }
  const before = mistakes.found.length
  const compilation: Compilation = { model, used: new Set(), mistakes }
  refuseUnknownWords(given, compilation)
  const set = ruleSetOf(given, compilation)
  refuseSenseless(set, compilation)
  // After another mistake symbols would be called unused that the mistake has hidden.
  if (mistakes.found.length === before) addDropped({ ...run, ...ran }, compilation.used, again, subject, mistakes)
  return set
}

function refuseUnknownWords(given: object, { model, mistakes }: Compilation): void {
  for (const word of Object.keys(given).filter(one => !words.includes(one)))
    mistakes.add(
      'boot.word-unknown',
      { what: `The rules of ${model.name}`, name: word, nearest: nearest(word, words), possible: words.join(', ') },
      [model.name, word],
    )
}

function ruleSetOf(given: object, compilation: Compilation): RuleSet {
  const { model, used, mistakes } = compilation
  const rule = (operation: (typeof operations)[number]): Predicate => {
    const condition: unknown = Reflect.get(given, operation)
    if (condition === undefined) return never
    const about: Subject = { rule: `The ${operation} rule`, model: model.name, place: [model.name, operation] }
    return finishCondition(condition, about, used, mistakes) ?? never
  }
  return {
    read: rule('read'),
    create: rule('create'),
    update: rule('update'),
    delete: rule('delete'),
    withDeleted: rule('withDeleted'),
    fields: compileFieldRules(Reflect.get(given, 'fields'), compilation),
  }
}

/** Rules that could never be asked, or not when they would have to be. */
function refuseSenseless(set: RuleSet, { model, mistakes }: Compilation): void {
  const wrong = (operation: (typeof operations)[number], reason: string, place = [model.name, operation]): void =>
    mistakes.add('boot.option-invalid', { option: operation, model: model.name, reason }, place)
  for (const name of madeByDatabase(model, set.create))
    wrong(
      'create',
      `it looks at "${name}", which the database makes only with the row; decide by other fields, or declare a default`,
    )
  for (const operation of ['create', 'update', 'delete'] as const)
    if (model.view && set[operation] !== never) wrong(operation, 'rows of a view are read, never written')
  if (set.withDeleted !== never && model.softDeleteField === null)
    wrong('withDeleted', 'the model does not delete softly', [model.name])
}
