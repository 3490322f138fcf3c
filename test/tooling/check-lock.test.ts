// The lock file names no registry and no platform is left out; what npm left out can be added.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { completeLock, lockProblems } from '../../scripts/check-lock.ts'
import { folderWith } from './in-folder.ts'

function rootWith(packages: Readonly<Record<string, object>>): string {
  return folderWith({ 'package-lock.json': JSON.stringify({ name: 'small', lockfileVersion: 3, packages }) })
}

const tool = {
  version: '1.2.3',
  dev: true,
  optionalDependencies: { '@tool/linux-x64-musl': '1.2.3', '@tool/darwin-arm64': '1.2.3' },
}

test('accepts links, files and optional packages wherever they are found', () => {
  const root = rootWith({
    '': {},
    'node_modules/plinth': { resolved: '', link: true },
    'node_modules/shop': { resolved: 'examples/shop', link: true },
    'node_modules/@scope/b': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', optionalDependencies: { '@scope/b': '1.0.0', c: '1.0.0' } },
    'node_modules/a/node_modules/c': { version: '1.0.0' },
    'node_modules/d/node_modules/a': { version: '2.0.0', optionalDependencies: { e: '1.0.0' } },
    'node_modules/d/node_modules/e': { version: '1.0.0' },
  })
  expect(lockProblems(root)).toEqual([])
})

test('names a registry host and a platform left out', () => {
  const root = rootWith({
    'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example.org/a/-/a-1.0.0.tgz' },
    'node_modules/tool': tool,
    'node_modules/@tool/darwin-arm64': { version: '1.2.3' },
  })
  expect(lockProblems(root)).toEqual([
    'package-lock.json names a registry host for node_modules/a: omit-lockfile-registry-resolved in .npmrc avoids that',
    'package-lock.json lacks @tool/linux-x64-musl@1.2.3 of tool: run `npm run lock`',
  ])
})

test('adds the platforms left out, for no machine but theirs', () => {
  const root = rootWith({ '': {}, 'node_modules/tool': tool })
  completeLock(root)
  expect(lockProblems(root)).toEqual([])
  expect(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).toEqual({
    name: 'small',
    lockfileVersion: 3,
    packages: {
      '': {},
      'node_modules/@tool/darwin-arm64': {
        version: '1.2.3',
        cpu: ['arm64'],
        dev: true,
        optional: true,
        os: ['darwin'],
      },
      'node_modules/@tool/linux-x64-musl': {
        version: '1.2.3',
        cpu: ['x64'],
        dev: true,
        libc: ['musl'],
        optional: true,
        os: ['linux'],
      },
      'node_modules/tool': tool,
    },
  })
})

test.each([
  ['a range', { 'tool-linux-x64': '^1.0.0' }, /no exact version/],
  ['no platform', { extra: '1.0.0' }, /does not say for which platform/],
])('refuses to guess from %s', (_, optionalDependencies, complaint) => {
  const root = rootWith({ 'node_modules/tool': { version: '1.0.0', optionalDependencies } })
  expect(() => completeLock(root)).toThrow(complaint)
})
