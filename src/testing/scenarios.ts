/** Scenario tables: a request, who sends it, what comes back, and what must not happen. */
import { strict as assert } from 'node:assert'
import type { App } from '../app/index.ts'
import { isObject } from '../lib/index.ts'
import type { SchemaShape } from '../model/index.ts'
import { describeFailure } from '../service/observe/index.ts'
import { requireWords, type Words } from './require-words.ts'
import { type ActAs, createTestApp, somebody, type TestApp, type TestAppOptions } from './test-app.ts'
import type { TestResponse } from './test-response.ts'

/** A request as `'GET /api/articles'`, or with what else belongs to it. */
export type ScenarioRequest =
  | string
  | {
      readonly method: string
      readonly url: string
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    }

export interface Scenario<Given, S extends SchemaShape> {
  readonly name: string
  /** Who sends it, out of what `given` made; anonymous when it is left out. */
  readonly as?: ActAs | ((given: Given) => ActAs)
  readonly request: ScenarioRequest | ((given: Given) => ScenarioRequest)
  readonly status: number
  /** The whole body, exactly. */
  readonly body?: unknown
  /** What the body has among other things: objects may have more properties, arrays have as many elements. */
  readonly has?: unknown
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** Texts that stand nowhere in the answer. */
  readonly not?: readonly (string | RegExp)[]
  /** What was changed, in order, as `'create Article'`. Nothing when a request is refused, unless it is said here. */
  readonly changes?: readonly string[]
  /** Names of the events that left. */
  readonly events?: readonly string[]
  /** Plinth needs at most so many statements; those of actions and hooks do not count. */
  readonly statements?: number
  /** Looks at the application afterwards. */
  readonly after?: (test: TestApp<S>, given: Given, answer: TestResponse) => Promise<void> | void
}

export interface ScenarioOptions<Given, S extends SchemaShape> extends TestAppOptions {
  /** What there is before each scenario. */
  readonly given?: (test: TestApp<S>) => Promise<Given> | Given
}

export interface RunnableScenario {
  readonly name: string
  /** Runs it in an application of its own; throws an AssertionError that names what was expected. */
  readonly run: () => Promise<void>
}

/**
 * Makes tests out of a table. Each scenario has an application and a database of its own, so their order means nothing. The result is
 * for any test runner.
 *
 * @example
 * const table = scenarios(app, { given: seed }, [
 *   { name: 'a stranger sees no draft', request: given => `GET /api/articles/${given.draft.id}`, status: 404, not: ['secret'] },
 *   { name: 'its author does', as: given => given.anna, request: given => `GET /api/articles/${given.draft.id}`, status: 200 },
 * ])
 * for (const { name, run } of table) test(name, run)
 */
export function scenarios<S extends SchemaShape, Given = undefined>(
  app: App<S>,
  options: ScenarioOptions<Given, S>,
  table: readonly Scenario<Given, S>[],
): readonly RunnableScenario[] {
  for (const scenario of table) requireWords(`The scenario "${scenario.name}"`, scenario, scenarioWords)
  return table.map(scenario => ({ name: scenario.name, run: () => runScenario(app, options, scenario) }))
}

export const scenarioWords: Words<Scenario<unknown, SchemaShape>> = {
  name: true,
  as: true,
  request: true,
  status: true,
  body: true,
  has: true,
  headers: true,
  not: true,
  changes: true,
  events: true,
  statements: true,
  after: true,
}

async function runScenario<S extends SchemaShape, Given>(
  app: App<S>,
  { given: make, ...options }: ScenarioOptions<Given, S>,
  scenario: Scenario<Given, S>,
): Promise<void> {
  await using test = await createTestApp(app, options)
  const given = (await make?.(test)) as Given
  const request = partsOf(typeof scenario.request === 'function' ? scenario.request(given) : scenario.request)
  const as = typeof scenario.as === 'function' ? somebody(scenario.as(given)) : (scenario.as ?? null)
  const { method, url, ...rest } = request
  const answer = await test.request(method, url, { ...rest, as })
  compare(scenario, answer, test.failures)
  await scenario.after?.(test, given, answer)
  if (scenario.status < 500 && test.failures.length > 0)
    assert.fail(`something failed on the server${told(test.failures)}`)
}

/** What an answer of 500 keeps to itself, with causes and places, each below what is said before. */
const told = (failures: readonly unknown[]): string =>
  failures.map(failure => `\n${describeFailure(failure, process.cwd())}`).join('')

function partsOf(request: ScenarioRequest): Exclude<ScenarioRequest, string> {
  if (typeof request !== 'string') return request
  const match = /^([A-Z]+) (\/\S*)$/.exec(request)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new TypeError(`"${request}" is no request; write it like "GET /api/articles"`)
  }
  return { method: match[1], url: match[2] }
}

function compare<Given, S extends SchemaShape>(
  scenario: Scenario<Given, S>,
  answer: TestResponse,
  failures: readonly unknown[],
): void {
  const { status, body, has, headers = {}, not = [], changes, events, statements } = scenario
  // The body says why, or what failed does, so they stand in the message.
  const why = `${answer.text.slice(0, 2000)}${told(failures)}`
  assert.equal(answer.status, status, `status ${answer.status} instead of ${status}: ${why}`)
  const received: unknown = answer.body ?? (answer.text === '' ? null : answer.text)
  if (body !== undefined) assert.deepEqual(received, body)
  if (has !== undefined) assert.deepEqual(partOf(received, has), has)
  for (const [name, expected] of Object.entries(headers)) {
    const value = answer.headers[name.toLowerCase()] ?? ''
    if (typeof expected === 'string') assert.equal(value, expected, `header ${name}`)
    else assert.match(value, expected, `header ${name}`)
  }
  for (const text of not) {
    const found = typeof text === 'string' ? answer.text.includes(text) : text.test(answer.text)
    assert.ok(!found, `${String(text)} must not stand in the answer: ${answer.text.slice(0, 2000)}`)
  }
  const changed = answer.changes.map(({ operation, model }) => `${operation} ${model}`)
  if (changes !== undefined || status >= 400) assert.deepEqual(changed, changes ?? [], 'changes')
  const sent = answer.events.map(({ name }) => name)
  if (events !== undefined || status >= 400) assert.deepEqual(sent, events ?? [], 'events')
  if (statements !== undefined) {
    const listed = answer.statements.map(({ command }) => `\n  ${command}`).join('')
    assert.ok(
      answer.statements.length <= statements,
      `${answer.statements.length} statements instead of at most ${statements}:${listed}`,
    )
  }
}

/** What is left of a value when only what `expected` names is looked at. */
function partOf(value: unknown, expected: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(expected)) return value.map((each, index) => partOf(each, expected[index]))
  if (!isObject(value) || !isObject(expected)) return value
  return Object.fromEntries(Object.keys(expected).map(name => [name, partOf(value[name], expected[name])]))
}
