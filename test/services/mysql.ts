// MySQL from its programs: files made once per run and copied for each server, all settings on the command line, none of the machine's.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programsOf, type ServerName } from './catalog.ts'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import type { OwnOptions } from './own-options.ts'
import { password, type Started } from './postgres.ts'
import { ServerProcess } from './server-process.ts'
import { give, makeFolder, runToEnd } from './unprivileged.ts'

/** Files are small: by itself MySQL makes a hundred megabytes more for each server. */
const always = ['--no-defaults', '--secure-file-priv=NULL', '--skip-log-bin', '--innodb-autoextend-increment=1']
const inMemory = ['--innodb-doublewrite=OFF', '--innodb-flush-log-at-trx-commit=0']

const templates = new Map<string, Promise<string>>()

/** Starts a MySQL in `folder`, which it makes. */
export async function startMysql(
  name: ServerName,
  run: string,
  folder: string,
  certificates: Certificates,
  options: OwnOptions = {},
): Promise<Started> {
  const program = programsOf(name)['mysqld']!
  let template = templates.get(name)
  if (template === undefined) {
    template = makeTemplate(program, join(run, `template-${name}`))
    templates.set(name, template)
  }
  const data = join(makeFolder(folder), 'data')
  await runToEnd('cp', ['-Rp', await template, data], folder)
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
    tmpdir: makeFolder(join(folder, 'temporary')),
    'init-file': users,
    'ssl-cert': tls.certificate,
    'ssl-key': tls.key,
    'max-connections': '300',
    'innodb-buffer-pool-size': '128M',
    'innodb-redo-log-capacity': '64M',
    mysqlx: 'OFF',
    ...options.settings,
  }
  const server = new ServerProcess({
    program,
    args: [
      ...always,
      ...(options.durable ? [] : inMemory),
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

/** Files of a server that was never started: three seconds' work, and copied in a tenth of one. */
async function makeTemplate(program: string, folder: string): Promise<string> {
  const data = join(makeFolder(folder), 'data')
  const small = ['--innodb-redo-log-capacity=8M', '--performance-schema=OFF']
  await runToEnd(program, [...always, ...inMemory, ...small, '--initialize-insecure', `--datadir=${data}`], folder)
  return data
}

/** The administrator of the tests, and the owner of the databases that they make. They run at each start. */
const statements = [
  `create user if not exists admin@'%' identified by '${password}'`,
  `grant all on *.* to admin@'%' with grant option`,
  `create user if not exists plinth@'%' identified by '${password}'`,
  "grant all on `plinth\\_test\\_%`.* to plinth@'%'",
]
