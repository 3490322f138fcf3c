import { expect, test } from 'vitest'
import { defineSchema, field, model } from '../../model/index.ts'
import { isChecked } from './checked.ts'

const states = ['a', 'b'] as const

const schemaOf = (caller: { readonly adopted?: boolean }) =>
  defineSchema(
    {
      User: model({ role: field.enum(states), theme: field.enum(states) }, caller),
      Team: model({ id: field.uuid().key(), state: field.enum(states) }),
      Seen: model({ id: field.integer().key(), state: field.enum(states) }, { view: true }),
      Part: model({ id: field.uuid().key(), state: field.enum(states) }, { adopted: true }),
      Note: model({
        state: field.enum(states),
        own: field.enum(states).column('own', { postgres: 'varchar(20)' }),
        role: field.enum(states).default(user => user.role),
        team: field.belongsTo('Team'),
        part: field.belongsTo('Part'),
        about: field.belongsTo('Note').optional(),
        tags: field.manyToMany('Part'),
      }),
      // Its key is that of a row of others, and so is what refers to it.
      Detail: model({ part: field.belongsTo('Part') }, { key: ['partId'] }),
      Line: model({ detail: field.belongsTo('Detail') }),
      // Each is the key of the other.
      One: model({ two: field.belongsTo('Two', { on: { id: 'id' } }), id: field.uuid() }, { key: ['id'] }),
      Two: model({ one: field.belongsTo('One', { on: { id: 'id' } }), id: field.uuid() }, { key: ['id'] }),
    },
    { caller: 'User' },
  )

function checkedOf(caller: { readonly adopted?: boolean }): readonly string[] {
  const { graph } = schemaOf(caller)
  return Object.values(graph.models).flatMap(one =>
    Object.values(one.fields)
      .filter(each => isChecked(graph, one, each))
      .map(({ name }) => `${one.name}.${name}`),
  )
}

test('a column is trusted when all that can come into it is of a table of our own', () => {
  const ours = ['Team.id', 'Team.state', 'Note.id', 'Note.state', 'Note.teamId', 'Note.aboutId', 'Line.id']
  const circle = ['One.id', 'Two.id']
  expect(checkedOf({ adopted: true }).toSorted()).toEqual([...ours, ...circle, 'Note_tags.noteId'].toSorted())
  const callers = ['User.id', 'User.role', 'User.theme', 'Note.role']
  expect(checkedOf({}).toSorted()).toEqual([...ours, ...circle, ...callers, 'Note_tags.noteId'].toSorted())
})
