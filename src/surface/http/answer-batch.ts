/** Answers that are ready within one turn of the event loop leave together at its end. */
import type { ServerResponse } from 'node:http'

/** The bytes of a body, a character each, or none. */
export type Latin1 = string | null

export interface AnswerBatch {
  /** Ends a response whose head is made: now, or with the other answers of this turn. `began` is when its request came. */
  end(response: ServerResponse, body: Latin1, began: number): void
}

interface Waiting {
  readonly response: ServerResponse
  readonly body: Latin1
}

/** The most answers that wait for each other. */
const mostWaiting = 32
/** Milliseconds that the first of them waits at most before another one that is ready takes it along. */
const longestWait = 1
/** Milliseconds. A request that follows an answer sooner than this is taken for one that was there already, in the same turn. */
const sameTurn = 0.04

// Tests of applications replace the global one by a clock of their own.
const atEndOfTurn = setImmediate

/**
 * Each write to a socket wakes whoever reads at its other end, when that one sleeps. Where many requests are under way, writes with work between
 * them let it fall asleep each time: waking it took a fifth of the processor time of a point read with 64 clients on the same machine, and code that
 * takes turns with the kernel's is slower itself. A request that is alone in its turn is answered at once: deferring it costs more than it gains.
 */
export function answerBatch(): AnswerBatch {
  let waiting: Waiting[] = []
  let firstAt = 0
  let lastAt = 0
  let inTurn = 0
  let crowded = false

  function leave(): void {
    const leaving = waiting
    waiting = []
    for (const { response, body } of leaving) if (!response.destroyed) endNow(response, body)
  }

  function endTurn(): void {
    leave()
    crowded = inTurn > 1
    inTurn = 0
    lastAt = performance.now()
  }

  return {
    end(response, body, began) {
      const now = performance.now()
      // A request that waited for something began in an earlier turn, and is ready in this one.
      crowded ||= (began > lastAt ? began : now) - lastAt < sameTurn
      if (!crowded) {
        endNow(response, body)
        lastAt = performance.now()
        return
      }
      if (inTurn++ === 0) atEndOfTurn(endTurn)
      if (waiting.length === 0) firstAt = now
      waiting.push({ response, body })
      if (waiting.length >= mostWaiting || now - firstAt > longestWait) leave()
    },
  }
}

/** node:http joins head and body into one write when both are strings. Written as Latin-1 that is a copy; as UTF-8 each character is looked at twice. */
function endNow(response: ServerResponse, body: Latin1): void {
  if (body === null) response.end()
  else response.end(body, 'latin1')
}
