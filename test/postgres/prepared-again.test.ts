/** Statements that a connection prepares while others with the same name are under way. */
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { postgresAddresses, readServerAddress } from '../../src/lib/index.ts'
import { loadPg } from '../../src/store/postgres/driver.ts'
import { PostgresDriver } from '../../src/store/postgres/postgres-driver.ts'
import { administer } from '../services/administration.ts'
import { freshDatabase, needs } from '../services/index.ts'

test('one that could not be prepared in time is prepared anew, though the next with its name was on its way', async context => {
  needs(context, 'postgres-18')
  await using database = await freshDatabase('postgres-18')
  const { adminUrl } = database
  const read = readServerAddress(database.url, postgresAddresses)
  if (!read.ok) throw new Error(read.problem)
  const time = 5000
  const limits = { connect: time, quick: 300, quickLock: time, statement: time, lock: time, idleInTransaction: time }
  const driver = new PostgresDriver(await loadPg(), read.address, { ...limits, prepared: 10 }, false)
  await administer('postgres', adminUrl, 'create table item as select 1 as id', 'grant select on item to public')
  const connection = await driver.connect('quick')
  const locking = new Client({ connectionString: adminUrl })
  await locking.connect()
  try {
    await locking.query('begin')
    await locking.query('lock table item in access exclusive mode')
    const statement = { name: 'item_by_id', sql: 'select id from item' }
    const first = connection.run(statement, [])
    // The next one closes the statement and prepares it anew, behind the first one.
    driver.forget(statement)
    const second = connection.run(statement, [])
    await expect(first).rejects.toMatchObject({ code: '57014' })
    const third = connection.run(statement, [])
    await locking.query('commit')
    expect((await second).rows).toEqual([['1']])
    expect((await third).rows).toEqual([['1']])
    expect((await connection.run(statement, [])).rows).toEqual([['1']])
  } finally {
    await locking.end()
    await connection.close()
  }
})
