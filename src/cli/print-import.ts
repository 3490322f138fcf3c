/** What became of an import, for people: bad lines and reasons on standard error, the sum on standard output. */
import type { ImportState, Keep } from '../app/index.ts'
import { lines, number, rows } from './transfer-arguments.ts'

export interface ImportText {
  readonly model: string
  readonly keep: Keep
  readonly rejects: string | null
  readonly seconds: number
}

export async function printImport(state: ImportState, text: ImportText): Promise<void> {
  for (const { line, mistakes } of state.told) {
    for (const { pointer, message, hint } of mistakes) {
      const place = pointer === '' ? '' : `${pointer.slice(1)}: `
      process.stderr.write(`line ${line}  ${place}${message}${hint === undefined ? '' : ` ${hint}`}\n`)
    }
  }
  if (state.refused > state.told.length)
    process.stderr.write(`and ${lines(state.refused - state.told.length)} more with mistakes\n`)
  const { describeFailure } = await import('../service/observe/index.ts')
  if (state.failure !== null) process.stderr.write(`${describeFailure(state.failure, process.cwd())}\n`)
  if (codeOf(state.failure) === 'store.time-limit')
    process.stderr.write(
      '  More time is given by --time-limit, as in --time-limit 1h; --keep-going needs less for each transaction.\n',
    )
  process.stdout.write(`${[...endOf(state, text), ...sumOf(state, text)].join('\n')}\n`)
}

/** Why it ended, if not at the end of the file. */
function endOf({ end, line, refused, brokenFrom }: ImportState, { keep }: ImportText): readonly string[] {
  const onward = keep === 'good' ? ` To go on: --from-line ${line + 1}` : ''
  switch (end) {
    case 'complete':
      return []
    case 'stopped':
      return [`Stopped after line ${number(line)}.${onward}`]
    case 'broken':
      return [`From line ${number(brokenFrom ?? line)} on the file could not be read.`]
    case 'given-up':
      return [`Given up after ${lines(refused)} with mistakes.`]
    default:
      return [`Ended after line ${number(line)}.${onward}`]
  }
}

function sumOf(
  { created, updated, refused, kept, failure }: ImportState,
  { model, keep, rejects, seconds }: ImportText,
): readonly string[] {
  const parts = [`${rows(created)} created`, ...(updated === 0 ? [] : [`${number(updated)} updated`])].join(', ')
  const bad = refused === 0 ? '' : `, ${lines(refused)} refused${rejects === null ? '' : ` (in ${rejects})`}`
  const done = created + updated
  const rate = done < 1000 ? '' : ` (${seconds.toFixed(1)} s, ${number(Math.round(done / seconds))} rows/s)`
  if (keep === 'nothing') return [`${model}: ${parts}${bad}. Undone again, as it was a dry run: nothing has changed.`]
  if (kept) return [`${model}: ${parts}${bad}${rate}.`]
  // Whether a commit whose answer was lost has happened, nobody knows.
  if (codeOf(failure) === 'store.outcome-unknown')
    return [`${model}: whether the rows are in the database is not known.`]
  return [`${model}: ${refused === 0 ? '' : `${lines(refused)} refused, so `}nothing was imported.`]
}

const codeOf = (failure: unknown): unknown =>
  typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : null
