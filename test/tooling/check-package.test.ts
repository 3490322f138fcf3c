// The check of the package's shape finds a package whose parts do not fit, and accepts one whose parts do.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageProblems } from '../../scripts/check-package.ts'
import { folderWith } from './in-folder.ts'

const manifest = {
  name: 'shape',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
}
const files = { 'index.js': 'export const a = 1\n', 'index.d.ts': 'export declare const a: 1\n' }

function tarballWith(content: Readonly<Record<string, string>>): string {
  const inPackage = Object.entries(content).map(([path, text]) => [`package/${path}`, text])
  const root = folderWith(Object.fromEntries(inPackage) as Record<string, string>)
  execFileSync('tar', ['-czf', 'shape.tgz', 'package'], { cwd: root })
  return join(root, 'shape.tgz')
}

test('accepts a package whose parts fit', { timeout: 30_000 }, () => {
  expect(packageProblems(tarballWith({ ...files, 'package.json': JSON.stringify(manifest) }))).toEqual([])
})

test('names an entry without a file', { timeout: 30_000 }, () => {
  const exports = { ...manifest.exports, './gone': './gone.js' }
  const problems = packageProblems(tarballWith({ ...files, 'package.json': JSON.stringify({ ...manifest, exports }) }))
  expect(problems.join('\n')).toMatch(/publint: [\s\S]*gone/)
})

test('names types that lead nowhere', { timeout: 30_000 }, () => {
  const types = { 'index.d.ts': "export * from './other'\n", 'other.d.ts': 'export declare const a: 1\n' }
  const problems = packageProblems(tarballWith({ ...files, ...types, 'package.json': JSON.stringify(manifest) }))
  expect(problems.join('\n')).toMatch(/attw: [\s\S]*internal resolution error/i)
})
