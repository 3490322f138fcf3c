/** Tells which files the application is made of: those that it imports, without packages and Plinth itself. */
import { statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const plinth = fileURLToPath(new URL('../../', import.meta.url))

export interface ImportedFile {
  readonly path: string
  /** When it was written last, as it was read; see `writtenAt`. */
  readonly written: number
}

/** When a file was written last, in milliseconds of the epoch; 0 when it is not there. */
export const writtenAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Calls `report` with the files that are imported from now on, several at a time. */
export function reportImports(report: (files: readonly ImportedFile[]) => void): void {
  let files: ImportedFile[] = []
  const tell = (): void => {
    report(files)
    files = []
  }
  registerHooks({
    load(url, context, next) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : null
      if (file !== null && !file.startsWith(plinth) && !file.includes(`${sep}node_modules${sep}`)) {
        if (files.length === 0) setImmediate(tell)
        files.push({ path: file, written: writtenAt(file) })
      }
      return next(url, context)
    },
  })
}
