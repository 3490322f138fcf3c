import { expect, it } from 'vitest'
import { snapshotOf } from '../migrate/index.ts'
import { defineSchema, field, model } from '../model/index.ts'
import { goneNames } from './follow-snapshot.ts'

const before = defineSchema({
  Article: model({ title: field.text(), subtitle: field.text().optional() }),
  Note: model({ body: field.text() }),
}).graph
const after = defineSchema({ Article: model({ title: field.text() }) }).graph

it('says how what is gone is dropped, with and without migrations', () => {
  const snapshot = snapshotOf(before)
  expect(goneNames(snapshot, after)).toEqual([
    'Article.subtitle is gone; its column stays. To drop it: alter table "article" drop column "subtitle"',
    'The model Note is gone; its table "note" stays. To drop it: drop table "note"',
  ])
  expect(goneNames(snapshot, after, true)).toEqual([
    'Article.subtitle is gone; its column stays. To drop it: plinth migrate new --drop Article.subtitle, then plinth migrate up --contract',
    'The model Note is gone; its table "note" stays. To drop it: plinth migrate new --drop Note, then plinth migrate up --contract',
  ])
})
