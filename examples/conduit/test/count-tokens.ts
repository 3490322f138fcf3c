// Counts the o200k tokens of Conduit's own code: everything under src, without tests and without the data that it is seeded with.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Tiktoken } from 'js-tiktoken/lite'
import o200k from 'js-tiktoken/ranks/o200k_base'

const root = join(import.meta.dirname, '..')

/** The published figures of other implementations begin at 6,010 (Rails) and 10,027 (AdonisJS). */
export const tokenLimit = 4000

/** Tokens by file, with a sum. */
export function countTokens(): { readonly files: Readonly<Record<string, number>>; readonly sum: number } {
  const encoder = new Tiktoken(o200k)
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .filter(file => !/^(?:test|data|node_modules)\//.test(file))
    .toSorted()
  const counts = files.map((file): [string, number] => [
    file,
    encoder.encode(readFileSync(join(root, file), 'utf8')).length,
  ])
  return { files: Object.fromEntries(counts), sum: counts.reduce((sum, [, count]) => sum + count, 0) }
}

if (import.meta.main) {
  const { files, sum } = countTokens()
  for (const [file, count] of Object.entries(files)) process.stdout.write(`${String(count).padStart(6)}  ${file}\n`)
  process.stdout.write(`${String(sum).padStart(6)}  in all; the limit is ${tokenLimit}\n`)
}
