import { describe, expect, it } from 'vitest'
import { defineSchema, field, model } from '../../model/index.ts'
import { printSnapshot, readSnapshot, snapshotOf } from './snapshot.ts'

const first = defineSchema({
  User: model({ name: field.text() }),
  Article: model({ title: field.text(), author: field.belongsTo('User') }),
})

describe('the snapshot', () => {
  it('is text that reads back, with its lines in order', () => {
    const text = printSnapshot(snapshotOf(first.graph))
    expect(text).toBe(`{
  "format": 1,
  "models": {
    "Article": {
      "columns": {
        "authorId": "author_id",
        "id": "id",
        "title": "title"
      },
      "table": "article"
    },
    "User": {
      "columns": {
        "id": "id",
        "name": "name"
      },
      "table": "user"
    }
  }
}
`)
    expect(readSnapshot(text)).toEqual(snapshotOf(first.graph))
  })

  it.each([
    '',
    'null',
    '[]',
    '{"format":2,"models":{}}',
    '{"format":1}',
    '{"format":1,"models":{"A":{"table":"a","columns":{"b":1}}}}',
    '{"format":1,"models":{"A":{"table":"a","columns":{},"gone":{"b":1}}}}',
    '{"format":1,"models":{},"gone":{"A":{"table":"a"}}}',
  ])('is not %s', text => {
    expect(readSnapshot(text)).toBeNull()
  })

  it('remembers what is gone, until it is there again', () => {
    const less = defineSchema({ Article: model({ title: field.text() }) })
    const born = snapshotOf(first.graph)
    const left = snapshotOf(less.graph, born)
    expect(left).toEqual({
      format: 1,
      models: { Article: { table: 'article', columns: { id: 'id', title: 'title' }, gone: { authorId: 'author_id' } } },
      gone: { User: { table: 'user', columns: { id: 'id', name: 'name' } } },
    })
    expect(readSnapshot(printSnapshot(left))).toEqual(left)
    expect(snapshotOf(less.graph, left)).toEqual(left)
    expect(snapshotOf(first.graph, left)).toEqual(born)
  })
})
