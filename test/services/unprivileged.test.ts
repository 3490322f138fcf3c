import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../tooling/in-folder.ts'
import { makeFolder, reachable, runToEnd } from './unprivileged.ts'

const isRoot = process.getuid?.() === 0

/** A program that finds a library beside itself, and the folder of a run. */
function programIn(mode: number): { program: string; run: string } {
  const root = folderWith({
    'closed/native/bin/serve': '#!/bin/sh\ncat "$(dirname "$0")/../share/words" && [ "$1" != fail ]\n',
    'closed/native/share/words': 'found',
  })
  const program = join(root, 'closed/native/bin/serve')
  for (const folder of ['', 'closed/native', 'closed/native/bin', 'closed/native/share'])
    chmodSync(join(root, folder), 0o755)
  chmodSync(program, 0o755)
  chmodSync(join(root, 'closed'), mode)
  mkdirSync(join(root, 'run'), { mode: 0o755 })
  return { program, run: join(root, 'run') }
}

test('a program that the user of servers can reach runs from its place', async () => {
  const { program, run } = programIn(0o755)
  expect(reachable(program, run)).toBe(program)
  await runToEnd(program, [], run)
})

test('one in a closed folder, as in a clone of root, runs from a copy with what lies beside it', async ({ skip }) => {
  skip(!isRoot, 'only root runs servers as another user')
  const { program, run } = programIn(0o700)
  await expect(runToEnd(program, [], run)).rejects.toThrow(/EACCES/)
  const copy = reachable(program, run)
  expect(copy.startsWith(run)).toBe(true)
  await runToEnd(copy, [], run)
  expect(reachable(program, run)).toBe(copy)
})

test('a program that fails tells its status and what it printed', async () => {
  const { program, run } = programIn(0o755)
  await expect(runToEnd(program, ['fail'], run)).rejects.toThrow('serve ended with status 1:\nfound')
})

test('as root, servers own their folders, and nobody else reads them', async ({ skip }) => {
  skip(!isRoot, 'only root runs servers as another user')
  const { run } = programIn(0o755)
  const folder = makeFolder(join(run, 'data'))
  await runToEnd('touch', ['file'], folder)
  expect(statSync(join(folder, 'file')).uid).toBe(statSync(folder).uid)
  expect(statSync(folder)).toMatchObject({ uid: 65_534, mode: 0o40_700 })
})
