/** Tells which files the application is made of: those that it imports, without packages and Plinth itself. */
import { registerHooks } from 'node:module'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const plinth = fileURLToPath(new URL('../../', import.meta.url))

/** Calls `report` with the files that are imported from now on, several at a time. */
export function reportImports(report: (files: readonly string[]) => void): void {
  let files: string[] = []
  const tell = (): void => {
    report(files)
    files = []
  }
  registerHooks({
    load(url, context, next) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : null
      if (file !== null && !file.startsWith(plinth) && !file.includes(`${sep}node_modules${sep}`)) {
        if (files.length === 0) setImmediate(tell)
        files.push(file)
      }
      return next(url, context)
    },
  })
}
