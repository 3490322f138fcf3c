// A folder like the one that a reader of the guide works in, with Plinth linked into it as if npm had installed it.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repository } from './markdown.ts'

const commandLine = join(repository, 'src/cli/main.ts')
const sourceCondition = '--conditions=plinth-source'

export interface Finished {
  readonly code: number | null
  readonly output: string
}

export class Project {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-docs-')))

  constructor() {
    const packages = join(this.root, 'node_modules')
    mkdirSync(join(packages, '@types'), { recursive: true })
    symlinkSync(repository, join(packages, 'plinth'), 'junction')
    symlinkSync(join(repository, 'node_modules/@types/node'), join(packages, '@types/node'), 'junction')
    this.write('package.json', '{ "type": "module" }\n')
  }

  write(file: string, text: string): void {
    const path = join(this.root, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  read(file: string): string | null {
    const path = join(this.root, file)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }

  /** Runs a program to its end. `plinth` is the command line from source. */
  async run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const child = this.start(words, environment)
    let output = ''
    const collect = (chunk: Buffer): void => void (output += chunk.toString())
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { code, output }
  }

  start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const [program = '', ...rest] = words
    const [command, parameters] =
      program === 'plinth'
        ? [process.execPath, [sourceCondition, commandLine, ...rest]]
        : program === 'node'
          ? [process.execPath, [sourceCondition, ...rest]]
          : [join(repository, 'node_modules/.bin', program), rest]
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(PLINTH_|NODE_ENV$|NODE_OPTIONS$|PORT$|HOST$|DATABASE_URL$|VITEST)/.test(name),
      ),
    )
    return spawn(command, parameters, {
      cwd: this.root,
      env: { ...inherited, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
