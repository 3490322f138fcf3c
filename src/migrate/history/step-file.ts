/**
 * The file of one migration for one database: SQL that people read and may change, in steps. Lines that begin with `-- plinth:` tell the
 * runner what it cannot see in the SQL; any other comment is for people.
 */
import { capitalise } from '../../lib/index.ts'
import {
  identifier,
  type Lock,
  type MigrationStep,
  qualified,
  type SchemaFact,
  type Work,
} from '../../store/sql/index.ts'
import type { TableName } from '../../store/contract/index.ts'
import type { PlannedMigration } from '../change/plan-migration.ts'
import type { Half } from './migration.ts'

export interface FileStep extends Omit<MigrationStep, 'phase'> {
  /** The step as it stands in the file: whether it was changed after it ran is seen by this. */
  readonly text: string
}

export interface StepFile {
  readonly first: readonly FileStep[]
  readonly second: readonly FileStep[]
}

const titles = { sqlite: 'SQLite', postgres: 'PostgreSQL', mariadb: 'MariaDB', mysql: 'MySQL' } as const

const databaseTitle = (database: string): string => titles[database as keyof typeof titles] ?? database

/** `by`: the command that writes it. */
export function printSteps(
  id: string,
  database: string,
  { first, second }: PlannedMigration,
  by: 'plinth migrate new' | 'plinth pull' = 'plinth migrate new',
): string {
  const half = (name: string, when: string, steps: readonly MigrationStep[]): string =>
    steps.length === 0 ? '' : [`-- plinth:half ${name}`, `-- ${when}`, '', ...steps.map(printStep)].join('\n')
  return [
    `-- ${id} for ${databaseTitle(database)}, written by "${by}". Read it, and change it before it runs where you know better.\n`,
    half('first', 'While the old version of the application still runs: plinth migrate up', first),
    half('second', 'When only the new version runs: plinth migrate up --contract', second),
  ]
    .filter(text => text !== '')
    .join('\n')
}

/** Whether a pull has written the file. */
export const wasPulled = (text: string): boolean => /^-- .* written by "plinth pull"\./u.test(text)

const locks: Readonly<Record<Lock, string>> = {
  none: 'others read and write meanwhile',
  moment: 'locks the table for a moment',
  writes: 'nobody writes to the table meanwhile',
  all: 'nobody reads or writes the table meanwhile',
}
const works: Readonly<Record<Work, string>> = {
  instant: 'touches no row',
  scan: 'reads all rows',
  rewrite: 'writes all rows anew',
}

function printStep(step: MigrationStep): string {
  const { about, kind, sql, table, lock, work, unless, downtime, rebuilds } = step
  const words = [
    ...(kind === 'statement' ? [] : [kind]),
    ...(rebuilds ? ['rebuild'] : []),
    ...(downtime ? ['downtime'] : []),
  ]
  // One that cannot be said is not asked: the step is carried out.
  const fact = unless === null ? null : printFact(unless)
  const survives = downtime ? '; no version of the application may run' : ''
  return [
    `-- plinth:step ${about.split(lineBreak).join(' ')}`,
    ...(table === null ? [] : [`-- plinth:on ${qualified(table)} lock=${lock} work=${work}`]),
    ...(table === null || (lock === 'none' && work === 'instant')
      ? []
      : [`-- ${capitalise(`${locks[lock]}, ${works[work]}${survives}.`)}`]),
    ...(fact === null || lineBreak.test(fact) ? [] : [`-- plinth:unless ${fact}`]),
    ...(words.length === 0 ? [] : [`-- plinth:run ${words.join(' ')}`]),
    ...(kind === 'manual' ? ['-- Do it in each database before this runs there, or write the commands here.'] : []),
    ...(sql === '' ? [] : [`${sql};`]),
    '',
  ].join('\n')
}

/** A name, or a word of an enum, may have lines of its own, which a line for the runner has not. */
const lineBreak = /\s*[\n\r\u2028\u2029]\s*/u

const printFact = ({ is, name, type, holds }: SchemaFact): string =>
  [
    ...(holds ? [] : ['no']),
    is,
    ...(name === null ? [] : [identifier(name)]),
    ...(type === null ? [] : ['is', type]),
  ].join(' ')

/** What is wrong with a file, by line, or its steps. */
export type ReadSteps =
  | { readonly ok: true; readonly file: StepFile }
  | { readonly ok: false; readonly line: number; readonly problem: string }

const directive = /^-- plinth:(\S+)\s*(.*?)\s*$/u
/** What was meant to be one, in a file that was written by hand. */
const nearDirective = /^\s*--\s*plinth\s*:/iu

