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

/** From `start` to the comma or bracket that ends the constraint, quotes and brackets respected. */
function constraintText(sql: string, start: number): string {
  let depth = 0
  let quote = ''
  let end = start
  for (; end < sql.length; end++) {
    const character = sql[end] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === "'" || character === '"') quote = character
    else if (character === '(') depth++
    else if (character === ')') {
      if (depth === 0) break
      depth--
    } else if (character === ',' && depth === 0) break
    // A column that was added later has its check and its reference one after the other.
    if (depth === 0 && quote === '' && / constraint "/iuy.test(sql.slice(end, end + 13))) break
  }
  const text = sql.slice(start, end).replace(/\s+/gu, ' ').trim()
  // A reference that came with its column is written shorter.
  return text.replace(/^foreign key \([^)]*\) /u, '')
}
