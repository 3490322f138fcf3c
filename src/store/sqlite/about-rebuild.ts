/** What a migration of SQLite says of a table that is made anew: the changes that have no command of their own. */
import { type PhysicalTable, storageOf, type TableChange } from '../sql/index.ts'

export const aboutRebuild = ({ name }: PhysicalTable, changes: readonly TableChange[]): string =>
  `Make the table "${name}" anew: ${changes.map(inWords).filter(Boolean).join(', ')}`

function inWords(change: TableChange): string {
  switch (change.kind) {
    case 'addColumn':
      return `"${change.column.name}" is added`
    case 'dropColumn':
      return `"${change.column.name}" is dropped`
    case 'allowNull':
      return `"${change.column.name}" may be null`
    case 'refuseNull':
      return `"${change.column.name}" may not be null`
    case 'changeType':
      return `"${change.to.name}" becomes ${change.from.type === change.to.type ? storageOf(change.to.field.type) : change.to.type}`
    case 'changeKey':
      return 'the key changes'
    case 'dropHelper':
    case 'changeOptions':
      return 'it is strict or not'
    case 'addConstraint':
    case 'dropConstraint':
    case 'replaceConstraint':
      return `${change.kind === 'dropConstraint' ? 'without' : 'with'} "${change.constraint.name}"`
    default:
      return ''
  }
}
