/** The compiler's work on a large application is bounded: 100 models with 200 nested selections within 150,000 instantiations. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { budgetProgram, type Size } from './budget/generate.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const compiler = join(root, 'node_modules/typescript/bin/tsc')

let folder = ''

async function tsc(project: string, ...options: string[]): Promise<string> {
  try {
    return (await run(process.execPath, [compiler, '-p', project, ...options], { cwd: folder })).stdout
  } catch (error) {
    throw new Error((error as { readonly stdout?: string }).stdout, { cause: error })
  }
}

/** Applications see Plinth's declarations, not its sources; so does this one. */
beforeAll(async () => {
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
  folder = await mkdtemp(join(root, 'node_modules/.cache/type-budget-'))
  const emit = {
    extends: join(root, 'tsconfig.json'),
    files: [join(root, 'src/model/index.ts'), join(root, 'src/operation/db-types.ts')],
    include: [],
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: join(root, 'src'),
      outDir: join(folder, 'plinth'),
    },
  }
  await writeFile(join(folder, 'emit.json'), JSON.stringify(emit))
  await tsc('emit.json')
}, 60_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function instantiations(size: Size): Promise<number> {
  const program = join(folder, `program-${size.models}-${size.selections}`)
  await mkdir(program)
  await writeFile(join(program, 'package.json'), '{ "type": "module" }')
  const options = {
    extends: join(root, 'tsconfig.json'),
    include: ['*.ts'],
    exclude: [],
    compilerOptions: { rootDir: '/' },
  }
  await writeFile(join(program, 'tsconfig.json'), JSON.stringify(options))
  for (const [name, text] of Object.entries(budgetProgram(size, '../plinth')))
    await writeFile(join(program, name), text)
  const report = await tsc(program, '--extendedDiagnostics')
  const count = /^Instantiations:\s*(\d+)/m.exec(report)?.[1]
  if (count === undefined) throw new Error(`The compiler did not say how much it did:\n${report}`)
  return Number(count)
}

it('checks 100 models with 200 nested selections within 150,000 instantiations', async () => {
  expect(await instantiations({ models: 100, selections: 200 })).toBeLessThanOrEqual(150_000)
}, 60_000)

it('costs in proportion: twice the selections on the same models do not cost twice as much', async () => {
  const once = await instantiations({ models: 40, selections: 40 })
  const twice = await instantiations({ models: 40, selections: 80 })
  expect(twice).toBeLessThan(once * 1.5)
}, 60_000)
