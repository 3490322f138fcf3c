/** Counts statements of the store per request, those of the application's own code apart. */
import type { AnsweredRequest } from '../service/observe/index.ts'
import type { Observation, Observe } from '../query/index.ts'

export interface CountedStatement {
  readonly command: string
  readonly rows: number
  /** The replica that answered, as `host:port`; absent: the primary did, or there is no other. */
  readonly replica?: string
}

export interface RequestStatements {
  /** What Plinth asked the store for this request. */
  readonly own: readonly CountedStatement[]
  /** What actions, hooks and other code asked through their db. */
  readonly code: readonly CountedStatement[]
}

export interface StatementCounter {
  /** For the server: called once for each request. */
  timeline(): { readonly observe: Observe; finish(request: AnsweredRequest): void }
  /** The observer for code that works inside a request with this observer. */
  forCode(observe: Observe | null): Observe | null
  /** The statements of the request that was answered last. */
  last(): RequestStatements
}

export function statementCounter(): StatementCounter {
  const none: RequestStatements = { own: [], code: [] }
  const codeObservers = new WeakMap<Observe, Observe>()
  let last = none
  return {
    timeline() {
      const own: CountedStatement[] = []
      const code: CountedStatement[] = []
      const into =
        (list: CountedStatement[]): Observe =>
        (observation: Observation) => {
          if (observation.kind !== 'statement') return
          const { command, rows, replica } = observation
          list.push(replica === undefined ? { command, rows } : { command, rows, replica })
        }
      const observe = into(own)
      const codeObserver = into(code)
      codeObservers.set(observe, codeObserver)
      // Code inside code counts as code.
      codeObservers.set(codeObserver, codeObserver)
      return {
        observe,
        finish() {
          last = { own, code }
        },
      }
    },
    forCode: observe => (observe === null ? null : (codeObservers.get(observe) ?? observe)),
    last: () => last,
  }
}
