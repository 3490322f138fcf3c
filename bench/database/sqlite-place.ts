// SQLite: each peer has a file of its own, copied from the data set.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { copyDataset, removeDatabase } from '../data/dataset.ts'
import { countSyncs } from '../harness/syncs.ts'
import { peers, type Peer } from '../peers/registry.ts'
import type { Place, PlaceOptions } from './place.ts'
import { prepare } from './prepare.ts'

export function sqlitePlace({ dataset, folder }: PlaceOptions): Place {
  const databaseOf = (peer: Peer) => join(folder, `${peer.name}-${process.pid}.sqlite`)
  return {
    engine: 'sqlite',
    title: `SQLite ${process.versions.sqlite ?? 'unknown'} (better-sqlite3 brings its own)`,
    shared: false,
    async databaseFor(peer) {
      const database = databaseOf(peer)
      if (!existsSync(database)) await copyFor(peer, dataset, database)
      return database
    },
    renew: peer => removeDatabase(databaseOf(peer)),
    undo: () => Promise.resolve(),
    usage: () => undefined,
    preparedStatements: () => Promise.resolve(undefined),
    count: (peer, pid, writes, run) => (writes ? countSyncs(pid, databaseOf(peer), run) : Promise.resolve({})),
    close() {
      for (const peer of peers) removeDatabase(databaseOf(peer))
      return Promise.resolve()
    },
  }
}

/** Makes a copy of the data set that a peer can serve. */
export async function copyFor(peer: Peer, dataset: string, database: string): Promise<void> {
  copyDataset(dataset, database)
  if (peer.prepares) await prepare(peer, { engine: 'sqlite', database, access: 'open', prepare: true })
}
