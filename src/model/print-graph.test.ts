import { expect, it } from 'vitest'
import { defineRules, defineSchema, everyone, field, graphOf, model, printGraph, readGraph } from './index.ts'

const User = model({ name: field.text(), articles: field.hasMany('Article', 'author') })
const Article = model(
  {
    zeta: field.text(),
    alpha: field.enum(['b', 'a']).default('b'),
    author: field.belongsTo('User'),
    tags: field.manyToMany('Tag'),
  },
  { timestamps: true, softDelete: true, unique: [['zeta', 'alpha']] },
)
const Tag = model({ name: field.text().key() })
const schema = defineSchema(
  { User, Article, Tag },
  { caller: 'User', computed: { User: ({ row }) => ({ written: row.articles.count() }) } },
)
const graph = graphOf(
  schema,
  defineRules(schema, { Article: ({ row, user }) => ({ read: everyone, update: row.author.is(user.id) }) }),
)

it('reads back what it wrote, order included', () => {
  const read = readGraph(printGraph(graph))
  expect(read).toEqual(graph)
  expect(Object.keys(read.models)).toEqual(Object.keys(graph.models))
  for (const [name, node] of Object.entries(graph.models)) {
    expect(Object.keys(read.models[name]?.fields ?? {})).toEqual(Object.keys(node.fields))
    expect(Object.keys(read.models[name]?.relations ?? {})).toEqual(Object.keys(node.relations))
  }
  expect(Object.isFrozen(read.models['Article']?.fields)).toBe(true)
  expect(printGraph(read)).toBe(printGraph(graph))
})

it('prints one line per fact, keys in order', () => {
  const lines = printGraph(graph).split('\n')
  expect(lines[0]).toBe('{')
  expect(lines).toContain('        "table": "article",'.slice(2))
  expect(JSON.parse(printGraph(graph))).toMatchObject({ version: 1, caller: 'User' })
})

it.each([
  ['no JSON', '{', 'it is no JSON'],
  ['another thing', '{"models":[]}', 'it is not what printGraph writes'],
  ['null', 'null', 'it is not what printGraph writes'],
  ['a later version', '{"version":2,"models":{},"fieldOrder":{}}', 'it has version 2, and this Plinth reads 1'],
])('refuses %s', (_what, text, reason) => {
  expect(() => readGraph(text)).toThrow(`The printed model graph cannot be read: ${reason}.`)
})
