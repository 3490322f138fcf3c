/** The story of an export: pages of one state of the database, in the order of the key, one behind the other. */
import { PlinthError } from '../../error/index.ts'
import { settle, wholeText } from '../../lib/index.ts'
import { kindOf, type ModelNode, type Value } from '../../model/index.ts'
import {
  emptyFind,
  type ExecutionContext,
  type FindRequest,
  type OutputRequest,
  type SortTerm,
  systemCaller,
} from '../../query/index.ts'
import type { RowsQuery } from '../../surface/rest/index.ts'
import type { OpenApplication } from '../open-application.ts'
import type { RowPrinter } from './row-printer.ts'
import { firstPage, largestPage, pageBytes } from './transfer-limits.ts'

export interface ExportPlan {
  readonly model: ModelNode
  readonly query: RowsQuery
  readonly outputs: readonly OutputRequest[]
  readonly withDeleted: boolean
  /** The most rows; null: all. */
  readonly most: number | null
  readonly printer: RowPrinter
  /** Resolves when more may come; false: nobody wants more. */
  readonly write: (text: string) => Promise<boolean>
  readonly onProgress: (rows: number) => void
}

const system = systemCaller('plinth export')

/** Gives how many rows were written. */
export async function exportRows({ engine, context }: OpenApplication, plan: ExportPlan): Promise<number> {
  return await engine.transactions.run(context(system), { together: false, isolation: 'snapshot' }, function* (inside) {
    return yield* settle(new Export(engine, plan, inside).run())
  })
}

class Export {
  readonly #engine: OpenApplication['engine']
  readonly #plan: ExportPlan
  readonly #inside: ExecutionContext
  readonly #request: FindRequest
  #rows = 0
  #page = firstPage

  constructor(engine: OpenApplication['engine'], plan: ExportPlan, inside: ExecutionContext) {
    this.#engine = engine
    this.#plan = plan
    this.#inside = inside
    const { model, query, outputs, withDeleted } = plan
    this.#request = {
      ...emptyFind,
      model: model.name,
      select: { defaults: false, outputs },
      where: query.where,
      sort: model.key.length > 0 ? [] : everyOrder(model),
      limit: query.values.length,
      withDeleted: withDeleted && model.softDeleteField !== null,
    }
  }

  async run(): Promise<number> {
    const { printer, write, most, onProgress } = this.#plan
    // The head goes out with the first page: of an export that cannot be read nothing is printed.
    let head = printer.head
    let wanted = true
    let cursor: string | null = null
    while (wanted && this.#rows !== most) {
      const found = await this.#next(cursor)
      if (found.rows.length === 0) break
      wanted = await write(head + printer.print(found.rows))
      head = ''
      this.#rows += found.rows.length
      onProgress(this.#rows)
      if (!found.more) break
      cursor = found.after
    }
    if (head !== '') await write(head)
    return this.#rows
  }

  /** The next page. One whose rows are larger than expected is asked for again with fewer. */
  async #next(cursor: string | null): Promise<Page> {
    for (;;) {
      try {
        return await this.#read(
          cursor,
          Math.min(this.#page, (this.#plan.most ?? largestPage + this.#rows) - this.#rows),
        )
      } catch (error) {
        const isLarge = error instanceof PlinthError && error.code === 'store.response-too-large'
        if (!isLarge || this.#page === 1) throw error
        this.#page = Math.max(1, Math.floor(this.#page / 4))
      }
    }
  }

  async #read(cursor: string | null, limit: number): Promise<Page> {
    const { model, query } = this.#plan
    const byKey = model.key.length > 0
    const seek = cursor === null ? null : ({ direction: 'after' } as const)
    const offset = byKey ? null : query.values.length + 1
    const prepared = this.#engine.find({ ...this.#request, seek, offset }, 'system')
    const values = [...query.values, limit, ...(byKey ? [] : [this.#rows])]
    const found = await prepared.run({ form: 'text', values, cursor }, this.#inside)
    const text = wholeText(found.json ?? '[]')
    const rows = JSON.parse(text) as Record<string, Value>[]
    const rowBytes = Math.max(1, text.length / Math.max(1, rows.length))
    this.#page = Math.max(1, Math.min(largestPage, this.#page * 4, Math.floor(pageBytes / rowBytes)))
    return { rows, after: found.after, more: found.after !== null || (!byKey && rows.length === limit) }
  }
}

interface Page {
  readonly rows: readonly Readonly<Record<string, Value>>[]
  readonly after: string | null
  readonly more: boolean
}

/** Rows without a key are told apart by all that can be sorted by. */
const everyOrder = (model: ModelNode): readonly SortTerm[] =>
  Object.values(model.fields)
    .filter(({ type }) => kindOf(type).sortable)
    .map(({ name }) => ({ path: [name], direction: 'ascending' }))
