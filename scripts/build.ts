// Builds dist/ for publishing: plain tsc, then the files beside the sources that are no TypeScript (pages, styles).
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [compiler, '--project', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)

const notShipped = /(\.ts|\.golden\.\w+|\.snap|(^|\/)layers\.json)$/
for (const file of globSync('src/**/*.*', { cwd: root }))
  if (!notShipped.test(file)) cpSync(join(root, file), join(dist, file.slice('src/'.length)))

const cli = join(dist, 'cli/main.js')
if (existsSync(cli)) chmodSync(cli, 0o755)
