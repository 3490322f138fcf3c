/** Keys in paths (semantics 17): `/a,b`, each part percent-encoded. */
import type { ModelNode } from '../../model/index.ts'

/**
 * The texts of a key's parts, or null when the segment cannot be one. Whether a text is a value of its field is for the reader of
 * values to say; either way such a row does not exist.
 */
export function keyTexts(model: ModelNode, segment: string): readonly string[] | null {
  const parts = model.key.length === 1 ? [segment] : segment.split(',')
  if (parts.length !== model.key.length) return null
  // Raw bytes beyond ASCII could be any encoding's.
  if (/[^\x21-\x7e]/.test(segment)) return null
  if (!segment.includes('%')) return parts
  try {
    return parts.map(part => decodeURIComponent(part))
  } catch {
    return null
  }
}
