// Writes customers until it is killed, and prints the number of each one that the store has acknowledged.
import { SqliteStore } from '../../src/store/sqlite/index.ts'
import { contextWith, insertPlan, shop } from './shop.ts'

const store = new SqliteStore({ file: process.argv[2] ?? '' })
store.open(shop)
const add = store.prepareInsert(insertPlan('Customer', ['number', 'email']))
const next = (number: number): void => {
  void Promise.resolve(add.run([[number, `${number}@example.com`]], [], contextWith())).then(() => {
    process.stdout.write(`${number}\n`)
    next(number + 16)
  })
}
for (let lane = 0; lane < 16; lane++) next(lane)
