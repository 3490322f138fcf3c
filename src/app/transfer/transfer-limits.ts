/** Bounds on imports and exports. They are the same for everybody, and docs/import-export.md has them. */
import type { Limits } from '../../query/index.ts'

/** Rows that are written by one statement. */
export const batchRows = 1000

/** Bytes of the file after which a batch is full, however few its rows. */
export const batchBytes = 2 * 1024 * 1024

/** Bytes of one row in a file. */
export const mostRowBytes = 16 * 1024 * 1024

/** Bad lines after which an import that keeps nothing anyway looks no further. */
export const mostRefused = 1000

/** Bad lines that are told singly; all are counted. */
export const mostTold = 20

/** Rows that may wait for rows of the same file that come later. */
export const mostWaiting = 10_000

/** Bytes of those. */
export const mostWaitingBytes = 32 * 1024 * 1024

/** How deep a row in JSON may nest: a field of JSON, and the row around it. */
export const jsonDepth = 70

/** Bytes that a page of an export should have; how many rows that are is found out as it goes. */
export const pageBytes = 1024 * 1024

/** Rows of the first page of an export, and of the largest. */
export const firstPage = 100
export const largestPage = 5000

/** Milliseconds that an import or a seed that keeps all or nothing may take, unless more is asked for. */
export const defaultTimeLimit = 600_000

/** Milliseconds that an export may take. */
export const exportTime = 86_400_000

/** What the engine allows itself while it imports or exports: it is asked by the operator, page after page. */
export function transferLimits(transactionTime: number): Partial<Limits> {
  return {
    transactionTime,
    requestTime: Math.max(transactionTime, exportTime),
    maximumPage: largestPage,
    maximumRows: 10_000_000,
    bulkRows: 100_000,
    offset: Number.MAX_SAFE_INTEGER,
    responseBytes: 256 * 1024 * 1024,
    conditions: 1000,
  }
}
