// PostgreSQL from its programs: files made once per run and copied for each server, settings on the command line.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programsOf, type ServerName } from './catalog.ts'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import type { Address, OwnOptions } from './own-options.ts'
import { ServerProcess } from './server-process.ts'
import { give, makeFolder, reachable, runToEnd } from './unprivileged.ts'

export const password = 'for-tests'

/** A started server; `standby` when one was asked for. */
export interface Started {
  readonly process: ServerProcess
  readonly address: Address
  readonly standby?: Started
}

const fast = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
const templates = new Map<string, Promise<string>>()

/** Starts a PostgreSQL in `folder`, which it makes. */
export async function startPostgres(
  name: ServerName,
  run: string,
  folder: string,
  certificates: Certificates,
  options: OwnOptions = {},
): Promise<Started> {
  const programs = programsOf(name)
  const postgres = reachable(programs['postgres']!, run)
  let template = templates.get(name)
  if (template === undefined) {
    template = makeTemplate(reachable(programs['initdb']!, run), postgres, run, name)
    templates.set(name, template)
  }
  makeFolder(folder)
  const data = join(folder, 'data')
  await runToEnd('cp', ['-Rp', await template, data], run)
  const beside = join(folder, 'standby-data')
  if (options.standby) await runToEnd('cp', ['-Rp', await template, beside], run)
  const tls = await certificates.write(options.certificate ?? 'valid', folder)
  const settings = {
    ...(options.durable ? {} : fast),
    ssl: 'on',
    ssl_cert_file: tls.certificate,
    ssl_key_file: tls.key,
    ...options.settings,
  }
  const primary = await startOn(postgres, data, run, settings)
  if (!options.standby) return primary
  try {
    const { port } = primary.address
    const conninfo = `host=127.0.0.1 port=${port} user=postgres password=${password}`
    await writeFile(join(beside, 'standby.signal'), '')
    give(join(beside, 'standby.signal'))
    const standby = await startOn(postgres, beside, run, { ...settings, primary_conninfo: conninfo })
    return { ...primary, standby }
  } catch (error) {
    await primary.process.stop('at once')
    throw error
  }
}

async function startOn(
  program: string,
  data: string,
  run: string,
  settings: Readonly<Record<string, string>>,
): Promise<Started> {
  const port = await freePort()
  const all = {
    // In its own files: of a server that is killed nothing stays in the machine's memory.
    dynamic_shared_memory_type: 'mmap',
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: run,
    max_connections: '200',
    max_wal_size: '256MB',
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = new ServerProcess({
    program,
    args: ['-D', data, ...args],
    folder: data,
    ready: /ready to accept (read-only )?connections/,
    end: 'SIGINT',
    crash: 'SIGQUIT',
  })
  await server.start()
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return { process: server, address: { adminUrl, user: 'plinth', password, host: '127.0.0.1', port, socket: run } }
}

/** Files of a server that was never started: servers are copies of it, and a copy of it is also a standby's beginning. */
async function makeTemplate(initdb: string, postgres: string, run: string, name: string): Promise<string> {
  const data = join(run, `template-${name}`)
  const passwordFile = join(run, `password-${name}`)
  if (!existsSync(passwordFile)) await writeFile(passwordFile, `${password}\n`)
  give(passwordFile)
  const access = ['--auth-host=scram-sha-256', '--auth-local=scram-sha-256', `--pwfile=${passwordFile}`]
  await runToEnd(initdb, ['-D', data, '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--no-locale', ...access], run)
  const role = `create role plinth login password '${password}'\n`
  await runToEnd(postgres, ['--single', '-F', '-D', data, 'postgres'], run, role)
  return data
}
