/** A timeline as text for a terminal. */
import type { Observation } from '../../query/index.ts'
import type { Timeline } from './timeline.ts'

export interface PrintOptions {
  readonly colour: boolean
  /** Characters of a line; commands are cut to it. */
  readonly width: number
}

/**
 * One line for the request and one for each step: its time, what it was, and for statements the command.
 *
 * ```text
 * GET /api/articles?limit=2 200 in 1.9 ms, 410 bytes, anonymous
 *   0.41 ms  plan  find Article, new
 *   0.12 ms  sql   2 rows  select json_group_array(json_object('id', …
 * ```
 */
export function printTimeline(timeline: Timeline, options: PrintOptions): string {
  const { request } = timeline
  const paint = painter(options.colour)
  const status = paint(
    request.status >= 500 ? 'red' : request.status >= 400 ? 'yellow' : 'green',
    String(request.status),
  )
  const code = request.code === null ? '' : ` ${request.code}`
  const head =
    `${paint('bold', request.method)} ${request.url} ${status}${code} in ${milliseconds(request.microseconds / 1000)} ms` +
    paint('grey', `, ${request.bytes} bytes, ${request.caller ?? 'caller unknown'}`)
  const lines = timeline.entries.map(({ observation }) => paint('grey', lineOf(observation, options.width)))
  if (timeline.omitted > 0) lines.push(paint('grey', `  and ${timeline.omitted} more steps`))
  return [head, ...lines].join('\n')
}

function lineOf(observation: Observation, width: number): string {
  const [word, text] = wordsOf(observation)
  const line = `${milliseconds(observation.milliseconds).padStart(8)} ms  ${word.padEnd(6)} ${text}`
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

function wordsOf(observation: Observation): readonly [string, string] {
  switch (observation.kind) {
    case 'plan':
      return ['plan', `${observation.operation} ${observation.model}, ${observation.cached ? 'from the cache' : 'new'}`]
    case 'statement': {
      const rows = `${observation.rows} ${observation.rows === 1 ? 'row' : 'rows'}`
      const place = observation.where === 'inline' ? '' : ` (${observation.where})`
      return ['sql', `${rows}${place}  ${observation.command.replace(/\s+/g, ' ').trim()}`]
    }
    case 'commit':
      return ['commit', observation.members === 1 ? 'alone' : `together with ${observation.members - 1} others`]
    case 'step':
      return ['step', observation.name]
  }
}

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))

const codes = { bold: 1, red: 31, green: 32, yellow: 33, grey: 90 } as const

const painter =
  (colour: boolean) =>
  (code: keyof typeof codes, text: string): string =>
    colour ? `\u001b[${codes[code]}m${text}\u001b[0m` : text
