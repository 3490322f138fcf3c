/** What MariaDB and MySQL differ in when they change tables: the words, and what each of them can do at once. */
import {
  columnOf,
  type Command,
  identifier,
  type MigrationStep,
  type PhysicalColumn,
  type PhysicalConstraint,
  type PhysicalIndex,
  type PhysicalTable,
  type TableChange,
} from '../sql/index.ts'

/** How a command is carried out: the server is asked for no more than it has to do. */
export type Way = Pick<MigrationStep, 'lock' | 'work'> & { readonly words: string }

const instant = 'algorithm = instant'
const online = 'algorithm = inplace, lock = none'
const copying = 'algorithm = copy, lock = shared'

export const atOnce: Way = { words: instant, lock: 'moment', work: 'instant' }
/** As quick as the one above; the server has another word for it. */
export const inPlace: Way = { words: online, lock: 'moment', work: 'instant' }
export const beside: Way = { words: online, lock: 'none', work: 'rewrite' }
export const reading: Way = { words: online, lock: 'none', work: 'scan' }
export const byCopy: Way = { words: copying, lock: 'writes', work: 'rewrite' }

/** A table as it was, and as it is to be. */
export interface Tables {
  readonly before: PhysicalTable
  readonly table: PhysicalTable
}

/** What stands behind `alter table …`, and how it is carried out. */
export interface Alteration {
  readonly text: string
  readonly way: Way
  /** Absent: a statement. */
  readonly kind?: 'statement' | 'edit'
}

export interface Alterations {
  readonly tableOptions: string
  /** How any command is carried out on this table, where it could be in this way. */
  anyWay(tables: Tables, wanted: Way): Way
  renameColumn(tables: Tables, from: string, to: string): Alteration
  /** With its check. */
  addColumn(tables: Tables, column: PhysicalColumn, form: PhysicalConstraint | undefined): Alteration
  /** `form`: its check, which may be gone already. */
  dropColumn(tables: Tables, name: string, form: PhysicalConstraint | undefined): Alteration
  /** The column as a whole. */
  modify(column: PhysicalColumn, form: PhysicalConstraint | undefined): string
  /** What has to be said beside the column when it gets another type: its indexes, which the new one takes in another form. */
  indexesWith(tables: Tables, to: PhysicalColumn): { readonly drop: string; readonly add: string }
  /** How it is carried out, where it could be in this way. */
  modifyWay(tables: Tables, wanted: Way): Way
  /** How a virtual column comes. */
  virtualWay(tables: Tables): Way
  /** How a column goes that was for indexes alone. */
  dropHelperWay(tables: Tables): Way
  /** A longer text for which nothing has to be written anew. */
  readonly lengthen: Way
  changeDefault(tables: Tables, column: PhysicalColumn): Alteration
  /** Its default is an expression to the server, which is said with the whole column. */
  isExpression(column: PhysicalColumn): boolean
  dropConstraint(constraint: PhysicalConstraint): Alteration
  /** A reference from columns that are new, of which no row has a value. */
  referFromNew(tables: Tables, constraint: PhysicalConstraint): Command
  /** A check or reference in the place of one of its name. */
  replaceConstraint(
    tables: Tables,
    change: Extract<TableChange, { kind: 'replaceConstraint' }>,
  ): readonly MigrationStep[]
  /** A default in the definition of its column. */
  defaultText(value: string, type: string): string
}

export const alterTable = ({ name }: PhysicalTable): string => `alter table ${identifier(name)}`

/** A unique index over a text without a bound is one over its hash. */
export const hashesTexts = (table: PhysicalTable): boolean => table.indexes.some(index => isHashed(table, index))

export const isHashed = (table: PhysicalTable, { unique, columns, ignoreCase, helpers }: PhysicalIndex): boolean => {
  const asTheyAre = columns.filter(name => !ignoreCase.includes(name)).map(name => columnOf(table, name)?.type)
  const made = table.helpers.filter(({ name }) => helpers.includes(name)).map(({ type }) => type)
  return unique && [...asTheyAre, ...made].some(type => type?.startsWith('longtext') === true)
}

export const formOf = (table: PhysicalTable, column: string): PhysicalConstraint | undefined =>
  table.constraints.find(({ kind, columns }) => kind === 'form' && columns[0] === column)

export function definitionWith(
  { name, type, nullable, sequence, default: value }: PhysicalColumn,
  defaultText: Alterations['defaultText'],
): string {
  const parts = [identifier(name), type, nullable ? 'null' : 'not null']
  if (sequence) parts.push('auto_increment')
  if (value !== null) parts.push(`default ${defaultText(value, type)}`)
  return parts.join(' ')
}
