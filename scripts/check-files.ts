// Every TypeScript file opens with a comment that says in one line what it is for, but for a test beside the file it tests.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './module-graph.ts'

const folders = ['src', 'test', 'scripts', 'bench', 'examples'] as const

/** The files whose first line (after a shebang) is no comment, as sentences. */
export function fileProblems(root: string): string[] {
  return folders
    .flatMap(folder => sourceFiles(root, folder))
    .filter(file => !testsNeighbour(root, file) && !opensWithPurpose(readFileSync(join(root, file), 'utf8')))
    .map(file => `${file}: the first line should be a comment that says what the file is for`)
}

/** `name.test.ts` beside `name.ts` has said enough with its name. */
function testsNeighbour(root: string, file: string): boolean {
  return file.endsWith('.test.ts') && existsSync(join(root, file.replace(/\.test\.ts$/, '.ts')))
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
