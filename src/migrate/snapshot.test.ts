import { describe, expect, it } from 'vitest'
import { defineSchema, field, model } from '../model/index.ts'
import { printSnapshot, readSnapshot, snapshotOf, withSnapshot } from './snapshot.ts'

const first = defineSchema({
  User: model({ name: field.text() }),
  Article: model({ title: field.text(), author: field.belongsTo('User') }),
})

const columnsOf = (
  schema: { graph: Parameters<typeof withSnapshot>[0] },
  born = snapshotOf(first.graph),
): Record<string, string> =>
  Object.fromEntries(
    Object.values(withSnapshot(schema.graph, born).models['Article']?.fields ?? {}).map(each => [
      each.name,
      each.column,
    ]),
  )

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
  ])('is not %s', text => {
    expect(readSnapshot(text)).toBeNull()
  })

  it('changes nothing where nothing was renamed', () => {
    expect(withSnapshot(first.graph, snapshotOf(first.graph))).toEqual(first.graph)
  })

  it('leaves the column where it was when a field gets another name, then and later', () => {
    const renamed = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ headline: field.text().renamedFrom('title'), author: field.belongsTo('User') }),
    })
    expect(columnsOf(renamed)).toEqual({ id: 'id', headline: 'title', authorId: 'author_id' })
    // The snapshot remembers when the declaration no longer does.
    const later = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ headline: field.text(), author: field.belongsTo('User') }),
    })
    expect(columnsOf(later, snapshotOf(withSnapshot(renamed.graph, snapshotOf(first.graph))))).toMatchObject({
      headline: 'title',
    })
    expect(columnsOf(later)).toMatchObject({ headline: 'headline' })
  })

  it('gives a new field of an old name a column of its own', () => {
    const both = defineSchema({
      User: model({ name: field.text() }),
      Article: model({
        headline: field.text().renamedFrom('title'),
        title: field.text(),
        author: field.belongsTo('User'),
      }),
    })
    expect(columnsOf(both)).toMatchObject({ headline: 'title', title: 'title_2' })
  })

  it('gives way to a column that is named', () => {
    const named = defineSchema({
      User: model({ name: field.text() }),
      Article: model({ title: field.text().column('heading'), author: field.belongsTo('User') }),
    })
    expect(columnsOf(named)).toMatchObject({ title: 'heading' })
  })
})
