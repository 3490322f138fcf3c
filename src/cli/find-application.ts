/** Finds the application: the file that is named, or the one where everybody puts it. */
import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { App } from '../app/index.ts'
import { refusal } from '../error/index.ts'

export interface FoundApplication {
  readonly file: string
  /** Relative paths of settings begin here: the folder of the nearest package.json, or else of the file. */
  readonly root: string
}

const usualPlaces = ['app.ts', 'src/app.ts', 'app.js', 'src/app.js', 'app.mjs', 'src/app.mjs', 'dist/app.js']

/** `given` is a file or a folder; without it the usual places of the current folder are tried. */
export function findApplication(given: string | undefined, folder: string, command: string): FoundApplication {
  const start = resolve(folder, given ?? '.')
  const isFolder = existsSync(start) && statSync(start).isDirectory()
  const candidates = isFolder ? usualPlaces.map(place => join(start, place)) : [start]
  const file = candidates.find(candidate => existsSync(candidate))
  if (file === undefined) {
    const tried = isFolder ? usualPlaces.join(', ') : (given ?? '')
    throw refusal('boot.application-missing', { folder: isFolder ? start : folder, tried, command })
  }
  return { file, root: rootOf(file) }
}

function rootOf(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return dirname(file)
  }
}

/** Reads `.env` beside the application (what is set already stays) and loads its default export. */
export async function loadApplication({ file, root }: FoundApplication): Promise<App> {
  const variables = join(root, '.env')
  if (existsSync(variables)) process.loadEnvFile(variables)
  const { isApp, isForeignApp } = await import('../app/index.ts')
  const module = await imported(file)
  if (isForeignApp(module.default)) throw refusal('boot.application-foreign', { file })
  if (!isApp(module.default)) throw refusal('boot.application-invalid', { file })
  return module.default
}

async function imported(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
  } catch (error) {
    // What `npm init` writes today; Node says it in a warning that is easily taken for noise.
    const isTakenForScript =
      error instanceof SyntaxError && /outside a module|Unexpected token 'export'/.test(error.message)
    if (isTakenForScript) throw refusal('boot.application-not-module', { file }, { cause: error })
    throw missingImport(error) ?? error
  }
}

const endings = ['.ts', '.js', '.mjs', '/index.ts', '/index.js']

/** TypeScript lets endings of imports out and has `.js` stand for `.ts`; Node takes them to the letter. Null: something else was wrong. */
function missingImport(error: unknown): Error | null {
  if (!(error instanceof Error)) return null
  const { code, message }: NodeJS.ErrnoException = error
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT'
  const [, missing, importer] =
    /^(?:Cannot find module|Directory import) '([^']+)'.* imported from (.+)$/.exec(message) ?? []
  if (!isMissing || missing === undefined || importer === undefined || !isAbsolute(missing)) return null
  const without = missing.replace(/\.[cm]?js$/, '')
  const there = endings.map(ending => without + ending).find(path => existsSync(path) && statSync(path).isFile())
  if (there === undefined) return null
  const asWritten = (path: string): string => {
    const way = relative(dirname(importer), path).replaceAll('\\', '/')
    return way.startsWith('.') ? way : `./${way}`
  }
  const words = { importer, missing: `"${asWritten(missing)}"`, there: asWritten(there) }
  return refusal('boot.import-missing', words, { cause: error })
}
