/** Clients that mix what succeeds with what is refused, and go away in the middle now and then; each remembers what it was told. */
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type Intent =
  | 'entry'
  | 'unique violation'
  | 'reference violation'
  | 'invalid'
  | 'transfer'
  | 'slow transfer'
  | 'bad transfer'
  | 'abort'

/** What was sent under a reference of its own, and what was answered; null: no answer came. */
export interface Told {
  readonly intent: Intent
  readonly ref: string
  readonly status: number | null
  readonly code: string | null
}

const intents: readonly Intent[] = [
  'entry',
  'entry',
  'entry',
  'unique violation',
  'reference violation',
  'invalid',
  'transfer',
  'slow transfer',
  'bad transfer',
  'abort',
]

export interface Crowd {
  readonly told: readonly Told[]
  /** Resolves when all clients have stopped. */
  readonly done: Promise<void>
  stop(): void
}

export interface CrowdOptions {
  readonly url: string
  readonly clients: number
  readonly account: string
  /** Characters of an entry's note. */
  readonly noteLength: number
  /** Called after each answer. */
  readonly answered: (told: readonly Told[]) => void
}

export function crowd({ url, clients, account, noteLength, answered }: CrowdOptions): Crowd {
  const told: Told[] = []
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  let stopped = false

  async function client(number: number): Promise<void> {
    for (let turn = 0; !stopped; turn++) {
      const ref = `${number}-${turn}`
      const intent = intents[(number * 7 + turn) % intents.length] ?? 'entry'
      const one = await send(ref, intent)
      told.push(one)
      answered(told)
      if (one.status === null && intent !== 'abort') return
    }
  }

  async function send(ref: string, intent: Intent): Promise<Told> {
    const note = 'x'.repeat(noteLength)
    const absent = '01900000-0000-7000-8000-00000000ffff'
    const moods: Partial<Record<Intent, string>> = { transfer: 'good', 'slow transfer': 'slow', 'bad transfer': 'bad' }
    const mood = moods[intent]
    const path = mood === undefined ? '/api/entries' : '/api/transfers'
    const body =
      mood !== undefined
        ? { ref, mood, accountId: account }
        : intent === 'unique violation'
          ? [
              { ref, note, accountId: account },
              { ref, note, accountId: account },
            ]
          : intent === 'invalid'
            ? { ref, note: 7, accountId: account }
            : { ref, note, accountId: intent === 'reference violation' ? absent : account }
    const { status, code } = await post(`${url}${path}`, body, intent === 'abort')
    return { intent, ref, status, code }
  }

  function post(
    address: string,
    body: unknown,
    goAway: boolean,
  ): Promise<{ status: number | null; code: string | null }> {
    return new Promise(resolve => {
      const nothing = { status: null, code: null }
      const sent = request(
        address,
        { agent: goAway ? new Agent() : agent, method: 'POST', headers: { 'content-type': 'application/json' } },
        response => {
          text(response).then(
            received => {
              const problem = JSON.parse(received) as { code?: string }
              resolve({ status: response.statusCode ?? null, code: problem.code ?? null })
            },
            () => resolve(nothing),
          )
        },
      )
      sent.on('error', () => resolve(nothing))
      sent.end(JSON.stringify(body), () => {
        if (goAway) setImmediate(() => sent.destroy())
      })
    })
  }

  const done = Promise.all(Array.from({ length: clients }, (_, number) => client(number))).then(() => agent.destroy())
  return {
    told,
    done,
    stop: () => {
      stopped = true
    },
  }
}
