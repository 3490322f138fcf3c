// Every TypeScript file opens with a comment that says in one line what it is for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './module-graph.ts'

const folders = ['src', 'test', 'scripts', 'bench', 'examples'] as const

/** The files whose first line (after a shebang) is no comment, as sentences. */
export function fileProblems(root: string): string[] {
  return folders
    .flatMap(folder => sourceFiles(root, folder))
    .filter(file => !opensWithPurpose(readFileSync(join(root, file), 'utf8')))
    .map(file => `${file}: the first line should be a comment that says what the file is for`)
}

function opensWithPurpose(text: string): boolean {
  const first = text.replace(/^#!.*\n/, '')
  return /^(\/\/ \S|\/\*\*?\s+\S)/.test(first)
}

if (import.meta.main) {
  const problems = fileProblems(process.argv[2] ?? join(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
