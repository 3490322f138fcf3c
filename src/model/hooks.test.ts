import { expect, it } from 'vitest'
import { PlinthError } from '../error/index.ts'
import { defineHooks, defineSchema, field, graphOf, model } from './index.ts'

const schema = defineSchema({
  Article: model({ title: field.text(), tags: field.manyToMany('Tag') }),
  Tag: model({ name: field.text() }),
})

const declare = (hooks: object) => (): unknown => defineHooks(schema, hooks as never)

it('collects hooks by model and moment, and marks them in the graph', () => {
  const beforeCreate = (): void => undefined
  const hooks = defineHooks(schema, { Article: { beforeCreate, afterDelete: () => undefined } })
  expect(hooks.models['Article']?.beforeCreate).toBe(beforeCreate)
  const graph = graphOf(schema, null, hooks)
  expect(graph.models['Article']?.hooks).toEqual(['beforeCreate', 'afterDelete'])
  expect(graph.models['Tag']?.hooks).toEqual([])
  expect(schema.graph.models['Article']?.hooks).toEqual([])
})

it.each([
  ['a model that does not exist', { Artcle: {} }, 'boot.model-unknown', 'Did you mean "Article"?'],
  ['a hidden join', { Article_tags: {} }, 'boot.model-unknown', undefined],
  [
    'a moment that does not exist',
    { Article: { beforeSave: () => undefined } },
    'boot.word-unknown',
    'Did you mean "beforeCreate"?',
  ],
  ['what is no function', { Article: { beforeCreate: 'x' } }, 'boot.option-invalid', undefined],
])('refuses %s', (_what, hooks, code, hint) => {
  const error: unknown = (() => {
    try {
      return declare(hooks)()
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(PlinthError)
  expect(error).toMatchObject({ code, errors: [{ code }] })
  expect((error as PlinthError).hint).toBe(hint)
})

it('leaves out hooks that are undefined', () => {
  const hooks = defineHooks(schema, { Article: { beforeCreate: undefined as never } })
  expect(hooks.models['Article']).toEqual({})
})
