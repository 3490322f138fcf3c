/** `plinth import`: rows of a file into the database. */
import type { ImportStanding, ImportState, Keep } from '../../app/index.ts'
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { printImport } from '../print-import.ts'
import { withProgress } from '../progress.ts'
import { applicationOption, jsonOption } from '../shared-arguments.ts'
import {
  countOf,
  durationOf,
  listOf,
  number,
  rows,
  stopped,
  stopSignal,
  transferArguments,
} from '../transfer-arguments.ts'

const { format, delimiter } = transferArguments

export const importRows = command({
  name: 'import',
  summary: 'Imports rows from a file',
  details: [
    'Reads CSV with a header, or JSON lines, and creates a row of each line: as the system, checked by the model like any write, with',
    'hooks, a thousand rows at a time. Without more said, all rows are there in the end or none is; bad lines are told with number,',
    'field and reason. The file is read as it goes, so it may be of any size; "-" is standard input.',
    'Ends with code 0 when all lines are in the database, 1 when some are not, 130 when it was stopped.',
  ].join('\n'),
  examples: [
    ['plinth import Article articles.csv', 'all of them or none'],
    ['plinth import Article articles.csv --dry-run', 'only says what would happen'],
    ['plinth import Article old.csv --map "Headline=title" --ignore "Notes"', 'other names, a column too many'],
    [
      'plinth import Article articles.jsonl --keep-going --rejects bad.jsonl',
      'the good lines, and the others in a file',
    ],
    ['plinth import Article articles.csv --upsert', 'changes rows that are there, by their key'],
    ['zcat articles.csv.gz | plinth import Article - --format csv', 'from standard input'],
  ],
  arguments: {
    model: {
      type: 'positional',
      required: true,
      description: 'The model, or the links of one: Article.tags',
      valueHint: 'Article',
    },
    file: { type: 'positional', required: true, description: 'The file, or "-"', valueHint: 'articles.csv' },
    format,
    delimiter,
    map: { type: 'string', valueHint: 'column=field,…', description: 'What columns are called in the model' },
    ignore: { type: 'string', valueHint: 'column,…', description: 'Columns to pass over' },
    'dry-run': { type: 'boolean', description: 'Do it all, say what happened, and undo it' },
    'keep-going': { type: 'boolean', description: 'Keep good lines, batch by batch, although others are bad' },
    rejects: { type: 'string', valueHint: 'file', description: 'Where bad lines go; with --keep-going' },
    upsert: { type: 'boolean', description: 'Update rows that are there, found by their key' },
    on: { type: 'string', valueHint: 'field,…', description: 'Find them by these unique fields; with --upsert' },
    'from-line': { type: 'string', valueHint: 'number', description: 'Pass over the lines before' },
    'time-limit': {
      type: 'string',
      valueHint: 'time',
      description: 'For one transaction: 30s, 10m, 2h; 10m by default',
    },
    app: applicationOption,
    json: jsonOption,
  },
  async run(given) {
    const wrong = usageMistake(given)
    if (wrong !== null) {
      process.stderr.write(`${wrong}\nSee: plinth import --help\n`)
      return 2
    }
    const found = findApplication(given.app, process.cwd(), 'import')
    const { defaultTimeLimit, runImport } = await import('../../app/index.ts')
    const loaded = await loadApplication(found)
    const file = given.file === '-' ? null : given.file
    const keep: Keep = given['dry-run'] === true ? 'nothing' : given['keep-going'] === true ? 'good' : 'all'
    const begun = performance.now()
    let standing: (() => ImportStanding) | null = null
    const options = {
      root: found.root,
      environment: process.env,
      model: given.model,
      file,
      standardInput: process.stdin,
      format: given.format,
      delimiter: given.delimiter,
      map: mapOf(given.map),
      ignore: listOf(given.ignore),
      keep,
      upsertOn: given.upsert === true ? listOf(given.on) : null,
      fromLine: countOf('--from-line', given['from-line']) ?? 1,
      rejects: given.rejects ?? null,
      timeLimit: durationOf('--time-limit', given['time-limit'], defaultTimeLimit),
      signal: stopSignal(),
      begun: (ask: () => ImportStanding) => {
        standing = ask
      },
    } as const
    const state = await withProgress(`Importing ${given.model}`, () => runImport(loaded, options), {
      standing: () => (standing === null ? 'opening' : standingText(standing(), performance.now() - begun)),
    })
    const text = {
      model: given.model,
      keep,
      rejects: given.rejects ?? null,
      seconds: (performance.now() - begun) / 1000,
    }
    if (given.json === true) process.stdout.write(`${JSON.stringify(jsonOf(state), null, 2)}\n`)
    else await printImport(state, text)
    if (state.end === 'stopped') return stopped
    return state.end === 'complete' && state.refused === 0 ? 0 : 1
  },
})

interface Given {
  readonly 'dry-run'?: boolean | undefined
  readonly 'keep-going'?: boolean | undefined
  readonly rejects?: string | undefined
  readonly upsert?: boolean | undefined
  readonly on?: string | undefined
  readonly map?: string | undefined
}

function usageMistake(given: Given): string | null {
  if (given['dry-run'] === true && given['keep-going'] === true)
    return '"--dry-run" keeps nothing, and "--keep-going" the good lines: choose one.'
  if (given.rejects !== undefined && given['keep-going'] !== true)
    return '"--rejects" goes with "--keep-going": without it a bad line keeps all others out.'
  if (given.on !== undefined && given.upsert !== true) return '"--on" goes with "--upsert".'
  if (listOf(given.map).some(each => !/[^=]=[^=]+$/.test(each)))
    return '"--map" is written like --map "Headline=title,Written by=authorId".'
  return null
}

/** The last "=" divides: columns may be called anything, fields may not. */
const mapOf = (text: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listOf(text).map(each => [each.slice(0, each.lastIndexOf('=')), each.slice(each.lastIndexOf('=') + 1)]),
  )

function standingText({ created, updated, refused, bytes, ofBytes }: ImportStanding, milliseconds: number): string {
  const done = created + updated
  const part = ofBytes === null || ofBytes === 0 ? '' : `, ${Math.floor((bytes / ofBytes) * 100)}%`
  const bad = refused === 0 ? '' : `, ${number(refused)} bad`
  return `${rows(done)}${part}${bad}, ${number(Math.round(done / (milliseconds / 1000)))} rows/s`
}

/** For other programs. */
function jsonOf({ created, updated, refused, told, line, end, kept, brokenFrom, failure }: ImportState): object {
  const errors = told.map(each => ({ line: each.line, errors: each.mistakes }))
  const failed = failure === null ? {} : { failure: failure instanceof Error ? failure.message : 'unknown' }
  return { kept, created, updated, refused, end, line, brokenFrom, errors, ...failed }
}
