/** A process that hunts one fault after the other: for each that it is sent it answers which test has found it. */
import type { Fault } from './fault.ts'
import { onPlannerWith } from './seed-fault.ts'

process.on('message', message => void answer(message as { readonly fault: Fault | null }))
process.on('disconnect', () => process.exit())

async function answer({ fault }: { readonly fault: Fault | null }): Promise<void> {
  const { hunt } = await onPlannerWith(fault)
  process.send?.({ found: await hunt(fault) })
}
