// Who takes part, and in which rows.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { rowNames, type RowName } from '../rows.ts'

/** The peers, in the order of the table. */
export const peerNames = ['plinth', 'bare', 'dutiful', 'fastify', 'kysely', 'drizzle'] as const
export type PeerName = (typeof peerNames)[number]

export interface Peer {
  readonly name: PeerName
  readonly title: string
  readonly rows: readonly RowName[]
  readonly file: string
  /** Whether a fresh copy of the data set has to be prepared for it. */
  readonly prepares: boolean
}

const titles: Record<PeerName, string> = {
  plinth: 'Plinth',
  bare: 'node:http + node:sqlite, best SQL, nothing else',
  dutiful: 'the same with what a served API owes',
  fastify: 'Fastify with a response schema',
  kysely: 'Fastify + Kysely over better-sqlite3, statements kept',
  drizzle: 'Fastify + Drizzle over better-sqlite3, prepared',
}

/** The peers whose file is there. */
export const peers: readonly Peer[] = peerNames
  .map(name => ({
    name,
    title: titles[name],
    rows: name === 'fastify' ? (['hello'] as const) : rowNames,
    file: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
    prepares: name === 'plinth',
  }))
  .filter(peer => existsSync(peer.file))
