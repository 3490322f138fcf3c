// MariaDB from its programs: files made for each server in half a second, all settings on the command line, none of the machine's.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programsOf, type ServerName } from './catalog.ts'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import type { OwnOptions } from './own-options.ts'
import { password, type Started } from './postgres.ts'
import { ServerProcess } from './server-process.ts'
import { give, makeFolder, runToEnd } from './unprivileged.ts'

/** Starts a MariaDB in `folder`, which it makes. */
export async function startMariadb(
  name: ServerName,
  folder: string,
  certificates: Certificates,
  options: OwnOptions = {},
): Promise<Started> {
  const programs = programsOf(name)
  const data = join(makeFolder(folder), 'data')
  const innodb = ['--innodb-log-file-size=32M', '--innodb-buffer-pool-size=128M']
  await runToEnd(
    programs['mariadb-install-db']!,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...innodb],
    folder,
  )
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
    // A MariaDB that starts removes the temporary tables it finds, also those of another one.
    tmpdir: makeFolder(join(folder, 'temporary')),
    'init-file': users,
    'ssl-cert': tls.certificate,
    'ssl-key': tls.key,
    'max-connections': '300',
    'innodb-flush-log-at-trx-commit': options.durable ? '1' : '0',
    ...options.settings,
  }
  const server = new ServerProcess({
    program: programs['mariadbd']!,
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      '--skip-name-resolve',
      ...innodb,
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
  `create or replace user admin@'%' identified by '${password}'`,
  `grant all on *.* to admin@'%' with grant option`,
  `create or replace user plinth@'%' identified by '${password}'`,
  "grant all on `plinth\\_test\\_%`.* to plinth@'%'",
]
