/** Answers that are ready within one turn of the event loop leave together at its end. */
import { performance } from 'node:perf_hooks'
import type { HttpExchange } from './http-exchange.ts'

/** The bytes of a body, a character each, or none. */
type Latin1 = string | null

export interface AnswerBatch {
  /** Ends the response, whose head is made: now, or with the other answers of this turn. */
  end(exchange: HttpExchange, body: Latin1): void
}

interface Waiting {
  readonly exchange: HttpExchange
  readonly body: Latin1
}

/** Answers of a turn that leave at once: deferring them costs more than it gains. */
const few = 2
/** The most answers that wait for each other. */
const mostWaiting = 32
/** Milliseconds that the first of them waits at most before another one that is ready takes it along. */
const longestWait = 1

// Tests of applications replace the global one by a clock of their own.
const atEndOfTurn = setImmediate
const { nodeTiming } = performance

/**
 * Each write to a socket wakes whoever reads at its other end, when that one sleeps. Where many requests are under way, writes with work between
 * them let it fall asleep each time: waking it took a fifth of the processor time of a point read with 64 clients on the same machine, and code that
 * takes turns with the kernel's is slower itself. `unsent` is told of an answer that could not be ended later; the others leave.
 * `sendTime`: milliseconds in which a client has to take an answer.
 */
export function answerBatch(sendTime: number, unsent: (exchange: HttpExchange, failure: unknown) => void): AnswerBatch {
  let waiting: Waiting[] = []
  let firstAt = 0
  let scheduled = false
  let turn = -1
  let inTurn = 0
  let crowded = false

  function leave(): void {
    const leaving = waiting
    waiting = []
    for (const { exchange, body } of leaving) {
      try {
        exchange.carrier.end(body, sendTime)
      } catch (failure) {
        unsent(exchange, failure)
      }
    }
  }

  function endTurn(): void {
    scheduled = false
    leave()
  }

  return {
    end(exchange, body) {
      const { loopCount } = nodeTiming.uvMetricsInfo
      if (loopCount !== turn) {
        // A turn is taken for one like that before.
        crowded = inTurn > few
        turn = loopCount
        inTurn = 0
      }
      if (++inTurn <= few && !crowded) {
        exchange.carrier.end(body, sendTime)
        return
      }
      if (!scheduled) {
        scheduled = true
        atEndOfTurn(endTurn)
      }
      const now = performance.now()
      if (waiting.length === 0) firstAt = now
      waiting.push({ exchange, body })
      if (waiting.length >= mostWaiting || now - firstAt > longestWait) leave()
    },
  }
}
