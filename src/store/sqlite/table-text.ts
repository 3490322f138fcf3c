/** Reads the text of a CREATE TABLE command: SQLite keeps what a table refuses as that text only. */

/** The named constraints of a CREATE TABLE command, as text without needless spaces. */
export function constraintsIn(sql: string): ReadonlyMap<string, string> {
  const constraints = new Map<string, string>()
  const named = /constraint "((?:[^"]|"")+)" /giu
  for (const match of sql.matchAll(named)) {
    const start = match.index + match[0].length
    constraints.set((match[1] ?? '').replaceAll('""', '"'), constraintText(sql, start))
  }
  return constraints
}

/** From `start` to what ends the constraint: a comma, a bracket, or the next one. */
function constraintText(sql: string, start: number): string {
  const text = sql
    .slice(start, endOfPart(sql, start, / constraint "/iuy))
    .replace(/\s+/gu, ' ')
    .trim()
  // A reference that came with its column is written shorter.
  return text.replace(/^foreign key \([^)]*\) /u, '')
}

/** Where the part that begins at `start` ends: at a comma or bracket of its own depth, or before `stop`; quotes are respected. */
function endOfPart(sql: string, start: number, stop: RegExp | null): number {
  let depth = 0
  let quote = ''
  for (let end = start; end < sql.length; end++) {
    const character = sql[end] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
      continue
    }
    if (character === "'" || character === '"') quote = character
    else if (character === '(') depth++
    else if (character === ')') {
      if (depth === 0) return end
      depth--
    } else if (character === ',' && depth === 0) return end
    if (stop === null || depth > 0) continue
    // A column that was added later has its check and its reference one after the other.
    stop.lastIndex = end
    if (stop.test(sql)) return end
  }
  return sql.length
}

export interface ColumnDefinition {
  /** What comes before its named constraints. */
  readonly unnamed: string
  /** Each of its named constraints. */
  readonly constraints: readonly string[]
}

export interface TableDefinitions {
  readonly columns: ReadonlyMap<string, ColumnDefinition>
  /** What is said of the table as a whole. */
  readonly rest: readonly string[]
}

/** The parts of a CREATE TABLE command. */
export function definitionsIn(sql: string): TableDefinitions {
  const columns = new Map<string, ColumnDefinition>()
  const rest: string[] = []
  let start = sql.indexOf('(') + 1
  for (;;) {
    const end = endOfPart(sql, start, null)
    const text = sql.slice(start, end).replace(/\s+/gu, ' ').trim()
    const name = columnName(text)
    if (name === null) rest.push(text)
    else {
      const [unnamed = '', ...constraints] = splitAtConstraints(text)
      columns.set(name, { unnamed, constraints })
    }
    if (sql[end] !== ',') return { columns, rest }
    start = end + 1
  }
}

function splitAtConstraints(text: string): readonly string[] {
  const end = endOfPart(text, 0, / constraint "/iuy)
  return end === text.length ? [text] : [text.slice(0, end), ...splitAtConstraints(text.slice(end + 1))]
}

const ofTable = /^(?:constraint|primary\s+key|unique|check|foreign\s+key)\b/iu

/** The name of the column that a part defines; null when it says something of the table. */
function columnName(part: string): string | null {
  const quoted = /^"((?:[^"]|"")+)"/u.exec(part)?.[1]
  if (quoted !== undefined) return quoted.replaceAll('""', '"')
  return ofTable.test(part) ? null : (/^[^\s(]+/u.exec(part)?.[0] ?? null)
}
