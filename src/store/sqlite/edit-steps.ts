/** The steps in which a migration changes a table that was there before its model by the text that made it. */
import { factsOf, identifier, type MigrationStep, type PhysicalTable, stepOf, type TableChange } from '../sql/index.ts'
import { aboutRebuild } from './about-rebuild.ts'
import { type AdoptedChange, adoptedChange } from './adopted-changes.ts'
import { converts } from './rebuild-step.ts'

interface Edit extends AdoptedChange {
  readonly change: TableChange
}

/** Null where more would have to change than that text. */
export function editSteps(table: PhysicalTable, changes: readonly TableChange[]): readonly MigrationStep[] | null {
  const edits: Edit[] = []
  for (const change of changes) {
    const edit = adoptedChange(table, change)
    if (edit === null) return null
    if (edit.words.length > 0) edits.push({ change, ...edit })
  }
  // What would convert values is seen to be done or refused, so it makes nothing anew and stands by itself.
  const [alone, together] = [edits.filter(isConverting), edits.filter(one => !isConverting(one))]
  return [together, ...alone.map(one => [one])].filter(ones => ones.length > 0).map(ones => editStep(table, ones))
}

const isConverting = ({ change }: Edit): boolean => converts(change)

function editStep(table: PhysicalTable, edits: readonly Edit[]): MigrationStep {
  const alter = `alter table ${identifier(table.name)}`
  const [first, ...more] = edits
  const changes = edits.map(({ change }) => change)
  return stepOf('restrict', factsOf(table).table, {
    about: aboutRebuild(table, changes),
    kind: 'edit',
    sql: edits.flatMap(({ words }) => words.map(text => `${alter} ${text}`)).join(';\n'),
    lock: 'writes',
    work: 'rewrite',
    // Of several changes it is seen as they are made.
    unless: more.length === 0 ? (first?.unless ?? null) : null,
    downtime: edits.some(isConverting),
  })
}
