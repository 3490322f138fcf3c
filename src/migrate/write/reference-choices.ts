/**
 * References that go while another way between the same two models comes: one to many becomes many to many, or it leads by another field. What
 * they hold would go without a word, and only code can move it.
 */
import type { FieldNode, ModelNode } from '../../model/index.ts'
import { typeChange } from '../../store/sql/index.ts'
import type { MatchedModel, MatchedModels } from './matched-models.ts'

/** `allowed`: what has been said to be dropped, `Patient.doctorId`. */
export const referenceChoices = (matched: MatchedModels, allowed: ReadonlySet<string>): readonly string[] =>
  matched.kept
    // What was pulled stays in the database until it is dropped by name.
    .filter(({ after }) => !after.adopted)
    .flatMap(model => choicesOf(model, matched, allowed))

function choicesOf(model: MatchedModel, matched: MatchedModels, allowed: ReadonlySet<string>): readonly string[] {
  const { before, after, dropped } = model
  return Object.values(before.relations).flatMap(({ kind, on, target }) => {
    const gone = on.map(({ local }) => dropped.find(({ name }) => name === local)).find(field => field !== undefined)
    const led = matched.kept.find(one => one.before.name === target)
    if (kind !== 'belongsTo' || gone === undefined || led === undefined) return []
    const name = `${after.name}.${gone.name}`
    const way = newWay(model, led, gone, matched)
    if (way === null || allowed.has(name)) return []
    return [
      [
        `  - ${name} is gone, and ${way} is new and leads between ${after.name} and ${led.after.name}, too.`,
        `    The same, with its values:  plinth migrate new --data, and code that moves them`,
        `    Not the same:               plinth migrate new --drop ${name}`,
      ].join('\n'),
    ]
  })
}

/** What leads from the one to the other now and did not before, as it is declared. */
function newWay(from: MatchedModel, to: MatchedModel, gone: FieldNode, { added }: MatchedModels): string | null {
  const links = added.find(model => leadsTo(model, from.after.name) && leadsTo(model, to.after.name))
  if (links !== undefined) return relationThrough(from.after, links) ?? relationThrough(to.after, links) ?? links.name
  // One that could hold its values is asked about as a field.
  const fresh = from.added.filter(({ type }) => typeChange(gone.type, type) === 'impossible')
  return newReference(from, fresh, to) ?? newReference(to, to.added, from)
}

const leadsTo = ({ relations }: ModelNode, target: string): boolean =>
  Object.values(relations).some(relation => relation.kind === 'belongsTo' && relation.target === target)

function relationThrough({ name, relations }: ModelNode, links: ModelNode): string | null {
  const found = Object.values(relations).find(({ through }) => through?.model === links.name)
  return found === undefined ? null : `${name}.${found.name}`
}

/** One that holds what nothing held before. */
function newReference({ after }: MatchedModel, fresh: readonly FieldNode[], to: MatchedModel): string | null {
  const found = Object.values(after.relations).find(
    ({ kind, target, on }) =>
      kind === 'belongsTo' &&
      target === to.after.name &&
      on.some(({ local }) => fresh.some(({ name }) => name === local)),
  )
  return found === undefined ? null : `${after.name}.${found.on[0]?.local ?? found.name}`
}
