// What MariaDB and MySQL are started alike with: users, a certificate, and places of their own for all that they write.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import type { OwnOptions } from './own-options.ts'
import { password, type Started } from './postgres.ts'
import { ServerProcess } from './server-process.ts'
import { give, makeFolder } from './unprivileged.ts'

export interface Mysqld {
  readonly program: string
  /** Its files. */
  readonly data: string
  /** What only this one is told; `--no-defaults` comes first. */
  readonly args: readonly string[]
}

/** Starts a server whose files are in `folder`. */
export async function startMysqld(
  { program, data, args }: Mysqld,
  folder: string,
  certificates: Certificates,
  options: OwnOptions,
): Promise<Started> {
  const users = join(folder, 'users.sql')
  await writeFile(users, statements.join(';\n') + ';\n')
  give(users)
  const tls = await certificates.write(options.certificate ?? 'valid', folder)
  const port = await freePort()
  const socket = join(folder, 's.sock')
  const settings = {
    port: String(port),
    'bind-address': '127.0.0.1',
    socket,
    'pid-file': join(folder, 'pid'),
    // A server that starts removes the temporary tables it finds, also those of another one.
    tmpdir: makeFolder(join(folder, 'temporary')),
    'init-file': users,
    'ssl-cert': tls.certificate,
    'ssl-key': tls.key,
    'max-connections': '300',
    'innodb-buffer-pool-size': '128M',
    ...options.settings,
  }
  const server = new ServerProcess({
    program,
    args: [
      ...args,
      `--datadir=${data}`,
      '--skip-name-resolve',
      ...Object.entries(settings).map(([setting, value]) => `--${setting}=${value}`),
    ],
    folder,
    ready: /ready for connections/,
    end: 'SIGTERM',
    crash: 'SIGKILL',
  })
  await server.start()
  const adminUrl = `mysql://admin:${password}@127.0.0.1:${port}/mysql`
  return { process: server, address: { adminUrl, user: 'plinth', password, host: '127.0.0.1', port, socket } }
}

/** The administrator of the tests, and the owner of the databases that they make. They run at each start. */
const statements = [
  `create user if not exists admin@'%' identified by '${password}'`,
  `grant all on *.* to admin@'%' with grant option`,
  `create user if not exists plinth@'%' identified by '${password}'`,
  "grant all on `plinth\\_test\\_%`.* to plinth@'%'",
]
