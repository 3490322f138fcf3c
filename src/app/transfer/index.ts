/** Rows of files: imported into the database, and exported from it. */
export type { ImportState, Keep } from './import-rows.ts'
export { type ExportReport, runExport } from './run-export.ts'
export { type ImportStanding, runImport } from './run-import.ts'
export { defaultTimeLimit } from './transfer-limits.ts'
