/** Gives a file of SQL to a database as the client of that database would. */
import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { Family } from './awkward.ts'

export function loadSchema(family: Family, url: string, text: string): Promise<void> {
  return { sqlite: intoSqlite, postgres: intoPostgres, mysql: intoMariadb }[family](url, text)
}

async function intoSqlite(url: string, text: string): Promise<void> {
  const file = new DatabaseSync(url.slice('file:'.length))
  try {
    file.exec(text)
  } finally {
    file.close()
  }
}

async function intoPostgres(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function intoMariadb(url: string, text: string): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true })
  try {
    for (const part of partsOf(text)) await connection.query(part)
  } finally {
    await connection.end()
  }
}

/** `delimiter` is a word of the client, not of the server. */
function partsOf(text: string): readonly string[] {
  const [first = '', ...more] = text.split(/^delimiter[ \t]+(\S+)[ \t]*$/imu)
  const parts = [first]
  for (let place = 0; place < more.length; place += 2) {
    const [delimiter = ';', body = ''] = [more[place], more[place + 1]]
    parts.push(...(delimiter === ';' ? [body] : body.split(delimiter)))
  }
  return parts.filter(part => part.trim() !== '')
}
