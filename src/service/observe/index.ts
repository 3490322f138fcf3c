/** What can be seen of a running application: the log, and in development what each request did. */
export { type AccessLog, accessLog, type AnsweredRequest } from './access-log.ts'
export { describeFailure } from './describe-failure.ts'
export { type LineWriter, lineWriter } from './line-writer.ts'
export { printTimeline } from './print-timeline.ts'
export { urlRedactor } from './redact-url.ts'
export {
  type RecentTimelines,
  recentTimelines,
  recordTimeline,
  type Timeline,
  type TimelineRecorder,
} from './timeline.ts'
