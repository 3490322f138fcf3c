/**
 * Schemas of applications that others wrote, as Debian's packages bring them: scripts/prepare-machine.sh fetches the files, nothing of them
 * is in this repository.
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Family } from './awkward.ts'

export interface Stranger {
  readonly title: string
  readonly family: Family
  readonly package: string
  /** In the package. */
  readonly file: string
  /** Tables and views that it has at least. */
  readonly tables: number
  /** Rows as its own application writes them. */
  readonly rows: readonly string[]
  /** Models that are opened. */
  readonly models: readonly string[]
  readonly reads: readonly (readonly [path: string, rows: readonly object[]])[]
  readonly writes: readonly (readonly [collection: string, body: object, status: number, answer: object])[]
  /** A model that gets a field more. */
  readonly grows: string
  /** It is taken over in each run; the others with PLINTH_TEST_LONG. */
  readonly always?: true
}

const powerDns = {
  tables: 7,
  rows: [
    `insert into domains (id, name, type) values (100, 'example.org', 'NATIVE')`,
    `insert into records (id, domain_id, name, type, content, ttl) values (100, 100, 'www.example.org', 'A', '192.0.2.1', 60)`,
  ],
  models: ['Domain', 'Record', 'Supermaster', 'Tsigkey'],
  reads: [
    [
      'records?include=domain',
      [{ name: 'www.example.org', ttl: 60, disabled: false, domain: { name: 'example.org' } }],
    ],
    ['domains?include=records', [{ id: 100, records: [{ content: '192.0.2.1' }] }]],
  ],
  writes: [
    [
      'records',
      { domainId: 100, name: 'mail.example.org', type: 'A' },
      201,
      { auth: true, disabled: false, prio: null },
    ],
    ['supermasters', { ip: '192.0.2.9', nameserver: 'ns.example.org', account: 'a' }, 201, { ip: '192.0.2.9' }],
    ['domains', { name: 'example.org', type: 'NATIVE' }, 409, { code: 'writes.unique' }],
  ],
  grows: 'Domain',
} as const satisfies Partial<Stranger>

const id = (byte: number, length = 20): string => Buffer.alloc(length, byte).toString('base64')

const icingaDb = {
  package: 'icingadb',
  tables: 60,
  models: ['Environment', 'Customvar', 'SlaHistoryState'],
  reads: [['environments', [{ id: id(0x61), name: 'here' }]]],
  grows: 'Environment',
} as const satisfies Partial<Stranger>

const zabbix = {
  tables: 170,
  rows: [
    `insert into hosts (hostid, host, name, description) values (10001, 'web-1', 'Web one', '')`,
    `insert into hstgrp (groupid, name) values (5, 'Servers')`,
    `insert into hosts_groups (hostgroupid, hostid, groupid) values (1, 10001, 5)`,
  ],
  models: ['Host', 'Hstgrp', 'HostsGroup', 'Item'],
  reads: [
    ['hosts-groups?include=host,hstgrp', [{ host: { name: 'Web one', tlsAccept: 1 }, hstgrp: { name: 'Servers' } }]],
    ['hstgrps?include=hostsGroups', [{ name: 'Servers', hostsGroups: [{}] }]],
  ],
  grows: 'Hstgrp',
} as const satisfies Partial<Stranger>

/** Keys of 64 bits: MariaDB's have no sign. */
const zabbixWrites = [
  ['hosts', { hostid: '10002', host: 'db-1', name: 'Db', description: '' }, 201, { hostid: '10002', ipmiPrivilege: 2 }],
  ['hosts-groups', { hostgroupid: '2', hostid: '10002', groupid: '5' }, 201, { groupid: '5' }],
  ['hosts-groups', { hostgroupid: '3', hostid: '777', groupid: '5' }, 409, { code: 'writes.reference-missing' }],
  ['hosts-groups', { hostgroupid: '3', hostid: '10002', groupid: '5' }, 409, { code: 'writes.unique' }],
] as const

const roundcube = {
  package: 'roundcube-core',
  tables: 17,
  models: ['User', 'Identity', 'Contact'],
  writes: [
    ['users', { username: 'bob', mailHost: 'localhost' }, 201, { lastLogin: null }],
    [
      'identities',
      { userId: 9, name: 'Ann', email: 'ann@example.org', replyTo: 'me@example.org' },
      201,
      { replyTo: 'me@example.org' },
    ],
    ['identities', { userId: 999, name: 'Nobody', email: 'n@example.org' }, 409, { code: 'writes.reference-missing' }],
  ],
  reads: [['identities?include=user', [{ name: 'Ann', user: { username: 'ann' } }]]],
  grows: 'Contact',
} as const satisfies Partial<Stranger>

const roundcubeRows = (now: string): readonly string[] => [
  `insert into users (user_id, username, mail_host, created) values (9, 'ann', 'localhost', ${now})`,
  `insert into identities (identity_id, user_id, changed, name, email) values (9, 9, ${now}, 'Ann', 'ann@example.org')`,
]
const roundcubeFile = 'usr/share/dbconfig-common/data/roundcube/install'

