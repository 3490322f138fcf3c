// package.json's "exports" is made from the list of entries, and any difference is found.
import { expect, test } from 'vitest'
import { exportsOf, exportsProblems } from '../../scripts/exports.ts'
import { folderWith } from './in-folder.ts'

const list = { '.': 'src/index.ts', './testing': 'src/testing/index.ts' }
const files = { 'src/index.ts': '', 'src/testing/index.ts': '' }

function manifest(exports: unknown): Record<string, string> {
  return { 'package.json': JSON.stringify({ name: 'plinth', exports }) }
}

test('gives each entry its source, types and built file', () => {
  expect(exportsOf(list)).toEqual({
    '.': { 'plinth-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './testing': {
      'plinth-source': './src/testing/index.ts',
      types: './dist/testing/index.d.ts',
      default: './dist/testing/index.js',
    },
    './package.json': './package.json',
  })
})

test('accepts a package that agrees with the list', () => {
  expect(exportsProblems(folderWith({ ...files, ...manifest(exportsOf(list)) }), list)).toEqual([])
})

test('refuses a package that lacks an entry, and an entry without a file', () => {
  const root = folderWith({ 'src/index.ts': '', ...manifest(exportsOf({ '.': 'src/index.ts' })) })
  expect(exportsProblems(root, list)).toEqual([
    "scripts/entries.ts names src/testing/index.ts for './testing', which does not exist",
    '"exports" in package.json differs from scripts/entries.ts: run `npm run exports`',
  ])
})
