import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeWhole } from './write-whole.ts'

test('writes a file in a folder that was not there, and leaves nothing beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-whole-'))
  const file = join(folder, 'a/b.txt')
  writeWhole(file, 'one')
  writeWhole(file, 'two')
  expect(readFileSync(file, 'utf8')).toBe('two')
  expect(readdirSync(join(folder, 'a'))).toEqual(['b.txt'])
  rmSync(folder, { recursive: true })
})