export const strangers: readonly Stranger[] = [
  {
    ...powerDns,
    title: 'PowerDNS',
    family: 'sqlite',
    package: 'pdns-backend-sqlite3',
    file: 'usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql',
    always: true,
  },
  {
    ...powerDns,
    title: 'PowerDNS',
    family: 'postgres',
    package: 'pdns-backend-pgsql',
    file: 'usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql',
    writes: [
      ...powerDns.writes,
      ['domains', { name: 'UPPER.example', type: 'NATIVE' }, 422, { code: 'writes.check' }],
      ['supermasters', { ip: 'nowhere', nameserver: 'x', account: 'a' }, 422, { code: 'store.value-unfit' }],
    ],
  },
  {
    ...powerDns,
    title: 'PowerDNS',
    family: 'mysql',
    package: 'pdns-backend-mysql',
    file: 'usr/share/pdns-backend-mysql/schema/schema.mysql.sql',
    reads: [['records', [{ name: 'www.example.org', ttl: 60, disabled: false, domainId: 100 }]]],
  },
  {
    ...icingaDb,
    title: 'Icinga DB',
    family: 'postgres',
    file: 'usr/share/icingadb/schema/pgsql/schema.sql',
    rows: [`insert into environment (id, name) values ('aaaaaaaaaaaaaaaaaaaa', 'here')`],
    writes: [
      ['environments', { id: id(1), name: 'there' }, 201, { id: id(1) }],
      // A domain of bytes that are twenty.
      ['environments', { id: id(1, 19), name: 'short' }, 422, { code: 'writes.check' }],
      [
        'customvars',
        { id: id(2), environmentId: id(1), nameChecksum: id(3), name: 'Vars', value: '{}' },
        201,
        { name: 'Vars' },
      ],
    ],
    always: true,
  },
  {
    ...icingaDb,
    title: 'Icinga DB',
    family: 'mysql',
    file: 'usr/share/icingadb/schema/mysql/schema.sql',
    rows: [`insert into environment (id, name) values ('aaaaaaaaaaaaaaaaaaaa', 'here')`],
    writes: [['environments', { id: id(1), name: 'there' }, 201, { id: id(1) }]],
  },
  {
    ...zabbix,
    title: 'Zabbix',
    family: 'mysql',
    package: 'zabbix-server-mysql',
    file: 'usr/share/zabbix-server-mysql/schema.sql.gz',
    writes: [
      ...zabbixWrites,
      // Its trigger writes it.
      ['hosts', { hostid: '10003', host: 'x', name: 'Upper', description: '' }, 201, { nameUpper: 'UPPER' }],
    ],
  },
  {
    ...zabbix,
    title: 'Zabbix',
    family: 'postgres',
    package: 'zabbix-server-pgsql',
    file: 'usr/share/zabbix-server-pgsql/schema.sql.gz',
    writes: zabbixWrites,
  },
  {
    ...zabbix,
    title: 'Zabbix',
    family: 'sqlite',
    package: 'zabbix-proxy-sqlite3',
    file: 'usr/share/zabbix-proxy-sqlite3/schema.sql.gz',
    writes: zabbixWrites,
  },
  {
    ...roundcube,
    title: 'Roundcube',
    family: 'sqlite',
    file: `${roundcubeFile}/sqlite3`,
    rows: roundcubeRows("datetime('now')"),
  },
  {
    ...roundcube,
    title: 'Roundcube',
    family: 'postgres',
    file: `${roundcubeFile}/pgsql`,
    rows: roundcubeRows('now()'),
  },
  {
    ...roundcube,
    title: 'Roundcube',
    family: 'mysql',
    always: true,
    file: `${roundcubeFile}/mysql`,
    rows: roundcubeRows('now()'),
  },
  {
    title: 'Bacula',
    family: 'postgres',
    package: 'bacula-director-pgsql',
    file: 'usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql',
    tables: 25,
    rows: [`insert into pool (name, pooltype, labelformat) values ('Full', 'Backup', '*')`],
    models: ['Pool'],
    reads: [['pools', [{ name: 'Full', pooltype: 'Backup', enabled: 1 }]]],
    writes: [
      ['pools', { name: 'Other', pooltype: 'Copy', labelformat: '*' }, 201, { maxvols: 0, maxvolbytes: '0' }],
      ['pools', { name: 'Odd', pooltype: 'Odd', labelformat: '*' }, 422, { code: 'values.invalid' }],
    ],
    grows: 'Pool',
  },
]

const folder =
  process.env['TEST_SCHEMAS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plinth-test-schemas')

/** Its commands; a sentence where they cannot be had. */
export function textOf(stranger: Stranger): { readonly text: string } | { readonly reason: string } {
  const path = join(folder, stranger.package, stranger.file)
  if (!existsSync(path)) return { reason: `${path} is not there: scripts/prepare-machine.sh fetches it on Debian` }
  const content = readFileSync(path)
  return { text: (path.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8') }
}
