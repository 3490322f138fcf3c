// PgBouncer in transaction mode before a PostgreSQL: any database of that server by its own name.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programsOf } from './catalog.ts'
import { freePort } from './free-port.ts'
import type { Address } from './own-options.ts'
import { password, type Started } from './postgres.ts'
import { ServerProcess } from './server-process.ts'
import { give, makeFolder } from './unprivileged.ts'

/** Starts a PgBouncer before `behind` in `folder`, which it makes. */
export async function startPgbouncer(behind: Address, run: string, folder: string): Promise<Started> {
  makeFolder(folder)
  const port = await freePort()
  const users = join(folder, 'users.txt')
  const settings = join(folder, 'pgbouncer.ini')
  await writeFile(users, `"postgres" "${password}"\n"plinth" "${password}"\n`)
  await writeFile(
    settings,
    `[databases]
* = host=${behind.host} port=${behind.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir = ${run}
auth_type = scram-sha-256
auth_file = ${users}
admin_users = postgres
pool_mode = transaction
default_pool_size = 10
max_client_conn = 500
`,
  )
  give(users)
  give(settings)
  const server = new ServerProcess({
    program: programsOf('pgbouncer')['pgbouncer']!,
    args: [settings],
    folder,
    ready: /process up/,
    end: 'SIGINT',
    crash: 'SIGKILL',
  })
  await server.start()
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return { process: server, address: { ...behind, adminUrl, host: '127.0.0.1', port, socket: run } }
}
