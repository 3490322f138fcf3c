// docs/rules.md, docs/actions.md and docs/testing.md against the types, both ways: what each page lists is what there is.
import { describe, expect, it } from 'vitest'
import { type ActionCall, type ActionOptions, defineSchema, fail, field, model, routesOf } from '../../src/index.ts'
import type { EventMore, HookInput } from '../../src/engine/index.ts'
import { catalog } from '../../src/error/index.ts'
import type { ModelRules, SchemaShape } from '../../src/model/index.ts'
import type { TestApp, TestResponse } from '../../src/testing/index.ts'
import { scenarioWords } from '../../src/testing/scenarios.ts'
import { optionWords } from '../../src/testing/test-app.ts'
import { readPage, tableBelow } from './markdown.ts'

/** The keys of a type: one that is missing or too much does not compile. */
type Names<T> = Readonly<Record<Extract<keyof Required<T>, string>, true>>

const names = (page: string, heading: string): string[] =>
  tableBelow(readPage(page), heading)
    .flatMap(([cell = '']) => cell.replaceAll(/\([^)]*\)/g, '').split(', '))
    .sort()

const keys = (all: object): string[] => Object.keys(all).sort()

describe('docs/rules.md', () => {
  it('names every rule', () => {
    const all: Names<ModelRules> = {
      read: true,
      create: true,
      update: true,
      delete: true,
      withDeleted: true,
      fields: true,
    }
    expect(names('docs/rules.md', 'What is absent is closed')).toEqual(keys(all))
  })
})

describe('docs/actions.md', () => {
  it('names every option of an action', () => {
    const all: Names<ActionOptions<undefined, undefined, SchemaShape>> = {
      input: true,
      output: true,
      allow: true,
      run: true,
      secret: true,
      retryable: true,
      isolation: true,
      transaction: true,
      description: true,
      label: true,
      deprecated: true,
    }
    expect(names('docs/actions.md', 'Options')).toEqual(keys(all))
  })

  it('names everything that run is given', () => {
    const all: Names<ActionCall<unknown, SchemaShape>> = {
      db: true,
      input: true,
      caller: true,
      request: true,
      emit: true,
      now: true,
      signal: true,
      issueToken: true,
    }
    expect(names('docs/actions.md', 'What run is given')).toEqual(keys(all))
  })

  it('names everything that hooks and handlers of events are given', () => {
    const hook: Names<HookInput> = { rows: true, previous: true, db: true, caller: true, emit: true, now: true }
    expect(names('docs/actions.md', 'What a hook is given')).toEqual(keys(hook))
    const handler: Names<EventMore> = { db: true, signal: true }
    expect(names('docs/actions.md', 'What a handler is given')).toEqual(keys(handler))
  })

  it('names every way to refuse, with its status', () => {
    const shown = tableBelow(readPage('docs/actions.md'), 'Refusing').map(([word = '', status]) => [
      word.replaceAll("'", ''),
      Number(status),
    ])
    const own = Object.entries(catalog).filter(([code]) => code.startsWith('application.'))
    expect(shown).toEqual(own.map(([code, { status }]) => [code.replace('application.', ''), status]))
    expect(fail('conflict', 'x').status).toBe(409)
  })

  it('names every builder of routes', () => {
    const builders = routesOf(defineSchema({ Thing: model({ name: field.text() }) }))
    expect([...names('docs/actions.md', 'Builders'), 'group'].sort()).toEqual(keys(builders))
  })
})

describe('docs/testing.md', () => {
  it('names every option of createTestApp', () => {
    expect(names('docs/testing.md', 'Options')).toEqual(keys(optionWords))
  })

  it('names everything that a test application can do', () => {
    const all: Names<TestApp<SchemaShape>> = {
      db: true,
      clock: true,
      failures: true,
      as: true,
      asAnonymous: true,
      request: true,
      token: true,
      close: true,
    }
    expect(names('docs/testing.md', 'What it can do')).toEqual(keys(all))
  })

  it('names everything that an answer has', () => {
    const all: Names<TestResponse> = {
      status: true,
      headers: true,
      text: true,
      body: true,
      changes: true,
      events: true,
      statements: true,
      codeStatements: true,
    }
    const paragraph =
      readPage('docs/testing.md')
        .text.split('\n\n')
        .find(text => text.startsWith('An answer has')) ?? ''
    expect([...paragraph.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).sort()).toEqual(keys(all))
  })

  it('names everything that a scenario says', () => {
    expect(names('docs/testing.md', 'What a scenario says')).toEqual(keys(scenarioWords))
  })
})
