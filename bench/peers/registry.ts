// Who takes part, and in which rows.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Engine } from '../harness/messages.ts'
import { rowNames, type RowName } from '../rows.ts'

/** The peers, in the order of the table. */
export const peerNames = ['plinth', 'bare', 'dutiful', 'fastify', 'kysely', 'drizzle', 'typeorm'] as const
export type PeerName = (typeof peerNames)[number]

export interface Peer {
  readonly name: PeerName
  /** What it is on each database that it serves. */
  readonly titles: Partial<Readonly<Record<Engine, string>>>
  readonly rows: readonly RowName[]
  readonly file: string
  /** Whether a fresh database has to be prepared for it. */
  readonly prepares: boolean
}

const titles: Record<PeerName, Peer['titles']> = {
  plinth: everywhere('Plinth'),
  bare: {
    sqlite: 'node:http + node:sqlite, best SQL, nothing else',
    postgres: 'node:http + pg, best SQL, named statements, pool of 10, nothing else',
    mariadb: 'node:http + mysql2, best SQL, prepared statements, pool of 10, nothing else',
  },
  dutiful: everywhere('the same with what a served API owes'),
  fastify: everywhere('Fastify with a response schema'),
  kysely: {
    sqlite: 'Fastify + Kysely over better-sqlite3, statements kept',
    postgres: 'Fastify + Kysely over pg, pool of 10, JSON helpers',
    mariadb: 'Fastify + Kysely over mysql2, pool of 10, three queries for the nested list',
  },
  drizzle: {
    sqlite: 'Fastify + Drizzle over better-sqlite3, prepared',
    postgres: 'Fastify + Drizzle over pg, pool of 10, prepared, relational queries',
    mariadb: 'Fastify + Drizzle over mysql2, pool of 10, prepared, three queries for the nested list',
  },
  typeorm: {
    postgres: 'Nest over Fastify + TypeORM over pg, pool of 10',
    mariadb: 'Nest over Fastify + TypeORM over mysql2, pool of 10',
  },
}

/** The peers whose file is there. */
export const peers: readonly Peer[] = peerNames
  .map(name => ({
    name,
    titles: titles[name],
    rows: name === 'fastify' ? (['hello'] as const) : rowNames,
    file: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
    prepares: name === 'plinth',
  }))
  .filter(peer => existsSync(peer.file))

/** Whether a peer takes part on a database. */
export function serves(peer: Peer, engine: Engine): boolean {
  return peer.titles[engine] !== undefined
}

function everywhere(title: string): Peer['titles'] {
  return { sqlite: title, postgres: title, mariadb: title }
}
