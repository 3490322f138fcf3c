// One request over a connection of its own, as curl sends it: a kept one could lead to the version before the last restart.
import { request, type RequestOptions } from 'node:http'

export interface SentAnswer {
  readonly status: number
  /** The words after the status. */
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export function sendOnce(url: string, options: RequestOptions, body: string | null): Promise<SentAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.once('error', reject)
    sent.end(body ?? undefined)
  })
}
