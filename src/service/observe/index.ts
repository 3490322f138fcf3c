/** What can be seen of a running application: the log, and in development what each request did. */
export { type AccessLog, accessLog, type AnsweredRequest } from './access-log.ts'
export { describeFailure } from './describe-failure.ts'
export { lineWriter } from './line-writer.ts'
export { printTimeline } from './print-timeline.ts'
export { isSecretName, urlRedactor } from './redact-url.ts'
export { type RecentTimelines, recentTimelines, recordTimeline } from './timeline.ts'
