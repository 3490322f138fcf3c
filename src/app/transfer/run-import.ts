/** `plinth import`: opens file and application, and imports the one into the other. */
import type { Readable } from 'node:stream'
import { refusal } from '../../error/index.ts'
import type { ModelNode } from '../../model/index.ts'
import { uniqueFields } from '../../operation/index.ts'
import type { App } from '../create-app.ts'
import { migratedFirst, openForScript } from '../open-script.ts'
import type { Environment } from '../settings.ts'
import { csvSource } from './csv-source.ts'
import { fieldNames, type NameOptions } from './field-names.ts'
import { delimiterOf, formatOf } from './file-format.ts'
import { findModel } from './find-model.ts'
import { Import, type ImportState, type Keep } from './import-rows.ts'
import { placed, stagingFor } from './staged-import.ts'
import { inputFile } from './input-file.ts'
import { jsonLinesSource } from './json-lines-source.ts'
import { rejectsFile } from './rejects-file.ts'
import { transferLimits } from './transfer-limits.ts'
import { withoutMark } from './utf8.ts'

export interface ImportOptions extends NameOptions {
  readonly root: string
  readonly environment: Environment
  readonly model: string
  /** Null: standard input. */
  readonly file: string | null
  readonly standardInput: Readable
  readonly format: string | undefined
  readonly delimiter: string | undefined
  readonly keep: Keep
  /** Fields that tell rows that are there; empty for the key; null: all rows are new. */
  readonly upsertOn: readonly string[] | null
  readonly fromLine: number
  readonly rejects: string | null
  /** Milliseconds for one transaction. */
  readonly timeLimit: number
  readonly signal: AbortSignal
  /** Handed a way to ask how it stands. */
  readonly begun: (standing: () => ImportStanding) => void
}

export interface ImportStanding extends ImportState {
  readonly bytes: number
  /** Null when that is not known. */
  readonly ofBytes: number | null
}

export async function runImport(app: App, options: ImportOptions): Promise<ImportState & { readonly model: string }> {
  const format = formatOf(options.file, options.format)
  const delimiter = delimiterOf(options.file, options.delimiter)
  const first = options.keep !== 'good'
  using input = await inputFile(options.file, options.standardInput, { first, signal: options.signal })
  const { root, environment } = options
  const opened = await openForScript(app, {
    root,
    environment,
    limits: transferLimits(options.timeLimit),
    ...migratedFirst(root),
  })
  try {
    const model = findModel(opened.graph, options.model)
    const upsertOn = options.upsertOn === null ? null : upsertFields(model, options.upsertOn)
    const names = fieldNames(model, options)
    const chunks = withoutMark(input.chunks)
    const source = format === 'csv' ? await csvSource(chunks, model, names, delimiter) : jsonLinesSource(chunks, names)
    using rejects = options.rejects === null ? null : rejectsFile(options.rejects, options.file, source, delimiter)
    const { keep, fromLine, signal } = options
    const plan = { model, source, keep, upsertOn, fromLine, rejects, signal, gathered: null }
    await using staging = await stagingFor(opened, plan)
    const run =
      staging === null
        ? new Import(opened, plan)
        : new Import(staging, { ...plan, gathered: lines => staging.rows.note(lines) })
    options.begun(() => ({ ...run.state, bytes: input.read(), ofBytes: input.size }))
    const state = await run.run()
    return { ...(staging === null ? state : await placed(state, plan, staging)), model: options.model }
  } finally {
    await opened.close()
  }
}

function upsertFields(model: ModelNode, on: readonly string[]): readonly string[] {
  if (model.key.length === 0) throw refusal('request.no-key', { model: model.name, what: 'an upsert' })
  return on.length === 0 ? model.key : uniqueFields(model, on, 'system')
}
