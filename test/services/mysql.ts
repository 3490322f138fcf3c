// MySQL from its programs: files made once per run and copied for each server, all settings on the command line, none of the machine's.
import { join } from 'node:path'
import { programsOf, type ServerName } from './catalog.ts'
import type { Certificates } from './certificates.ts'
import { startMysqld } from './mysqld.ts'
import type { OwnOptions } from './own-options.ts'
import type { Started } from './postgres.ts'
import { makeFolder, runToEnd } from './unprivileged.ts'

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
  const args = [...always, ...(options.durable ? [] : inMemory), '--innodb-redo-log-capacity=64M', '--mysqlx=OFF']
  return startMysqld({ program, data, args }, folder, certificates, options)
}

/** Files of a server that was never started: three seconds' work, and copied in a tenth of one. */
async function makeTemplate(program: string, folder: string): Promise<string> {
  const data = join(makeFolder(folder), 'data')
  const small = ['--innodb-redo-log-capacity=8M', '--performance-schema=OFF']
  await runToEnd(program, [...always, ...inMemory, ...small, '--initialize-insecure', `--datadir=${data}`], folder)
  return data
}
