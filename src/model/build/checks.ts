/** Seventh step: conditions that the database holds rows to. */
import { declaredModel } from '../declared-models.ts'
import type { Predicate } from '../expression.ts'
import type { CheckNode, ModelGraph } from '../graph.ts'
import { partsOfCondition } from '../symbol/parts-of.ts'
import { buildCondition, buildNamed, finishCondition, type Subject, type Symbols } from './conditions.ts'
import type { Building, ModelDraft } from './draft.ts'
import { checkName } from './names.ts'

/** Checks that `defineSchema` got, by model: a function that gives named conditions. */
export type DeclaredChecks = Readonly<Record<string, (symbols: Symbols) => unknown>>

export function buildChecks(
  building: Building,
  graph: ModelGraph,
  declared: DeclaredChecks,
): Record<string, readonly CheckNode[]> {
  const { mistakes } = building
  const result: Record<string, CheckNode[]> = {}
  for (const draft of building.models.values()) {
    for (const { name, field, word, build, orNull } of ownChecks(draft)) {
      const predicate = buildCondition(graph, subjectOf(draft.name, name), build, mistakes)
      if (predicate !== undefined) {
        const check = { field, word, predicate: allowNull(predicate, orNull) }
        add(building, draft, name, check, (result[draft.name] ??= []))
      }
    }
  }
  for (const [model, build] of Object.entries(declared)) {
    const known = declaredModel(graph, model, 'checks', mistakes)
    const draft = known === undefined ? undefined : building.models.get(model)
    if (draft === undefined) continue
    buildNamed(graph, { rule: 'The checks', model, place: [model] }, build, mistakes, (name, given, used) => {
      const predicate = finishCondition(given, subjectOf(model, name), used, mistakes)
      if (predicate !== undefined)
        add(building, draft, name, { field: null, word: name, predicate }, (result[model] ??= []))
      return predicate !== undefined
    })
  }
  return result
}

const subjectOf = (model: string, check: string): Subject => ({ rule: `The check "${check}"`, model, place: [model] })

interface OwnCheck {
  /** For messages. */
  readonly name: string
  readonly field: string | null
  readonly word: string
  readonly build: (symbols: Symbols) => unknown
  /** A field whose null passes, as it does with the checks of databases; every other condition on null would be false. */
  readonly orNull: string | null
}

function allowNull(predicate: Predicate, field: string | null): Predicate {
  if (field === null) return predicate
  return { kind: 'or', of: [{ kind: 'isNull', of: { kind: 'field', row: 0, path: [], field } }, predicate] }
}

/** The checks of fields, named after them, and of the option `check`. */
function ownChecks(draft: ModelDraft): OwnCheck[] {
  const ofFields = [...draft.scalars].flatMap(([field, declaration]) =>
    declaration.checks.map((check, index) => ({
      name: check.name ?? (index === 0 ? field : `${field}_${index + 1}`),
      field: check.name === null ? field : null,
      word: check.name ?? (index === 0 ? '' : `${index + 1}`),
      build: ({ row }: Symbols) => check.build((row as Readonly<Record<string, unknown>>)[field]),
      orNull: declaration.nullable ? field : null,
    })),
  )
  const ofModel = Object.entries(draft.options.check ?? {}).map(([name, build]) => ({
    name,
    field: null,
    word: name,
    build: ({ row }: Symbols) => build(row),
    orNull: null,
  }))
  return [...ofFields, ...ofModel]
}

function add(
  building: Building,
  draft: ModelDraft,
  name: string,
  check: Omit<CheckNode, 'name'>,
  checks: CheckNode[],
): void {
  const foreign = outsideTheRow(check.predicate)
  const full = checkName(draft.table, check, field => draft.fields.get(field)?.column ?? field)
  if (foreign !== null) {
    const reason = `"${name}" looks at ${foreign}; a check sees only the row's own fields`
    building.mistakes.add('boot.option-invalid', { option: 'check', model: draft.name, reason }, [draft.name])
  } else if (checks.some(known => known.name === full)) {
    building.mistakes.add('boot.name-taken', { what: `A check of ${draft.name}`, name, other: 'another one' }, [
      draft.name,
    ])
  } else checks.push({ name: full, ...check })
}

/** What a check looks at besides its row's own fields, in words. */
function outsideTheRow(predicate: Predicate): string | null {
  for (const part of partsOfCondition(predicate)) {
    if (part.kind === 'caller' || part.kind === 'signedIn') return 'the caller'
    if (part.kind === 'now') return 'the clock'
    if (part.kind === 'some' || part.kind === 'aggregate') return 'other rows'
    if (part.kind === 'field' && (part.row !== 0 || part.path.length > 0)) return 'other rows'
  }
  return null
}
