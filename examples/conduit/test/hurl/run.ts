// Runs a suite: sends its requests in order, captures values, and collects every assert that fails.
import { valueAt } from './json-path.ts'
import { failureOf, sizeOf, type ReadyPredicate } from './predicate.ts'
import { send, type Response } from './send.ts'
import type { Assert, Capture, Entry, Header, Predicate, Query, Suite } from './suite.ts'
import { fill, fillJson, type Variables } from './template.ts'

/** What became of a suite. As in Hurl, the first request with a failure is the last one sent. */
export type SuiteResult = {
  readonly file: string
  /** Requests sent. */
  readonly requests: number
  /** Expectations tested: statuses, headers, asserts. */
  readonly asserts: number
  readonly failures: readonly string[]
  /** Requests not sent because one before them failed. */
  readonly notSent: number
}

type Outcome = { readonly asserts: number; readonly failures: readonly string[] }

export async function runSuite(suite: Suite, given: Readonly<Record<string, string>>): Promise<SuiteResult> {
  const variables: Variables = new Map(Object.entries(given))
  let [requests, asserts] = [0, 0]
  for (const entry of suite.entries) {
    const outcome = await runEntry(suite.file, entry, variables)
    requests += 1
    asserts += outcome.asserts
    if (outcome.failures.length > 0) {
      const notSent = suite.entries.length - requests
      return { file: suite.file, requests, asserts, failures: outcome.failures, notSent }
    }
  }
  return { file: suite.file, requests, asserts, failures: [], notSent: 0 }
}

async function runEntry(file: string, entry: Entry, variables: Variables): Promise<Outcome> {
  const at = (line: number, message: string): string => `${file}:${line}: ${message}`
  try {
    const response = await send({
      method: entry.method,
      url: new URL(fill(entry.url, variables)),
      headers: entry.headers.map(({ name, value }) => ({ name, value: fill(value, variables) })),
      body: entry.body === undefined ? undefined : fillJson(entry.body, variables),
    })
    const request = `${entry.method} ${fill(entry.url, variables)}`
    if (response.headers['set-cookie']) {
      return {
        asserts: 1,
        failures: [at(entry.line, `${request} set a cookie, which this runner would not send back`)],
      }
    }
    // With another status than the expected one the rest would only fail in its wake.
    if (response.status !== entry.status) {
      const answer = `${response.status} ${response.text.slice(0, 500)}`
      return { asserts: 1, failures: [at(entry.line, `${request} must answer ${entry.status}, answered ${answer}`)] }
    }
    for (const capture of entry.captures) variables.set(capture.variable, captured(capture, response))
    const failures = [
      ...entry.responseHeaders.map(header => [header.line, headerFailure(header, response, variables)] as const),
      ...entry.asserts.map(assert => [assert.line, assertFailure(assert, response, variables)] as const),
    ]
    return {
      asserts: 1 + failures.length,
      failures: failures.flatMap(([line, failure]) =>
        failure === undefined ? [] : [at(line, `${request}: ${failure}`)],
      ),
    }
  } catch (cause) {
    return { asserts: 1, failures: [at(entry.line, `${entry.method} ${entry.url}: ${describe(cause)}`)] }
  }
}

function captured({ variable, query }: Capture, response: Response): string | number | boolean | null {
  const value = valueOf(query, response)
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw new Error(
    `nothing to capture as ${variable}: ${value === undefined ? 'nothing is there' : 'it is not one value'}`,
  )
}

function headerFailure({ name, value }: Header, response: Response, variables: Variables): string | undefined {
  const found = response.headers[name.toLowerCase()] ?? []
  const wanted = fill(value, variables)
  return found.includes(wanted) ? undefined : `the header ${name} must be ${wanted}, found ${JSON.stringify(found)}`
}

function assertFailure(assert: Assert, response: Response, variables: Variables): string | undefined {
  const value = valueOf(assert.query, response)
  // A count of what is no list fails whatever the predicate, a `not` included.
  if (assert.count && !Array.isArray(value)) return `${assert.text}: a list is expected, found ${JSON.stringify(value)}`
  const actual = assert.count ? sizeOf(value) : value
  const failure = failureOf(actual, assert.not, ready(assert.predicate, variables))
  return failure === undefined ? undefined : `${assert.text}: ${failure}`
}

function valueOf(query: Query, response: Response): unknown {
  switch (query.kind) {
    case 'status':
      return response.status
    case 'header':
      return headerValue(response.headers[query.name.toLowerCase()] ?? [])
    case 'jsonpath':
      return valueAt(JSON.parse(response.text), query.path)
  }
}

/** One header is text, several of one name are a list. */
function headerValue(values: readonly string[]): unknown {
  return values.length > 1 ? values : values[0]
}

function ready(predicate: Predicate, variables: Variables): ReadyPredicate {
  if (predicate.kind === 'test') return predicate
  const { expected } = predicate
  if (expected.kind === 'scalar') return { ...predicate, expected: expected.value }
  if (expected.kind === 'text') return { ...predicate, expected: fill(expected.template, variables) }
  const value = variables.get(expected.name)
  if (value === undefined) throw new Error(`the variable ${expected.name} is not set`)
  return { ...predicate, expected: value }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
