/** Where in the user's code something happened, for messages about declarations. */
import { fileURLToPath } from 'node:url'

/**
 * The file, line and column that called `below`, which is the innermost function of ours on the stack: everything above it is cut
 * off by the engine, so no path of ours has to be recognised (a bundle has none). Costs a stack trace: for declarations only.
 */
export function callSite(below: (...parameters: never[]) => unknown): string {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 4
  Error.captureStackTrace(holder, below)
  Error.stackTraceLimit = limit
  return firstPlace(holder.stack ?? '')
}

/** Where an error was thrown, by its own stack. */
export function thrownAt(error: unknown): string {
  return error instanceof Error ? firstPlace(error.stack ?? '') : 'an unknown place'
}

function firstPlace(stack: string): string {
  for (const line of stack.split('\n')) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/)?[^\s()][^()]*:\d+:\d+)\)?$/.exec(line.trim())
    const place = match?.[1]
    if (place === undefined || place.startsWith('node:')) continue
    return place.startsWith('file://') ? readable(place) : place
  }
  return 'an unknown place'
}

function readable(place: string): string {
  const match = /^(.*?)((?::\d+){2})$/.exec(place)
  try {
    return match === null ? place : fileURLToPath(match[1] ?? '') + (match[2] ?? '')
  } catch {
    return place
  }
}
