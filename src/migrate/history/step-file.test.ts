import { expect, test } from 'vitest'
import { factsOf, stepOf } from '../../store/sql/index.ts'
import { printSteps, readSteps } from './step-file.ts'

test('a type or a name with a line of its own stands in the command alone', () => {
  const facts = factsOf({ namespace: null, name: 'apple' })
  const sql = `alter table "apple" modify column "state" enum('red','light\ngreen') null, algorithm = copy, lock = shared`
  const step = stepOf('change', facts.table, {
    about: `Make the column "state" of "apple" enum('red','light\ngreen')`,
    sql,
    unless: facts.isOfType('state', `enum('red','light\ngreen')`),
    downtime: true,
  })
  const text = printSteps('1-states', 'mysql', { first: [step], second: [] })
  expect(readSteps(text)).toMatchObject({
    ok: true,
    file: {
      first: [
        { about: `Make the column "state" of "apple" enum('red','light green')`, sql, unless: null, downtime: true },
      ],
    },
  })
})
