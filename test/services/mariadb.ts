// MariaDB from its programs: files made for each server in half a second, all settings on the command line, none of the machine's.
import { join } from 'node:path'
import { programsOf, type ServerName } from './catalog.ts'
import type { Certificates } from './certificates.ts'
import { startMysqld } from './mysqld.ts'
import type { OwnOptions } from './own-options.ts'
import type { Started } from './postgres.ts'
import { makeFolder, runToEnd } from './unprivileged.ts'

const always = ['--no-defaults', '--innodb-log-file-size=32M']

/** Starts a MariaDB in `folder`, which it makes. */
export async function startMariadb(
  name: ServerName,
  folder: string,
  certificates: Certificates,
  options: OwnOptions = {},
): Promise<Started> {
  const programs = programsOf(name)
  const data = join(makeFolder(folder), 'data')
  // Other servers that start meanwhile would remove its temporary tables from a folder of all.
  const temporary = makeFolder(join(folder, 'temporary'))
  await runToEnd(
    programs['mariadb-install-db']!,
    [
      ...[...always, `--datadir=${data}`, `--tmpdir=${temporary}`],
      ...['--auth-root-authentication-method=normal', '--skip-test-db'],
    ],
    folder,
  )
  const args = [...always, `--innodb-flush-log-at-trx-commit=${options.durable ? 1 : 0}`]
  return startMysqld({ program: programs['mariadbd']!, data, args }, folder, certificates, options)
}
