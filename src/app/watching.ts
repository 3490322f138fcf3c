/** What is seen of an application while it runs: log lines for machines, timelines for developers. */
import { asPlinthError, PlinthError } from '../error/index.ts'
import type { ModelGraph } from '../model/index.ts'
import {
  type AccessLog,
  accessLog,
  type AnsweredRequest,
  describeFailure,
  lineWriter,
  printTimeline,
  recentTimelines,
  recordTimeline,
  urlRedactor,
} from '../service/observe/index.ts'
import type { StoreNotice } from '../store/contract/index.ts'
import type { Route } from '../surface/contract/index.ts'
import type { RequestTimeline } from '../surface/http/index.ts'
import { recentRequests } from './recent-requests.ts'
import type { Settings } from './settings.ts'

export interface Watching {
  answered(request: AnsweredRequest): void
  /** `where`: the id of the request, or the part of the application. */
  failed(error: unknown, where: string | null): void
  /** Something worth knowing about the process. */
  event(name: string, details: Readonly<Record<string, string | number | boolean>>): void
  /** What the store finds out about its database. */
  noticed(notice: StoreNotice): void
  readonly timeline: (() => RequestTimeline) | null
  /** Routes that show what was seen. */
  readonly routes: readonly Route[]
  close(): Promise<void>
}

/** Nobody looks on. */
export const silent: Watching = Object.freeze({
  answered: () => {},
  failed: () => {},
  event: () => {},
  noticed: () => {},
  timeline: null,
  routes: [],
  close: () => Promise.resolve(),
})

export interface WatchingOptions {
  readonly root: string
  readonly print: (text: string) => void
  /** Colours and the width of the terminal. */
  readonly colour: boolean
  readonly width: number
}

/** By the settings: JSON lines on standard output, readable lines, or only failures. */
export function watch(settings: Settings, graph: ModelGraph, options: WatchingOptions): Watching {
  if (settings.log === 'json') return jsonLog(graph)
  if (settings.log === 'off') return failuresOnly(options)
  return settings.mode === 'development'
    ? withTimelines(options, redactorFor(graph))
    : readableLines(options, redactorFor(graph))
}

/** What callers can neither read nor list is not written into logs either. */
function redactorFor(graph: ModelGraph): (url: string) => string {
  const secret = Object.values(graph.models).flatMap(model =>
    Object.values(model.fields).filter(field => field.private || field.writeOnly),
  )
  return urlRedactor(secret.map(({ name }) => name))
}

function jsonLog(graph: ModelGraph): Watching {
  const writer = lineWriter(1)
  const log: AccessLog = accessLog({ writer, redactUrl: redactorFor(graph), now: Date.now })
  return {
    answered: request => log.answered(request),
    failed: (error, where) => log.failed(error, where),
    event: (name, details) => log.event(name, details),
    noticed: ({ event, details }) => log.event(event, details, event.endsWith('-gone') ? 'warn' : 'info'),
    timeline: null,
    routes: [],
    close: () => writer.close(),
  }
}

function failuresOnly({ root, print }: WatchingOptions): Watching {
  return {
    answered: () => {},
    failed: (error, where) => print(failureText(error, where, root)),
    event: () => {},
    noticed: notice => print(sentence(notice)),
    timeline: null,
    routes: [],
    close: () => Promise.resolve(),
  }
}

const sentences: Readonly<Record<StoreNotice['event'], string>> = {
  'database-gone': 'The database cannot be reached',
  'database-back': 'The database can be reached again',
  'replica-gone': 'A replica cannot be read from',
  'replica-back': 'A replica can be read from again',
}

const sentence = ({ event, details }: StoreNotice): string => [sentences[event], ...Object.values(details)].join(': ')

function readableLines(options: WatchingOptions, redactUrl: (url: string) => string): Watching {
  const { print } = options
  return {
    ...failuresOnly(options),
    answered: request =>
      print(printTimeline({ request: redacted(request, redactUrl), time: '', entries: [], omitted: 0 }, options)),
    event: (name, details) =>
      print([name, ...Object.entries(details).map(([word, value]) => `${word}=${value}`)].join(' ')),
  }
}

/** How many requests `/dev/requests` shows. */
const kept = 100

function withTimelines(options: WatchingOptions, redactUrl: (url: string) => string): Watching {
  const recent = recentTimelines(kept)
  const plain = readableLines(options, redactUrl)
  return {
    ...plain,
    // What the terminal shows is enough.
    event: () => {},
    timeline() {
      const recorder = recordTimeline(Date.now)
      return {
        observe: recorder.observe,
        finish(request) {
          const timeline = recorder.finish(redacted(request, redactUrl))
          recent.add(timeline)
          // The line of the request itself has just been printed by `answered`.
          const steps = printTimeline(timeline, options).split('\n').slice(1)
          if (steps.length > 0) options.print(steps.join('\n'))
        },
      }
    },
    routes: [recentRequests(recent)],
  }
}

const redacted = (request: AnsweredRequest, redactUrl: (url: string) => string): AnsweredRequest => ({
  ...request,
  url: redactUrl(request.url),
})

function failureText(error: unknown, where: string | null, root: string): string {
  // The wrapper says nothing that the cause does not say better.
  const wrapped = error instanceof PlinthError && error.code === 'server.unexpected' && error.cause !== undefined
  const shown: unknown = wrapped ? error.cause : error
  const head = where === null ? '' : `${where}: `
  const code = asPlinthError(error).code
  return `${head}${code === 'server.unexpected' ? '' : `${code} `}${describeFailure(shown, root)}`
}
