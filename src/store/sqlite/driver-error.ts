/** What node:sqlite throws, as coded errors. */
import { PlinthError, refusal } from '../../error/index.ts'
import { outOfRange } from '../contract/index.ts'
import { longestAnswerText } from './bound-texts.ts'
import { isOverflow } from './number-range.ts'

/** Result codes of SQLite (sqlite.org/rescode.html); the low byte is the primary one. */
const primary = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  tooBig: 18,
  constraint: 19,
  notADatabase: 26,
} as const

/** The extended code of a reference. */
const foreignKey = 787

/** The extended result code, or undefined when the error is not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

export const isBusy = (error: unknown): boolean => {
  const code = (resultCode(error) ?? 0) & 0xff
  return code === primary.busy || code === primary.locked
}

export const isReadOnly = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === primary.readOnly

export const isConstraint = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === primary.constraint

export const cannotBeOpened = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === primary.cannotOpen
export const isNoDatabase = (error: unknown): boolean => ((resultCode(error) ?? 0) & 0xff) === primary.notADatabase

/** Of references that are looked at when a transaction ends SQLite says no more than that one of them leads nowhere. */
export const commitError = (error: unknown): unknown =>
  resultCode(error) === foreignKey
    ? refusal('writes.reference-unmet', {}, error instanceof Error ? { cause: error } : {})
    : error

/** A coded error for what the database cannot do now; anything else stays what it is. */
export function storeError(error: unknown): unknown {
  if (error instanceof PlinthError) return error
  const code = resultCode(error) ?? 0
  if (isOverflow(code, error)) return outOfRange(error)
  switch (code & 0xff) {
    case primary.busy:
    case primary.locked:
      return refusal('store.busy', {}, { cause: error })
    case primary.tooBig:
      return refusal('store.response-too-large', { limit: longestAnswerText }, { cause: error })
    case primary.full:
      return refusal('store.full', {}, { cause: error })
    case primary.readOnly:
    case primary.ioError:
    case primary.corrupt:
    case primary.cannotOpen:
    case primary.notADatabase:
      return refusal('store.unavailable', {}, { cause: error })
    default:
      return error
  }
}
