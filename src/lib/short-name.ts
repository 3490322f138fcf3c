/** Names that have to fit a limit of bytes and stay distinct. */
import { createHash } from 'node:crypto'

/** Cuts a name that is too long and ends it in eight digits of its hash, so that two long names do not become one. */
export function shortName(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  let head = name
  while (Buffer.byteLength(head) > limit - hash.length - 1) head = head.slice(0, -1)
  return `${head}_${hash}`
}
