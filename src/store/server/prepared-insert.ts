/** Compiled inserts of a database server. Where an insert cannot return what it has made, that is read behind it. */
import type { Value } from '../../model/index.ts'
import type { ExecutionContext, InsertPlan, WriteResult } from '../../query/index.ts'
import type { PreparedInsert } from '../contract/index.ts'
import { binderOf, type InsertCommand, insertBinderOf, type ListedRows, type MadeRead } from '../sql/index.ts'
import { inTransaction, PreparedWrite, readBack, several, single, type WriteParts } from './prepared-write.ts'

type Rows = readonly (readonly Value[])[]
type Step = (rows: Rows, values: readonly Value[], context: ExecutionContext) => Promise<WriteResult>

export function preparedInsert(parts: WriteParts, plan: InsertPlan, command: InsertCommand): PreparedInsert {
  const { made } = command
  if (made === null) {
    const write = new PreparedWrite(parts, plan, command)
    const bind = insertBinderOf(command.bindings, plan.many, parts.dialect.encoder)
    return {
      command: command.sql,
      run: (rows, values, context) => write.run(bind(rows, values), context),
      release: () => write.release(),
    }
  }
  return insertThenRead(parts, plan, command, made)
}

/** What comes back is read: a row of `made` for each that was inserted. */
function insertThenRead(parts: WriteParts, plan: InsertPlan, command: InsertCommand, made: MadeRead): PreparedInsert {
  const nothing = { ...command, returning: [], answer: null }
  const write = new PreparedWrite(parts, plan, nothing)
  const bind = insertBinderOf(command.bindings, plan.many, parts.dialect.encoder)
  const insert: Step =
    command.listed === null
      ? (rows, values, context) => write.run(bind(rows, values), context)
      : listedInsert(parts, plan, command, command.listed)
  const decodings = [...(made.by?.decodings ?? []), ...command.returning]
  const reading = new PreparedWrite(parts, plan, { ...command, ...made, returning: decodings })
  const bindRead = readBinder(parts, plan, made)
  const run: Step = async (rows, values, context) => {
    const { count } = await insert(rows, values, context)
    if (count === 0) return { count: 0, returned: [] }
    const read = await readBack(parts, reading, bindRead(rows, values), context)
    const returned = made.by === null ? read.returned : inOrderOf(rows, made.by.places, read.returned)
    // Somebody has deleted it since: there is nothing to be read.
    return command.answer === null
      ? { count, returned }
      : { count, returned, answer: read.answer ?? { json: null, version: null } }
  }
  const options = plan.many || command.moveSequence !== null ? several : single
  return {
    command: [command.listed?.passing?.sql, command.listed === null ? command.sql : textOf(command.listed, 1), made.sql]
      .filter(sql => sql !== undefined)
      .join(';\n'),
    run: (rows, values, context) => inTransaction(parts, options, context, inside => run(rows, values, inside)),
    release() {
      write.release()
      reading.release()
    },
  }
}

const textOf = ({ head, row }: ListedRows, rows: number): string => `${head} ${Array(rows).fill(row.sql).join(', ')}`

/** What is bound to read what was made. */
function readBinder(
  parts: WriteParts,
  plan: InsertPlan,
  { by, bindings }: MadeRead,
): (rows: Rows, values: readonly Value[]) => unknown[] {
  if (by !== null) {
    const bind = insertBinderOf(bindings, true, parts.dialect.encoder)
    return (rows, values) =>
      bind(
        rows.map(row => by.places.map(place => row[place] ?? null)),
        values,
      )
  }
  if (!plan.many) return insertBinderOf(bindings, false, parts.dialect.encoder)
  const bind = binderOf(bindings, parts.dialect.encoder)
  return rows => bind([rows.length])
}

/** As the rows were given, without the values by which they were found. */
function inOrderOf(rows: Rows, places: readonly number[], found: readonly (readonly Value[])[]): Rows {
  const own = places.length
  const byText = new Map(found.map(values => [JSON.stringify(values.slice(0, own)), values.slice(own)]))
  return rows.flatMap(row => {
    const values = byText.get(JSON.stringify(places.map(place => row[place] ?? null)))
    return values === undefined ? [] : [values]
  })
}

/** The rows one by one in one command, whose length is theirs: it is not kept prepared. */
function listedInsert(parts: WriteParts, plan: InsertPlan, command: InsertCommand, listed: ListedRows): Step {
  const none = { ...command, returning: [], answer: null, moveSequence: null }
  const passing =
    listed.passing === null
      ? null
      : new PreparedWrite(parts, plan, { ...none, ...listed.passing, returning: ['number'] })
  const bindAll = insertBinderOf(listed.passing?.bindings ?? [], true, parts.dialect.encoder)
  const bindRow = insertBinderOf(listed.row.bindings, false, parts.dialect.encoder)
  return async (rows, values, context) => {
    if (passing !== null) {
      const { returned } = await passing.run(bindAll(rows, values), context)
      const count = Number(returned[0]?.[0] ?? 0)
      if (count < rows.length) return { count: 0, returned: [] }
    }
    const write = new PreparedWrite(parts, plan, { ...none, sql: textOf(listed, rows.length) })
    return await write.run(
      rows.flatMap(row => bindRow([row], values)),
      context,
    )
  }
}
