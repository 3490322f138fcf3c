// The layer check refuses each kind of forbidden import, and accepts the permitted ones.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { layerProblems } from '../../scripts/check-layers.ts'
import { folderWith } from './in-folder.ts'

const layers = readFileSync(join(import.meta.dirname, '../../src/layers.json'), 'utf8')

function problemsOf(files: Readonly<Record<string, string>>): string[] {
  return layerProblems(folderWith({ 'src/layers.json': layers, ...files }))
}

const index = 'export const a = 1\n'

describe('accepts', () => {
  test.each<[string, Record<string, string>]>([
    [
      'a lower folder through its index',
      { 'src/plan/a.ts': "import '../model/index.ts'", 'src/model/index.ts': index },
    ],
    ['files of the own folder', { 'src/plan/a.ts': "import './deep/b.ts'", 'src/plan/deep/b.ts': index }],
    [
      'a member of a lower folder',
      { 'src/app/a.ts': "import '../store/memory/index.ts'", 'src/store/memory/index.ts': index },
    ],
    ['what the stores share', { 'src/store/sqlite/a.ts': "import '../sql/index.ts'", 'src/store/sql/index.ts': index }],
    [
      'the contract above the members',
      { 'src/store/sqlite/a.ts': "import '../contract.ts'", 'src/store/contract.ts': index },
    ],
    [
      'the root entry to reach everything',
      { 'src/index.ts': "export * from './app/index.ts'", 'src/app/index.ts': index },
    ],
    ['packages', { 'src/surface/http/a.ts': "import 'fastify'\nimport 'node:fs'" }],
    ['a circle of types', { 'src/plan/a.ts': "import type { B } from './b.ts'", 'src/plan/b.ts': "import './a.ts'" }],
    [
      'a circle closed by a later import()',
      { 'src/plan/a.ts': "void import('./b.ts')", 'src/plan/b.ts': "import './a.ts'" },
    ],
  ])('%s', (_, files) => {
    expect(problemsOf(files)).toEqual([])
  })
})

describe('refuses', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a higher folder',
      { 'src/model/a.ts': "\nimport { a } from '../plan/index.ts'", 'src/plan/index.ts': index },
      'src/model/a.ts:2: model/ may not import plan/, which src/layers.json lists below it',
    ],
    [
      'a higher folder as a type',
      { 'src/model/a.ts': "import type { a } from '../plan/index.ts'", 'src/plan/index.ts': index },
      'src/model/a.ts:1: model/ may not import plan/, which src/layers.json lists below it',
    ],
    [
      'a higher folder as an inline type',
      { 'src/model/a.ts': "export type A = import('../plan/index.ts').A", 'src/plan/index.ts': index },
      'src/model/a.ts:1: model/ may not import plan/, which src/layers.json lists below it',
    ],
    [
      'a higher folder by import()',
      { 'src/model/a.ts': "export const a = () => import('../plan/index.ts')", 'src/plan/index.ts': index },
      'src/model/a.ts:1: model/ may not import plan/, which src/layers.json lists below it',
    ],
    [
      'a higher folder by re-export',
      { 'src/model/a.ts': "export * from '../plan/index.ts'", 'src/plan/index.ts': index },
      'src/model/a.ts:1: model/ may not import plan/, which src/layers.json lists below it',
    ],
    [
      'the planner in a store',
      { 'src/store/a.ts': "import '../plan/index.ts'", 'src/plan/index.ts': index },
      'src/store/a.ts:1: store/ and plan/ stand on one line and do not import each other',
    ],
    [
      'a store in a surface',
      { 'src/surface/rest/a.ts': "import '../../store/index.ts'", 'src/store/index.ts': index },
      'src/surface/rest/a.ts:1: surface/ and store/ never meet',
    ],
    [
      'the inside of another folder',
      { 'src/plan/a.ts': "import '../model/graph.ts'", 'src/model/graph.ts': index },
      'src/plan/a.ts:1: import model/ through its index.ts',
    ],
    [
      'the inside of a member of another folder',
      { 'src/app/a.ts': "import '../store/memory/rows.ts'", 'src/store/memory/rows.ts': index },
      'src/app/a.ts:1: import store/ through its index.ts',
    ],
    [
      'one store in another',
      { 'src/store/sqlite/a.ts': "import '../memory/index.ts'", 'src/store/memory/index.ts': index },
      'src/store/sqlite/a.ts:1: store/sqlite and store/memory do not import each other',
    ],
    [
      'one surface in another',
      { 'src/surface/rest/a.ts': "import '../http/index.ts'", 'src/surface/http/index.ts': index },
      'src/surface/rest/a.ts:1: surface/rest and surface/http do not import each other',
    ],
    [
      'the inside of what the stores share',
      { 'src/store/sqlite/a.ts': "import '../sql/emit.ts'", 'src/store/sql/emit.ts': index },
      'src/store/sqlite/a.ts:1: import store/sql through its index.ts',
    ],
    [
      'the root entry in a folder',
      { 'src/app/a.ts': "import '../index.ts'", 'src/index.ts': index },
      'src/app/a.ts:1: no folder imports src/index.ts',
    ],
    [
      'a path out of src',
      { 'src/app/a.ts': "import '../../scripts/a.ts'", 'scripts/a.ts': index },
      'src/app/a.ts:1: ../../scripts/a.ts leaves src',
    ],
    ['a file that is not there', { 'src/app/a.ts': "import './b.ts'" }, 'src/app/a.ts:1: ./b.ts does not exist'],
    [
      'a folder without a line',
      { 'src/misc/a.ts': "import '../lib/index.ts'", 'src/lib/index.ts': index },
      'src/misc/a.ts:1: folder src/misc is not in src/layers.json',
    ],
    [
      'the package by its own name',
      { 'src/app/a.ts': "import 'plinth/testing'" },
      "src/app/a.ts:1: src imports its own files by path, not 'plinth/testing'",
    ],
    [
      'an example that reaches into src',
      { 'examples/shop/app.ts': "import '../../src/index.ts'", 'src/index.ts': index },
      "examples/shop/app.ts:1: an example imports 'plinth', not ../../src/index.ts",
    ],
    [
      'a circle',
      {
        'src/plan/a.ts': "import './b.ts'",
        'src/plan/b.ts': "import './c.ts'",
        'src/plan/c.ts': "export * from './a.ts'",
      },
      'import cycle: src/plan/a.ts -> src/plan/b.ts -> src/plan/c.ts -> src/plan/a.ts',
    ],
    [
      'a circle through imports that only look like types',
      { 'src/plan/a.ts': "import { type B } from './b.ts'", 'src/plan/b.ts': "import { type A } from './a.ts'" },
      'import cycle: src/plan/a.ts -> src/plan/b.ts -> src/plan/a.ts',
    ],
  ])('%s', (_, files, problem) => {
    expect(problemsOf(files)).toEqual([problem])
  })
})
