import { expect, it } from 'vitest'
import { fieldName, modelName, TakenNames } from './words.ts'

it.each([
  ['films', 'Film'],
  ['Order Details', 'OrderDetail'],
  ['ORDER_STATUS', 'OrderStatus'],
  ['film_actor', 'FilmActor'],
  ['people', 'Person'],
  ['Größen', 'Grossen'],
  ['2fa_tokens', 'Table2faToken'],
  ['query', 'QueryRow'],
  ['注文', 'Table7'],
  ['dbo.users', 'DboUser'],
])('the table %s is the model %s', (table, model) => {
  expect(modelName(table, 7)).toBe(model)
})

it.each([
  ['first_name', 'firstName'],
  ['OrderID', 'orderId'],
  ['LAST UPDATE', 'lastUpdate'],
  ['limit', 'limitValue'],
  ['2nd', 'column2nd'],
  ['名前', 'column3'],
  ['já', 'ja'],
  ['a-b.c', 'aBC'],
])('the column %s is the field %s', (column, field) => {
  expect(fieldName(column, 3)).toBe(field)
})

it('a name is given once', () => {
  const names = new TakenNames()
  expect([names.take('tag'), names.take('Tag'), names.take('tag', 'label'), names.take('tag', 'label')]).toEqual([
    'tag',
    'Tag2',
    'label',
    'label2',
  ])
})
