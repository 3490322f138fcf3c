/** Lists where code acts with the system's rights (semantics 1): whoever reviews an application begins there. */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Check, Finding } from './check.ts'
import { blankOut } from './source-text.ts'

const sources = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
const skipped = new Set(['node_modules', 'dist', 'build', 'coverage', 'data'])

export const systemUses: Check = {
  name: 'code.as-system',
  tags: ['code', 'rules'],
  run: ({ root }) => sourceFiles(root).flatMap(file => usesIn(readFileSync(join(root, file), 'utf8'), file)),
}

/** One finding for each call in the text of a file. */
export function usesIn(source: string, file: string): readonly Finding[] {
  if (!source.includes('asSystem')) return []
  const code = blankOut(source, true)
  const commented = blankOut(source, false)
  // A parameter with its type is a declaration, not a call.
  return [...code.matchAll(/\basSystem\s*\((?!\s*\w+\s*\??:)/g)].map(({ index, 0: call }) => {
    const before = code.slice(0, index)
    const line = before.split('\n').length
    const column = index - before.lastIndexOf('\n')
    const argument = commented.slice(index + call.length)
    const reason = /^\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`$]*)`)/.exec(argument)
    const text = reason?.[1] ?? reason?.[2] ?? reason?.[3]
    return text === undefined
      ? {
          level: 'warning',
          message: 'Code acts for the system for a reason that cannot be read here.',
          hint: "Write the reason where it is asked for: db.asSystem('nightly clean-up').",
          place: `${file}:${line}:${column}`,
        }
      : { level: 'note', message: `Code acts for the system: ${text}`, place: `${file}:${line}:${column}` }
  })
}

/** The application's own sources, tests left out, as paths relative to the root, sorted. */
function sourceFiles(root: string): readonly string[] {
  const found: string[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !skipped.has(entry.name)) visit(path)
      } else if (sources.has(extname(entry.name)) && !/\.(?:test|spec|d)\.[cm]?[jt]s$/.test(entry.name))
        found.push(path)
    }
  }
  visit('')
  return found.sort()
}
