/** A project folder as a newcomer has it, and the command line as a process in it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, runResident } from './resident.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const main = join(repository, 'src/cli/main.ts')

/** The files of an application that does a little of everything. */
export const shop: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "private": true, "type": "module" }',
  'schema.ts': `import { defineSchema, field, model } from 'plinth'

export const User = model({ name: field.text(), role: field.enum(['member', 'editor']).default('member').readOnly() })
export const Article = model(
  {
    title: field.text({ min: 1, max: 200 }),
    state: field.enum(['draft', 'published']).default('published'),
    author: field.belongsTo('User').optional(),
  },
  { timestamps: true },
)
export const schema = defineSchema({ User, Article }, { caller: 'User' })
`,
  'rules.ts': `import { anyOf, defineRules, everyone } from 'plinth'
import { schema } from './schema.ts'

export const rules = defineRules(schema, {
  User: () => ({ read: everyone }),
  Article: ({ row, user }) => ({
    read: anyOf(row.state.is('published'), row.author.is(user.id)),
    create: everyone,
    update: row.author.is(user.id),
  }),
})
`,
  'slow.ts': `import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers after as many milliseconds as the path says. */
export function slow(request: IncomingMessage, response: ServerResponse): void {
  response.flushHeaders()
  setTimeout(() => response.end('done'), Number(request.url?.slice(1)))
}
`,
  'app.ts': `import { createApp, everyone } from 'plinth'
import { rules } from './rules.ts'
import { schema } from './schema.ts'
import { slow } from './slow.ts'

export default createApp({ name: 'Shop', schema, rules, mount: { '/slow': { allow: everyone, handler: slow } } })
`,
}

export interface Project extends Disposable {
  readonly folder: string
  write(file: string, content: string): void
  /**
   * Runs `plinth …` in the folder. `largestFile`: KiB beyond which the system refuses to let a file of it grow. `input`: whether it has a
   * standard input, which the test writes to. `shell`: it is the child of a shell, as under npm, and `child` is that shell.
   */
  run(
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
    more?: { readonly largestFile?: number; readonly input?: boolean; readonly shell?: boolean },
  ): Running
  /** Runs it to its end without a process of its own, which takes most of the time of a short command. `input`: its standard input. */
  command(
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
    input?: string | Buffer,
  ): Promise<Ended>
  /** The same for one that has to end well: gives what it printed. */
  done(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>
}

const environmentOf = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  PORT: '0',
  ...environment,
})

export function project(files: Readonly<Record<string, string>> = shop): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-project-')))
  const running: Running[] = []
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  for (const [file, content] of Object.entries(files)) write(file, content)
  const command: Project['command'] = (words, environment = {}, input = '') =>
    runResident({
      words,
      folder,
      environment: environmentOf(environment),
      input: Buffer.from(input).toString('base64'),
    })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(repository, join(folder, 'node_modules/plinth'))
  return {
    folder,
    write,
    run(words, environment = {}, { largestFile, input = false, shell = false } = {}) {
      const line = [process.execPath, '--conditions=plinth-source', main, ...words]
      // Without the trap the system would end the process at its limit; with it, writes fail as on a full disk.
      const limited = `trap '' XFSZ; ulimit -f ${largestFile ?? 'unlimited'}; exec "$0" "$@"`
      const [file = '', ...rest] = shell
        ? ['sh', '-c', '"$0" "$@"; true', ...line]
        : largestFile === undefined
          ? line
          : ['bash', '-c', limited, ...line]
      const child = spawn(file, rest, {
        cwd: folder,
        env: environmentOf(environment),
        stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      })
      const one = follow(child)
      running.push(one)
      return one
    },
    command,
    async done(words, environment) {
      const { code, output } = await command(words, environment)
      if (code !== 0) throw new Error(`plinth ${words.join(' ')} ended with code ${code}:\n${output}`)
      return output
    },
    [Symbol.dispose]() {
      for (const { child } of running) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Running {
  readonly child: ChildProcess
  /** What it printed so far. */
  output(): string
  /** What of it went to standard output. */
  results(): string
  /** Resolves with the first match that comes after the last one that was waited for. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with the address that it serves at. */
  url(): Promise<string>
  readonly exit: Promise<number | null>
}

function follow(child: ChildProcess): Running {
  let output = ''
  let results = ''
  let seen = 0
  let ended = false
  const waiting = new Set<() => void>()
  const tell = (): void => {
    for (const look of waiting) look()
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (stream === child.stdout) results += text
      tell()
    })
  }
  const exit = new Promise<number | null>(resolve => {
    // `close`: both streams have ended too.
    child.once('close', code => {
      ended = true
      tell()
      resolve(code)
    })
  })
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(output.slice(seen))
        if (match !== null) {
          seen += match.index + match[0].length
          waiting.delete(look)
          resolve(match)
        } else if (ended) {
          waiting.delete(look)
          reject(new Error(`It ended without printing ${String(pattern)}:\n${output}`))
        }
      }
      waiting.add(look)
      look()
    })
  return {
    child,
    output: () => output,
    results: () => results,
    printed,
    url: async () => (await printed(/https?:\/\/[\d.:[\]]+\d/))[0],
    exit,
  }
}
