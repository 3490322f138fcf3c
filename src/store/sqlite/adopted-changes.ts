/**
 * Changes of a table that was there before its model, where SQLite has no command for them: what else the table says is not known when the
 * migration is written, so it names the changes alone, and the text that made the table is changed by them when it runs.
 */
import { columnOf, factsOf, type PhysicalTable, type SchemaFact, type TableChange } from '../sql/index.ts'
import { editWords } from './edit-table-text.ts'
import { converts } from './rebuild-step.ts'

export interface AdoptedChange {
  /** What stands behind `alter table "…" `; several where several have to change, none where nothing has. */
  readonly words: readonly string[]
  /** By which it is seen to be done. */
  readonly unless: SchemaFact | null
}

/** Null: values would have to be kept otherwise, or rows be known by something else. */
export function adoptedChange(after: PhysicalTable, change: TableChange): AdoptedChange | null {
  const facts = factsOf(after)
  switch (change.kind) {
    case 'allowNull': {
      const { name } = change.column
      return { words: [editWords.dropNotNull(name)], unless: facts.optional(name) }
    }
    case 'refuseNull': {
      const { name } = change.column
      return { words: [editWords.setNotNull(name)], unless: facts.required(name) }
    }
    case 'changeType': {
      const { from, to } = change
      if (converts(change) && from.type === to.type) return null
      return {
        words: [editWords.changeType(to.name, to.type, converts(change))],
        unless: facts.isOfType(to.name, to.type),
      }
    }
    case 'addConstraint':
    case 'replaceConstraint': {
      const { name, text } = change.constraint
      return { words: [editWords.addConstraint(name, text)], unless: null }
    }
    case 'dropConstraint': {
      const { kind, columns, name } = change.constraint
      const goes = columns.some(column => columnOf(after, column) === undefined)
      // It goes with its column.
      if (goes && kind !== 'check') return { words: [], unless: null }
      const words = kind === 'reference' ? editWords.dropReference(columns) : editWords.dropConstraint(name)
      return { words: [words], unless: null }
    }
    // It stays as strict as it is.
    case 'changeOptions':
      return { words: [], unless: null }
    default:
      return null
  }
}
