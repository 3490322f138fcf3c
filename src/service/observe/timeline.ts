/** What happened in a request, step by step: for development, where the answer to "why is this slow" should be on the screen. */
import type { Observation, Observe } from '../../query/index.ts'
import type { AnsweredRequest } from './access-log.ts'

export interface TimelineEntry {
  /** Milliseconds from the beginning of the request to the end of the step. */
  readonly at: number
  readonly observation: Observation
}

export interface Timeline {
  readonly request: AnsweredRequest
  readonly time: string
  readonly entries: readonly TimelineEntry[]
  /** Steps that were left out because there were too many. */
  readonly omitted: number
}

export interface TimelineRecorder {
  readonly observe: Observe
  finish(request: AnsweredRequest): Timeline
}

/** Steps of one request that are kept. */
const mostEntries = 200

export function recordTimeline(now: () => number): TimelineRecorder {
  const begun = performance.now()
  const entries: TimelineEntry[] = []
  let omitted = 0
  return {
    observe(observation) {
      if (entries.length < mostEntries) entries.push({ at: performance.now() - begun, observation })
      else omitted++
    },
    finish: request => ({ request, time: new Date(now()).toISOString(), entries, omitted }),
  }
}

/** The last requests, newest first. */
export interface RecentTimelines {
  add(timeline: Timeline): void
  list(): readonly Timeline[]
}

export function recentTimelines(keep: number): RecentTimelines {
  const kept: Timeline[] = []
  return {
    add(timeline) {
      kept.unshift(timeline)
      if (kept.length > keep) kept.pop()
    },
    list: () => [...kept],
  }
}
