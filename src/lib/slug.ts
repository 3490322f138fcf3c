/** Text made fit for a path segment. */
import { createHash } from 'node:crypto'

/** Letters that Unicode does not decompose into a Latin letter and marks. */
const spelled: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
}

/**
 * Lower-case ASCII letters and digits joined by `-`: `Crème brûlée!` is `creme-brulee`. A text of which nothing is left (Chinese, say)
 * becomes `x-` and a hash of it, so that it still names one thing.
 */
export function slugOf(text: string, limit: number): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðłþı]/g, letter => spelled[letter] ?? '')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, limit + 1)
    .replace(/^-/, '')
    .slice(0, limit)
    .replace(/-$/, '')
  if (plain !== '') return plain
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10)
  return `x-${hash}`.slice(0, limit).replace(/-$/, '')
}
