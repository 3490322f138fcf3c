import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runChecks } from './check.ts'
import { ownChecks } from './index.ts'
import { blankOut } from './source-text.ts'
import { usesIn } from './system-uses.ts'

describe('source text without comments and strings', () => {
  it.each([
    ['a // b\nc', 'a     \nc'],
    ['a /* b\n */ c', 'a     \n    c'],
    [`a('b // c') // d`, 'a(        )     '],
    ["x = '\\'' + y", 'x =      + y'],
    ['`a ${b + `c ${d} e`} f` + g', '     b +      d         + g'],
    ['a / b / c', 'a / b / c'],
    ['x = /[/"]/.test(y)', 'x =       .test(y)'],
    ["it's\nfine", 'it  \nfine'],
  ])('%j', (source, expected) => {
    const blanked = blankOut(source, true)
    expect(blanked).toHaveLength(source.length)
    expect(blanked).toBe(expected)
  })
})

describe('uses of asSystem', () => {
  it('are listed with file, line, column and reason', () => {
    const source = [
      "// db.asSystem('in a comment')",
      'const text = "db.asSystem(\'in a string\')"',
      "await db.asSystem('editors publish drafts').Article.update(id, {})",
      'await db',
      '  .asSystem(',
      '    // why',
      '    "clean-up",',
      '  )',
      'db.asSystem(reason)',
      'const asSystemic = 1',
    ].join('\n')
    expect(usesIn(source, 'actions.ts').map(({ level, message, place }) => [level, message, place])).toEqual([
      ['note', 'Code acts for the system: editors publish drafts', 'actions.ts:3:10'],
      ['note', 'Code acts for the system: clean-up', 'actions.ts:5:4'],
      ['warning', 'Code acts for the system for a reason that cannot be read here.', 'actions.ts:9:4'],
    ])
  })
})

describe('the checks together', () => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'plinth-check-'))
    mkdirSync(join(root, 'src'))
    mkdirSync(join(root, 'node_modules/x'), { recursive: true })
    writeFileSync(join(root, 'src/jobs.ts'), "db.asSystem('jobs')")
    writeFileSync(join(root, 'src/jobs.test.ts'), "db.asSystem('tests')")
    writeFileSync(join(root, 'node_modules/x/index.js'), "db.asSystem('packages')")
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('look only at the application’s own code, and can be chosen by tag', async () => {
    const subject = {
      graph: { version: 1, models: {}, caller: null } as const,
      root,
      handlers: [
        { path: '/legacy', allowed: false },
        { path: '/open', allowed: true },
      ],
    }
    const all = await runChecks(ownChecks, subject, [])
    expect(all.map(({ check, level, place }) => [check, level, place])).toEqual([
      ['handlers.allow', 'warning', undefined],
      ['code.as-system', 'note', 'src/jobs.ts:1:4'],
    ])
    expect(await runChecks(ownChecks, subject, ['code'])).toHaveLength(1)
  })
})
