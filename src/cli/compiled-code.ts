/** What V8 has made of the code is kept from one start to the next: loading takes half of the time then. */
import { enableCompileCache } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where packages keep what can be made again, and whoever cannot write there cannot change what is run. Node's own choice is a folder for
 * temporary files, which others may write to.
 */
export function compiledCodeFolder(): string {
  const own = fileURLToPath(new URL('../../', import.meta.url))
  const packages = `${sep}node_modules${sep}`
  const installed = own.lastIndexOf(packages)
  return join(installed < 0 ? join(own, packages) : own.slice(0, installed + packages.length), '.cache', 'plinth')
}

/** NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 switches it off. A folder that cannot be written is none. */
export function keepCompiledCode(): void {
  enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? compiledCodeFolder())
}
