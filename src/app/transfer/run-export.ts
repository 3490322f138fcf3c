/** `plinth export`: opens application and file, and exports the one into the other. */
import type { Writable } from 'node:stream'
import type { App } from '../create-app.ts'
import { openForScript } from '../open-script.ts'
import type { Environment } from '../settings.ts'
import { parseRowsQuery } from '../../surface/rest/index.ts'
import { exportColumns } from './export-columns.ts'
import { exportRows } from './export-rows.ts'
import { delimiterOf, formatOf } from './file-format.ts'
import { findModel } from './find-model.ts'
import { outputFile } from './output-file.ts'
import { rowPrinter } from './row-printer.ts'
import { exportTime, transferLimits } from './transfer-limits.ts'

export interface ExportOptions {
  readonly root: string
  readonly environment: Environment
  readonly model: string
  /** Null: standard output. */
  readonly file: string | null
  readonly standardOutput: Writable
  readonly format: string | undefined
  readonly delimiter: string | undefined
  /** A query string. */
  readonly where: string
  readonly select: string | null
  readonly withDeleted: boolean
  readonly withPrivate: boolean
  readonly most: number | null
  readonly signal: AbortSignal
  readonly onProgress: (rows: number) => void
}

export interface ExportReport {
  readonly rows: number
  /** Fields that were left out because no caller may read them. */
  readonly withheld: readonly string[]
}

export async function runExport(app: App, options: ExportOptions): Promise<ExportReport> {
  const format = options.file === null ? formatOf('.csv', options.format) : formatOf(options.file, options.format)
  const delimiter = delimiterOf(options.file, options.delimiter)
  const { root, environment, signal, withDeleted, most, onProgress } = options
  // What is only read is not changed to fit.
  const opened = await openForScript(app, {
    root,
    environment,
    schema: 'require',
    looks: true,
    limits: transferLimits(exportTime),
  })
  try {
    const { graph } = opened
    const model = findModel(graph, options.model)
    const query = parseRowsQuery({ graph, model }, options.where, options.select)
    const { outputs, withheld } = exportColumns(model, query.select, options.withPrivate)
    const printer = rowPrinter(format, model, outputs, delimiter)
    const output = outputFile(options.file, options.standardOutput)
    const write = async (text: string): Promise<boolean> => !signal.aborted && (await output.write(text))
    try {
      const rows = await exportRows(opened, { model, query, outputs, withDeleted, most, printer, write, onProgress })
      if (signal.aborted) output.abandon()
      else await output.finish()
      return { rows, withheld }
    } catch (error) {
      output.abandon()
      throw error
    }
  } finally {
    await opened.close()
  }
}
