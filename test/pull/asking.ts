/** Requests to a pulled application that is served. */
export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown> & {
    readonly data?: readonly Record<string, unknown>[]
    readonly page?: { readonly after: string | null }
  }
}

export const asking =
  (address: string) =>
  async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${address}/api/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] }
  }
