/** Checks of models and rules. */
import { callerOnlyAttributes, isNever, type ModelGraph, type ModelNode, type RuleSet } from '../../model/index.ts'
import { answerForCaller } from '../../plan/index.ts'
import { anonymous } from '../../query/index.ts'
import type { Check, Finding } from './check.ts'

/** No caller can read a row of the model, whatever the row. */
const isClosed = (rules: RuleSet | null): boolean => rules === null || isNever(rules.read)

const visibleModels = (graph: ModelGraph): readonly ModelNode[] =>
  Object.values(graph.models).filter(model => !model.hidden)

/** Deny by default is easily mistaken for a bug. */
export const modelsWithoutRules: Check = {
  name: 'rules.missing',
  tags: ['rules'],
  run: ({ graph }) =>
    visibleModels(graph)
      .filter(model => model.rules === null)
      .map(model => ({
        level: 'warning',
        message: `${model.name} has no rules, so no caller can reach it.`,
        // The same for all of them: they are told together.
        hint: 'Give it rules where defineRules(schema, { … }) is called; where only code with db.asSystem() is to reach it, say so with "() => ({})".',
      })),
}

/** A write that nobody can do although others can be done is often forgotten; one that nobody can see is worse. */
export const writesWithoutReads: Check = {
  name: 'rules.unreadable',
  tags: ['rules'],
  run: ({ graph }) =>
    visibleModels(graph).flatMap(({ name, rules }): readonly Finding[] => {
      if (rules === null || !isNever(rules.read)) return []
      const open = (['create', 'update', 'delete'] as const).filter(operation => !isNever(rules[operation]))
      if (open.length === 0) return []
      return [
        {
          level: 'warning',
          message: `${name} has no read rule: whoever may ${open.join(' or ')} a row never sees one.`,
          hint: 'Such writes answer 204, and updates and deletes find nothing.',
        },
      ]
    }),
}

/**
 * Computed fields read with the schema's rights (semantics 4): a count over a model says something about rows that its reader may
 * not see. That is often meant, and always worth knowing.
 */
export const computedOverClosedModels: Check = {
  name: 'rules.computed-reach',
  tags: ['rules', 'models'],
  run: ({ graph }) =>
    visibleModels(graph).flatMap(model =>
      Object.values(model.computed).flatMap((computed): readonly Finding[] => {
        if (isClosed(model.rules)) return []
        const names = reached(graph, model, computed.expression)
        const closed = names.filter(name => isClosed(graph.models[name]?.rules ?? null))
        const partly = names.filter(name => !closed.includes(name) && !isOpenToReaders(graph, model, name))
        const what = `${model.name}.${computed.name} is computed from`
        const told = [
          ...(closed.length === 0 ? [] : [`${what} ${closed.join(' and ')}, which its readers cannot read.`]),
          ...(partly.length === 0
            ? []
            : [`${what} ${partly.join(' and ')}, of which not all of its readers can read every row.`]),
        ]
        const hint = 'Declared computed fields see all rows. Make sure that this one tells no more than it should.'
        return told.map(message => ({ level: 'note', message, hint }))
      }),
    ),
}

/** Whoever reads rows of `model` can read all of the other one, as far as the rules tell. */
function isOpenToReaders(graph: ModelGraph, model: ModelNode, other: string): boolean {
  const own = model.rules?.read
  const read = graph.models[other]?.rules?.read
  if (own === undefined || read === undefined) return false
  if (read.kind === 'constant') return read.value
  if (callerOnlyAttributes(read) === null) return false
  if (JSON.stringify(own) === JSON.stringify(read)) return true
  const isForSignedIn = callerOnlyAttributes(own) !== null && !answerForCaller(own, anonymous, graph)
  return read.kind === 'signedIn' && isForSignedIn
}

/** The models that an expression walks to. Row 0 is of `model`; each relation with a condition numbers its rows one deeper. */
function reached(graph: ModelGraph, model: ModelNode, expression: unknown): readonly string[] {
  const found = new Set<string>()
  walk(expression, [model])
  return [...found].sort()

  function walk(node: unknown, rows: readonly (ModelNode | undefined)[]): void {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const inner of node) walk(inner, rows)
      return
    }
    const { row, path, relation } = node as { row?: unknown; path?: unknown; relation?: unknown }
    let inside = rows
    if (typeof row === 'number' && Array.isArray(path)) {
      let at = rows[row]
      const steps = typeof relation === 'string' ? [...(path as string[]), relation] : (path as string[])
      for (const step of steps) {
        at = graph.models[at?.relations[step]?.target ?? '']
        if (at !== undefined) found.add(at.name)
      }
      if (typeof relation === 'string') inside = [...rows, at]
    }
    for (const inner of Object.values(node)) walk(inner, inside)
  }
}
