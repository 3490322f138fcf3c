/** The worker threads for long reads: few, started when first needed, replaced when they die, with a bounded queue before them. */
import { Worker } from 'node:worker_threads'
import { abortReason, refusal } from '../../error/index.ts'
import type { ExecutionContext } from '../../query/index.ts'
import type { WritingOptions } from './connection.ts'
import { storeError } from './driver-error.ts'
import type { View, WorkerFailure, WorkerMessage, WorkerReply, WorkerStart, WorkerTask } from './reader-worker.ts'

export interface ReaderPoolOptions extends WritingOptions {
  readonly threads: number
  /** Jobs that may wait. */
  readonly queue: number
}

interface Waiting {
  readonly id: number
  readonly task: WorkerTask
  readonly view: View
  readonly deadline: number
  readonly started: number
  readonly signal: AbortSignal | null
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  onAbort: (() => void) | null
}

interface Thread {
  readonly worker: Worker
  readonly cancelled: Int32Array
  job: Waiting | null
  overdue: NodeJS.Timeout | null
}

/**
 * Milliseconds after its deadline in which a statement has to notice it. One without a guard (typed SQL) or in a last sort does not: its
 * answer is refused, and the thread, which cannot be stopped before the statement ends, is given up and replaced.
 */
const grace = 1000

const program = new URL(import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.js', import.meta.url)

export class ReaderPool {
  readonly #options: ReaderPoolOptions
  readonly #threads = new Set<Thread>()
  readonly #waiting: Waiting[] = []
  #last = 0
  #closed = false

  constructor(options: ReaderPoolOptions) {
    this.#options = options
  }

  /** Runs a task before the context's deadline. */
  run(
    task: WorkerTask,
    context: Pick<ExecutionContext, 'deadline' | 'signal'>,
    view: View = 'committed',
  ): Promise<unknown> {
    if (this.#closed) return Promise.reject(refusal('store.unavailable', {}))
    if (context.signal?.aborted === true) return Promise.reject(abortReason(context.signal))
    if (this.#waiting.length >= this.#options.queue) return Promise.reject(refusal('store.busy', {}))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // 0 means that no job is cancelled.
    this.#last = (this.#last % 0x7ffffffe) + 1
    const job: Waiting = {
      id: this.#last,
      task,
      view,
      deadline: context.deadline,
      started: Date.now(),
      signal: context.signal,
      resolve,
      reject,
      onAbort: null,
    }
    if (context.signal !== null) {
      job.onAbort = () => this.#abort(job)
      context.signal.addEventListener('abort', job.onAbort, { once: true })
    }
    this.#waiting.push(job)
    this.#assign()
    return promise
  }

  /** Ends the threads; what runs or waits is refused. */
  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#waiting.splice(0)) this.#finish(job, () => job.reject(refusal('store.unavailable', {})))
    await Promise.all([...this.#threads].map(end))
  }

  #assign(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const thread = this.#idle()
      if (thread === undefined) return
      const job = this.#waiting.shift()
      if (job === undefined) return
      if (job.deadline <= Date.now()) {
        // All its time went by in the queue.
        this.#finish(job, () => job.reject(refusal('store.busy', {})))
        continue
      }
      thread.job = job
      thread.overdue = setTimeout(() => this.#giveUp(thread, job), job.deadline - Date.now() + grace)
      thread.worker.ref()
      const { id, task, view, deadline } = job
      thread.worker.postMessage({ id, task, view, deadline } satisfies WorkerMessage)
    }
  }

  #idle(): Thread | undefined {
    for (const thread of this.#threads) if (thread.job === null) return thread
    return this.#threads.size < this.#options.threads ? this.#start() : undefined
  }

  #start(): Thread {
    const cancelled = new Int32Array(new SharedArrayBuffer(4))
    const { file, cache, durable } = this.#options
    const worker = new Worker(program, {
      workerData: { file, cache, durable, cancelled } satisfies WorkerStart,
      name: 'plinth-sqlite-reader',
    })
    const thread: Thread = { worker, cancelled, job: null, overdue: null }
    this.#threads.add(thread)
    worker.unref()
    worker.on('message', (reply: WorkerReply) => this.#receive(thread, reply))
    worker.on('error', error => this.#lose(thread, error))
    worker.on('exit', () => this.#lose(thread, undefined))
    return thread
  }

  #receive(thread: Thread, reply: WorkerReply): void {
    const job = thread.job
    if (job === null || job.id !== reply.id) return
    this.#free(thread)
    this.#finish(job, () => ('failure' in reply ? job.reject(errorOf(reply.failure, job)) : job.resolve(reply.result)))
    this.#assign()
  }

  #lose(thread: Thread, cause: unknown): void {
    if (!this.#threads.delete(thread)) return
    const { job } = thread
    this.#free(thread)
    if (job !== null) this.#finish(job, () => job.reject(refusal('store.unavailable', {}, { cause })))
    this.#assign()
  }

  #giveUp(thread: Thread, job: Waiting): void {
    this.#threads.delete(thread)
    this.#free(thread)
    const ended = thread.worker.terminate()
    const refuse = (): void => this.#finish(job, () => job.reject(timeLimit(job)))
    // Among changes, the thread has the writer's lock until its statement ends.
    if (job.view === 'committed') refuse()
    else void ended.then(refuse, refuse)
    this.#assign()
  }

  #free(thread: Thread): void {
    if (thread.overdue !== null) clearTimeout(thread.overdue)
    thread.overdue = null
    thread.job = null
    thread.worker.unref()
  }

  #abort(job: Waiting): void {
    const index = this.#waiting.indexOf(job)
    if (index >= 0) {
      this.#waiting.splice(index, 1)
      this.#finish(job, () => job.reject(abortReason(job.signal)))
      return
    }
    for (const thread of this.#threads) if (thread.job === job) Atomics.store(thread.cancelled, 0, job.id)
  }

  #finish(job: Waiting, settle: () => void): void {
    if (job.onAbort !== null) job.signal?.removeEventListener('abort', job.onAbort)
    settle()
  }
}

/** A thread closes its connection and ends by itself, after the statement that it is told to stop; one that cannot be stopped is terminated. */
async function end({ worker, cancelled, job }: Thread): Promise<void> {
  const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  if (job !== null) Atomics.store(cancelled, 0, job.id)
  worker.postMessage('close' satisfies WorkerMessage)
  // Otherwise nothing keeps the process waiting for it.
  worker.ref()
  const late = setTimeout(() => void worker.terminate(), grace)
  await ended
  clearTimeout(late)
}

const timeLimit = (job: Waiting): unknown =>
  refusal('store.time-limit', { limit: Math.max(0, Math.round(job.deadline - job.started)) })

function errorOf(failure: WorkerFailure, job: Waiting): unknown {
  switch (failure.reason) {
    case 'overtime':
      return timeLimit(job)
    case 'cancelled':
      return abortReason(job.signal)
    default: {
      const error = new Error(failure.message)
      if (failure.stack !== null) error.stack = failure.stack
      return failure.code === null ? error : storeError(Object.assign(error, { errcode: failure.code }))
    }
  }
}
