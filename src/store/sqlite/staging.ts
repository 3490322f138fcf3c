/**
 * Rows that are gathered in a file of their own. SQLite has one writer: a million rows take it up for as long as they are read, checked and
 * written one after the other, and for a seventh of that when they come from a table that has them ready.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { abortReason, type PlinthError } from '../../error/index.ts'
import type { FieldNode, ModelGraph, ModelNode } from '../../model/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import { brokenUnique, missingReference, type StagedConflict, type Staging, type Store } from '../contract/index.ts'
import { flatTableName, identifier, type IndexPart, type TableShape, tableShapes } from '../sql/index.ts'
import { isBusy, isConstraint, storeError } from './driver-error.ts'
import { foldedColumn } from './folded.ts'
import { hasRowid, rowidOf } from './table.ts'

interface StagingParts {
  readonly store: Store
  /** The file that the rows are gathered in, and the connection that writes it. */
  readonly file: string
  readonly gathered: DatabaseSync
  /** A connection of its own to the database. */
  readonly live: DatabaseSync
  readonly graph: ModelGraph
  readonly model: ModelNode
}

/** What the database itself makes, it makes where the rows stay; what else others gave a table is not known. */
export const isStageable = (model: ModelNode): boolean =>
  hasRowid(model) &&
  !model.adopted &&
  Object.values(model.fields).every(({ default: source }) => source?.from !== 'sequence' && source?.from !== 'database')

/** In the order in which rows were created: their lines, and their own numbers. */
const lines = 'plinth_staged_line'
const rows = 'plinth_staged_row'

/** Rows that one statement puts in their place: what it would need to be undone is kept in memory. */
const partRows = 50_000

/** The greatest number that a row can have. */
const greatest = 2n ** 63n - 1n

/** Milliseconds between two attempts to begin while another process writes. */
const retryAfter = 5

export class SqliteStaging implements Staging {
  readonly store: Store
  readonly #live: DatabaseSync
  readonly #file: string
  readonly #shape: TableShape
  readonly #rowid: string
  readonly #gathered: DatabaseSync
  readonly #note: StatementSync
  #attached = false

  private constructor({ store, live, file, gathered, model }: StagingParts, shape: TableShape) {
    this.store = store
    this.#live = live
    this.#file = file
    this.#shape = shape
    this.#rowid = rowidOf(model)
    this.#gathered = gathered
    this.#note = gathered.prepare(`insert into ${lines} (line) select value from json_each(?)`)
  }

  static async open(parts: StagingParts): Promise<SqliteStaging> {
    const { store, gathered, graph, model } = parts
    const shape = tableShapes(graph).find(one => one.model.name === model.name)
    if (shape === undefined) throw new Error(`The graph has no model ${model.name}`)
    const differences = await store.compareSchema(graph)
    await store.applySchema(differences.filter(difference => difference.model === model.name))
    for (const { name, unique } of shape.indexes) if (!unique) gathered.exec(`drop index ${identifier(name)}`)
    // Nothing of it outlives the process, and the rows that its rows refer to are elsewhere.
    gathered.exec('pragma synchronous = off; pragma foreign_keys = off')
    gathered.exec(`create table ${lines} (place integer primary key, line integer not null) strict;
      create table ${rows} (place integer primary key, row integer not null) strict;
      create trigger plinth_staged after insert on ${identifier(flatTableName(model))}
      begin insert into ${rows} (row) values (new.${rowidOf(model)}); end`)
    return new SqliteStaging(parts, shape)
  }

  note(noted: readonly number[]): void {
    this.#note.run(JSON.stringify(noted))
  }

