/** What a case of the suite is, and the two things that cases say: this is the answer, this is refused. */
import assert from 'node:assert/strict'
import { type ErrorCode, PlinthError } from '../../error/index.ts'
import type { Capabilities } from '../../query/index.ts'
import type { Fixture } from './fixture.ts'

/** An ability that a case needs of the store; without it the case has to be refused by code, or pass all the same. */
export type Need = {
  [Name in keyof Capabilities]: Capabilities[Name] extends boolean ? Name : never
}[keyof Capabilities]

export interface ConformanceCase {
  readonly name: string
  readonly needs: readonly Need[]
  /** It leaves the rows as they are, so they need not be made anew for the next. */
  readonly onlyReads: boolean
  run(fixture: Fixture): Promise<void>
}

export interface CaseGroup {
  readonly name: string
  readonly cases: readonly ConformanceCase[]
}

export function group(name: string, cases: readonly ConformanceCase[]): CaseGroup {
  return { name, cases }
}

/** A case that writes: the rows are made anew before it. */
export function writing(name: string, needs: readonly Need[], run: ConformanceCase['run']): ConformanceCase {
  return { name, needs, onlyReads: false, run }
}

/** A case that only reads, and leaves the rows as they are. */
export function reading(name: string, needs: readonly Need[], run: ConformanceCase['run']): ConformanceCase {
  return { name, needs, onlyReads: true, run }
}

/** The codes with which an ability that a store does not have is refused. */
const unsupported: readonly ErrorCode[] = ['store.unsupported', 'store.transactions-unsupported', 'boot.store-unable']

export const isUnsupported = (error: unknown): error is PlinthError =>
  error instanceof PlinthError && unsupported.includes(error.code)

/** Fails unless the promise is refused with the code. A refusal for a missing ability passes through to the suite. */
export async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<PlinthError> {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error
    if (isUnsupported(error) && error.code !== code) throw error
    assert.equal(error.code, code, `refused with ${error.code} (${error.message}), not with ${code}`)
    return error
  }
  throw new assert.AssertionError({ message: `was not refused with ${code}` })
}