export function readSteps(text: string): ReadSteps {
  const halves: { readonly first: FileStep[]; readonly second: FileStep[] } = { first: [], second: [] }
  let half: Half = 'first'
  let open: Draft | null = null
  const close = (): void => {
    if (open !== null) halves[half].push(finished(open))
    open = null
  }
  for (const [index, line] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .entries()) {
    const problem = (what: string): ReadSteps => ({ ok: false, line: index + 1, problem: what })
    const found = directive.exec(line)
    if (found === null) {
      if (nearDirective.test(line)) return problem('a line for the runner is written "-- plinth:step …"')
      if (open !== null) open.lines.push(line)
      else if (line.trim() !== '' && !line.startsWith('--')) return problem('a command stands before the first step')
      continue
    }
    const [, word = '', rest = ''] = found
    if (word === 'half') {
      close()
      if (rest !== 'first' && rest !== 'second') return problem('a half is "first" or "second"')
      if (rest === 'first' && half === 'second') return problem('the first half comes before the second')
      half = rest
      continue
    }
    if (word === 'step') {
      close()
      open = { about: rest, directives: [line], lines: [], ...plain }
      continue
    }
    if (open === null) return problem(`"plinth:${word}" stands before the first step`)
    open.directives.push(line)
    const wrong = apply(open, word, rest)
    if (wrong !== null) return problem(wrong)
  }
  close()
  return { ok: true, file: halves }
}

interface Draft {
  readonly about: string
  readonly directives: string[]
  readonly lines: string[]
  kind: FileStep['kind']
  table: TableName | null
  lock: Lock
  work: Work
  unless: SchemaFact | null
  downtime: boolean
  rebuilds: boolean
}

/** What a step is that says nothing else: written by hand. */
const plain = {
  kind: 'statement' as const,
  table: null,
  lock: 'moment' as const,
  work: 'instant' as const,
  unless: null,
  downtime: false,
  rebuilds: false,
}

const name = '"((?:[^"]|"")+)"'
const onForm = new RegExp(
  `^(?:${name}\\.)?${name}(?: lock=(none|moment|writes|all))?(?: work=(instant|scan|rewrite))?$`,
  'u',
)
const factForm = new RegExp(
  `^(no )?(?:(table|column|constraint|index|required)(?: ${name})?|(type) ${name} is (\\S.*))$`,
  'u',
)
const unquoted = (text: string): string => text.replaceAll('""', '"')

/** Says what is wrong; null: nothing. */
function apply(step: Draft, word: string, rest: string): string | null {
  switch (word) {
    case 'on': {
      const found = onForm.exec(rest)
      if (found === null) return '"plinth:on" is followed by a table in double quotes, lock=… and work=…'
      const [, namespace, table = '', lock, work] = found
      step.table = { namespace: namespace === undefined ? null : unquoted(namespace), name: unquoted(table) }
      step.lock = (lock as Lock | undefined) ?? step.lock
      step.work = (work as Work | undefined) ?? step.work
      return null
    }
    case 'unless': {
      const found = factForm.exec(rest)
      if (found === null || step.table === null)
        return '"plinth:unless" comes after "plinth:on" and is followed by [no] table, or column, constraint, index or required with a name, or type "…" is …'
      const [, no, part, partName, ofType, typed, type = null] = found
      const is = (part ?? ofType) as SchemaFact['is']
      const named = partName ?? typed
      const of = named === undefined ? null : unquoted(named)
      step.unless = { is, table: step.table, name: of, type, holds: no === undefined }
      return null
    }
    case 'run':
      for (const one of rest.split(/\s+/u)) {
        if (one === 'downtime') step.downtime = true
        else if (one === 'rebuild') step.rebuilds = true
        else if (one === 'alone' || one === 'batch' || one === 'data' || one === 'manual') step.kind = one
        else if (one === 'edit' && step.table !== null) step.kind = one
        else if (one === 'edit') return '"plinth:run edit" comes after "plinth:on"'
        else return `"plinth:run" knows alone, batch, data, edit, manual, rebuild and downtime, not "${one}"`
      }
      return null
    default:
      return `there is no "plinth:${word}"`
  }
}

function finished({ about, directives, lines, kind, table, lock, work, unless, downtime, rebuilds }: Draft): FileStep {
  const body = lines.filter(
    (line, index) => !(line.startsWith('--') && lines.slice(0, index).every(one => one.startsWith('--'))),
  )
  const written = body.join('\n').trim().replace(/;$/u, '').trim()
  const text = [...directives, written].join('\n')
  // Comments alone are no command: nothing of what is to be done by hand is in them.
  const sql = written.split('\n').every(line => line.trim() === '' || line.trim().startsWith('--')) ? '' : written
  return { about, kind, sql, table, lock, work, unless, downtime, rebuilds, text }
}
