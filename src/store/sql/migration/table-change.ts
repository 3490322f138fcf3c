/** What turns one state of a table into another. */
import type {
  HelperColumn,
  PhysicalColumn,
  PhysicalConstraint,
  PhysicalIndex,
  PhysicalTable,
} from './physical-table.ts'

export type TableChange =
  | { readonly kind: 'createTable' }
  | { readonly kind: 'dropTable' }
  | { readonly kind: 'renameTable'; readonly from: string }
  | { readonly kind: 'renameColumn'; readonly from: string; readonly to: string }
  | { readonly kind: 'addColumn'; readonly column: PhysicalColumn }
  | { readonly kind: 'dropColumn'; readonly column: PhysicalColumn }
  | { readonly kind: 'refuseNull'; readonly column: PhysicalColumn }
  | { readonly kind: 'allowNull'; readonly column: PhysicalColumn }
  /** Rows without a value get one. */
  | { readonly kind: 'fill'; readonly column: PhysicalColumn }
  | { readonly kind: 'changeDefault'; readonly column: PhysicalColumn }
  | { readonly kind: 'changeType'; readonly from: PhysicalColumn; readonly to: PhysicalColumn }
  | { readonly kind: 'changeKey' }
  /** No index needs it any more. */
  | { readonly kind: 'dropHelper'; readonly helper: HelperColumn }
  /** What stands behind the definitions. */
  | { readonly kind: 'changeOptions' }
  | { readonly kind: 'addConstraint'; readonly constraint: PhysicalConstraint }
  | { readonly kind: 'dropConstraint'; readonly constraint: PhysicalConstraint }
  /** `narrows`: it refuses what the old one allowed. */
  | { readonly kind: 'replaceConstraint'; readonly constraint: PhysicalConstraint; readonly narrows: boolean }
  | { readonly kind: 'createIndex'; readonly index: PhysicalIndex }
  | { readonly kind: 'dropIndex'; readonly index: PhysicalIndex }
  | { readonly kind: 'replaceIndex'; readonly index: PhysicalIndex }

export interface ChangedTable {
  /** Null: there was none. */
  readonly before: PhysicalTable | null
  /** Null: there is none afterwards. */
  readonly after: PhysicalTable | null
  readonly changes: readonly TableChange[]
}
