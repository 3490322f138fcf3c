/** The rules of a model's fields, from what is declared to conditions. */
import { entriesOf, isObject, nearest } from '../../lib/index.ts'
import { callerOnlyAttributes } from '../caller-only.ts'
import type { Predicate } from '../expression.ts'
import type { ModelNode, RuleSet } from '../graph.ts'
import { withReferenceRules } from '../reference-rules.ts'
import { describeGiven } from '../symbol/condition.ts'
import type { Compilation } from './compile-rules.ts'
import { finishCondition, type Subject } from './conditions.ts'

interface FieldRule {
  read?: Predicate
  write?: Predicate
}

export function compileFieldRules(given: unknown, compilation: Compilation): RuleSet['fields'] {
  const { model, mistakes } = compilation
  if (given === undefined) return {}
  if (!isObject(given)) {
    refuseShape('The field rules', given, '{ email: { read: nobody } }', compilation, [model.name, 'fields'])
    return {}
  }
  const compiled: Record<string, FieldRule> = {}
  const names = [...Object.keys(model.fields), ...Object.keys(model.relations), ...Object.keys(model.computed)]
  for (const [name, rules] of entriesOf(given)) {
    const place = [model.name, 'fields', name]
    if (!names.includes(name)) {
      const what = `A field rule of ${model.name}`
      mistakes.add('boot.field-unknown', { what, name, model: model.name, nearest: nearest(name, names) }, place)
    } else if (isObject(rules)) compiled[name] = compileField(name, rules, compilation)
    else refuseShape(`The rules of the field "${name}"`, rules, '{ read: nobody }', compilation, place)
  }
  const { fields, unmaskable } = withReferenceRules(model, compiled)
  for (const { relation, scalar } of unmaskable) {
    // Told of the relation already.
    if (!mayBeNull(model, relation)) continue
    const place = [model.name, 'fields', relation, 'read']
    mistakes.add('boot.field-not-maskable', { model: model.name, name: scalar }, place)
  }
  return fields
}

function compileField(name: string, rules: object, { model, used, mistakes }: Compilation): FieldRule {
  const place = [model.name, 'fields', name]
  const compiled: FieldRule = {}
  for (const [word, condition] of entriesOf(rules)) {
    if (word !== 'read' && word !== 'write') {
      const [what, possible] = [`The rules of ${model.name}.${name}`, ['read', 'write']]
      const parameters = { what, name: word, nearest: nearest(word, possible), possible: possible.join(', ') }
      mistakes.add('boot.word-unknown', parameters, place)
      continue
    }
    const rule = `The ${word} rule of the field "${name}"`
    const about: Subject = { rule, model: model.name, place: [...place, word] }
    // Without a rule a field is open: one that has got lost, as a name that is not exported any more, must not open it.
    const predicate = finishCondition(condition, about, used, mistakes)
    if (predicate === undefined) continue
    if (word === 'read' && callerOnlyAttributes(predicate) === null && !mayBeNull(model, name))
      mistakes.add('boot.field-not-maskable', { model: model.name, name }, about.place)
    compiled[word] = predicate
  }
  return compiled
}

function refuseShape(
  rule: string,
  given: unknown,
  example: string,
  { model, mistakes }: Compilation,
  place: readonly string[],
): void {
  mistakes.add('boot.not-by-name', { rule, model: model.name, given: describeGiven(given), example }, place)
}

/** Whether the types of a field or relation say that callers may see null there. */
function mayBeNull(model: ModelNode, name: string): boolean {
  const node = model.fields[name] ?? model.relations[name] ?? model.computed[name]
  return node !== undefined && (node.nullable || node.maskable)
}
