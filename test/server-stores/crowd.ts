/** Clients that go on while a server goes away, and what their answers have to be. */
import type { TestContext } from 'vitest'
import type { Answered, Bank } from './bank.ts'

/** An answer that a client can work with: done, or to be tried again. The test's own `expect`, as several run at once. */
export function expectAnswered({ expect }: TestContext, { status, code, retryAfter, milliseconds }: Answered): void {
  if (status < 300) return
  expect([status, code]).toEqual([503, expect.stringMatching(/^store\.(unavailable|busy|outcome-unknown)$/)])
  expect(Number(retryAfter)).toBeGreaterThan(0)
  expect(milliseconds).toBeLessThan(5000)
}

export interface Crowd extends AsyncDisposable {
  readonly answers: { readonly ref: string | null; readonly answered: Answered }[]
  /** Resolves when so many answers of a kind have come. */
  until(found: (answers: Crowd['answers']) => boolean): Promise<void>
  stop(): Promise<void>
}

/** Clients that read and write by turns, with and without code of the application. */
export function crowdOf(bank: Bank, count: number, id: string): Crowd {
  const answers: Crowd['answers'] = []
  const waiting = new Set<() => void>()
  let stopped = false
  const one = async (number: number): Promise<void> => {
    for (let turn = 0; !stopped; turn++) {
      const ref = `${number}-${turn}`
      const kind = (number + turn) % 4
      const answered =
        kind === 0
          ? await bank.ask('POST', '/api/entries', { ref })
          : kind === 1
            ? await bank.ask('POST', '/api/actions/note', { ref })
            : kind === 2
              ? await bank.ask('GET', `/api/accounts/${id}`)
              : await bank.ask('GET', '/api/entries?sort=ref&limit=5')
      answers.push({ ref: kind < 2 ? ref : null, answered })
      for (const look of waiting) look()
    }
  }
  const running = Array.from({ length: count }, (_, number) => one(number))
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all(running)
  }
  return {
    answers,
    until: found =>
      new Promise(resolve => {
        const look = (): void => {
          if (!found(answers)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** What they were answered is of use to them, and is what the database has: these are the refs of its entries. */
export function expectAnswersAreTrue(context: TestContext, { answers }: Crowd, refs: readonly string[]): void {
  const { expect } = context
  const there = new Set(refs)
  for (const { ref, answered } of answers) {
    expectAnswered(context, answered)
    if (ref === null || answered.code === 'store.outcome-unknown') continue
    expect([ref, there.has(ref)]).toEqual([ref, answered.status < 300])
  }
}
