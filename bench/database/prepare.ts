// Lets a peer make a database fit, in a process that ends before its first start.
import { startChild } from '../harness/child.ts'
import type { PeerAnswer, PeerQuestion, PeerSettings } from '../harness/messages.ts'
import type { Peer } from '../peers/registry.ts'

export async function prepare(peer: Peer, settings: PeerSettings): Promise<void> {
  const child = startChild<PeerQuestion, PeerAnswer>(peer.file, [JSON.stringify(settings)], 'ignore')
  await child.next()
  await child.stop()
}