  conflicts(most: number): readonly StagedConflict[] {
    this.#attach()
    return [...this.#duplicates(most), ...this.#references(most)]
      .flatMap(({ found, error }) => this.#linesOf(found).map(line => ({ line, error })))
      .toSorted((one, other) => one.line - other.line)
  }

  async merge(context: ExecutionContext): Promise<boolean> {
    this.#attach()
    const live = this.#live
    const columns = this.#shape.columns.map(({ column }) => identifier(column)).join(', ')
    const rowid = this.#rowid
    const part = `from ${this.#table('staged')} where ${rowid} >= ? order by ${rowid} limit ${partRows}`
    const insert = live.prepare(`insert into ${this.#table('main')} (${columns}) select ${columns} ${part}`)
    const end = live.prepare(`select max(row) as row from (select ${rowid} as row ${part})`)
    end.setReadBigInts(true)
    await this.#begin(context)
    try {
      // Rows may refer to later ones.
      live.exec('pragma defer_foreign_keys = on')
      let next = -(2n ** 63n)
      for (;;) {
        insert.run(next)
        const last = end.get(next)?.['row']
        if (typeof last !== 'bigint' || last === greatest) break
        next = last + 1n
      }
      live.exec('commit')
      return true
    } catch (error) {
      if (live.isTransaction) live.exec('rollback')
      if (error instanceof Error && isConstraint(error)) return false
      throw storeError(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live.close()
    await this.store.close()
  }

  /** Others that write are waited for, not with the whole thread: somebody may want to stop it. */
  async #begin({ signal, deadline }: ExecutionContext): Promise<void> {
    for (;;) {
      try {
        this.#live.exec('begin immediate')
        return
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw storeError(error)
      }
      if (signal?.aborted === true) throw abortReason(signal)
      await pause(retryAfter)
    }
  }

  #attach(): void {
    if (this.#attached) return
    // What it keeps of the file is of no use any more, and the other connection needs as much.
    this.#gathered.exec('pragma shrink_memory')
    this.#live.prepare('attach ? as staged').run(this.#file)
    this.#attached = true
  }

  #table(database: 'main' | 'staged', model = this.#shape.model): string {
    return `${database}.${identifier(flatTableName(model))}`
  }

  /** Rows whose unique values are taken. */
  #duplicates(most: number): readonly Found[] {
    const { model, key, indexes } = this.#shape
    const uniques: readonly { readonly parts: readonly UniquePart[]; readonly live: FieldNode | null }[] = [
      ...(key.length === 0 ? [] : [{ parts: key.map(field => ({ field, ignoreCase: false })), live: null }]),
      ...indexes.filter(({ unique }) => unique).map(({ columns, liveOnly }) => ({ parts: columns, live: liveOnly })),
    ]
    return uniques.map(({ parts, live }) => {
      const same = parts.map(({ field, ignoreCase }) => {
        const [staged, own] = ['s.', 't.'].map(row =>
          ignoreCase ? foldedColumn(field, row) : `${row}${identifier(field.column)}`,
        )
        return `${staged} = ${own}`
      })
      const both = live === null ? [] : ['s', 't'].map(row => `${row}.${identifier(live.column)} is null`)
      const names = parts.map(({ field }) => field.name)
      return {
        // The staged rows are looked up in the table, however few it has.
        found: this.#rowsOf(
          `${this.#table('staged')} s cross join ${this.#table('main')} t on ${[...same, ...both].join(' and ')}`,
          most,
        ),
        error: brokenUnique(model, names),
      }
    })
  }

  /** Rows that refer to rows that are neither there nor come with them. */
  #references(most: number): readonly Found[] {
    return this.#shape.references.map(({ relation, columns, target, targetColumns }) => {
      const locals = columns.map(({ column }) => `s.${identifier(column)}`)
      const same = targetColumns.map(({ column }, index) => `t.${identifier(column)} = ${locals[index] ?? ''}`)
      const places = [
        this.#table('main', target),
        ...(target.name === this.#shape.model.name ? [this.#table('staged')] : []),
      ]
      const nowhere = places.map(place => `not exists (select 1 from ${place} t where ${same.join(' and ')})`)
      const given = locals.map(local => `${local} is not null`)
      return {
        found: this.#rowsOf(`${this.#table('staged')} s where ${[...given, ...nowhere].join(' and ')}`, most),
        error: missingReference({ relation, locals: columns.map(({ name }) => name), target: target.name }),
      }
    })
  }

  /** As texts: a key of 64 bits may be the row's own number. */
  #rowsOf(from: string, most: number): readonly string[] {
    return this.#live
      .prepare(`select cast(s.${this.#rowid} as text) as row from ${from} limit ${most}`)
      .all()
      .map(({ row }) => String(row))
  }

  #linesOf(found: readonly string[]): readonly number[] {
    if (found.length === 0) return []
    this.#live.exec(`create index if not exists staged.${rows}_index on ${rows} (row)`)
    return this.#live
      .prepare(
        `select l.line as line from json_each(?) f join staged.${rows} r on r.row = cast(f.value as integer) join staged.${lines} l using (place)`,
      )
      .all(JSON.stringify(found))
      .map(({ line }) => Number(line))
  }
}

type UniquePart = Pick<IndexPart, 'field' | 'ignoreCase'>

/** Rows by their own numbers, and what is wrong with all of them. */
interface Found {
  readonly found: readonly string[]
  readonly error: PlinthError
}
