/**
 * Loads the planner, and whatever is built on it, anew for each fault, with the text of one of its files changed. What does not know of the
 * planner is loaded once. Nothing in the planner knows of this.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Fault } from './fault.ts'
import type { hunt } from './hunt.ts'

const root = new URL('../../', import.meta.url).href
/** The planner and what imports it. */
const onPlanner = /^(?:src\/(?:plan|engine|operation|service|surface|app|testing)|test\/(?:property|mutation))\//

let seeded: Fault | null = null
const stripped = new Map<string, string>()

function strippedText(url: string): string {
  const text = stripped.get(url) ?? stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
  stripped.set(url, text)
  return text
}

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const version = context.parentURL?.split('?')[1]
    const isAnew = version !== undefined && found.url.startsWith(root) && onPlanner.test(found.url.slice(root.length))
    return isAnew ? { ...found, url: `${found.url}?${version}` } : found
  },
  load(url, context, next) {
    const [file = '', version] = url.split('?')
    if (version === undefined || !file.startsWith(root)) return next(url, context)
    if (seeded === null || file !== `${root}src/plan/${seeded.file}`)
      return { format: 'module', source: strippedText(file), shortCircuit: true }
    const { find, replace } = seeded
    const source = readFileSync(fileURLToPath(file), 'utf8').replace(find, () => replace)
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})

let versions = 0

/** The module of `hunt.ts` on a planner with this fault, or on the sound one. */
export async function onPlannerWith(fault: Fault | null): Promise<{ readonly hunt: typeof hunt }> {
  seeded = fault
  return (await import(`./hunt.ts?${++versions}`)) as { readonly hunt: typeof hunt }
}
