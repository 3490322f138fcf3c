/**
 * Preloaded into the process that hunts a fault: changes the text of one file of the planner as it is loaded. Nothing in the planner knows
 * of this.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Fault } from './fault.ts'

const fault = JSON.parse(process.env['PLINTH_FAULT'] ?? 'null') as Fault | null

if (fault !== null) {
  const target = new URL(`../../src/plan/${fault.file}`, import.meta.url).href
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== target) return nextLoad(url, context)
      const source = readFileSync(fileURLToPath(url), 'utf8').replace(fault.find, () => fault.replace)
      return { format: 'module-typescript', source, shortCircuit: true }
    },
  })
}
