/** What an import keeps beside the database goes with it, or, where it was killed, with the next one; what another one uses stays. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, watch } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { project, type Project, type Running } from '../cli/project.ts'

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "stock", "private": true, "type": "module" }',
  'app.ts': `import { createApp, defineRules, defineSchema, field, model } from 'plinth'

const Item = model({ code: field.text({ max: 40 }).unique() })
const schema = defineSchema({ Item })
export default createApp({ schema, rules: defineRules(schema, {}) })
`,
}

interface Held {
  readonly running: Running
  readonly input: FileHandle
  /** Its folder. */
  readonly folder: string
}

/** An import that has begun to gather rows, and waits for more of them. */
async function held(here: Project, temporary: string, name: string): Promise<Held> {
  const file = join(here.folder, `${name}.csv`)
  execFileSync('bash', ['-c', 'mkfifo "$0"', file])
  const before = new Set(readdirSync(temporary))
  const changes = watch(temporary)
  const running = here.run(['import', 'Item', file], { TMPDIR: temporary })
  const input = await open(file, 'w')
  await input.write(`code\n${name}\n`)
  const made = (): string | undefined => readdirSync(temporary).find(one => !before.has(one))
  try {
    for (let folder = made(); ; folder = made()) {
      if (folder !== undefined) return { running, input, folder }
      await once(changes, 'change')
    }
  } finally {
    changes.close()
  }
}

it('a killed import leaves its folder to the next one, which touches no other', { timeout: 60_000 }, async () => {
  using here = project(files)
  const temporary = join(here.folder, 'tmp')
  mkdirSync(temporary)
  await here.done(['database', '--apply'])
  const killed = await held(here, temporary, 'killed')
  killed.running.child.kill('SIGKILL')
  await killed.running.exit
  await killed.input.close()
  expect(readdirSync(temporary)).toEqual([killed.folder])

  const living = await held(here, temporary, 'living')
  here.write('last.csv', 'code\nlast\n')
  const last = here.run(['import', 'Item', 'last.csv'], { TMPDIR: temporary })
  expect(await last.exit).toBe(0)
  expect(readdirSync(temporary)).toEqual([living.folder])
  await living.input.close()
  expect([await living.running.exit, living.running.output()]).toEqual([0, expect.stringContaining('1 row created')])
  expect(readdirSync(temporary)).toEqual([])
})
