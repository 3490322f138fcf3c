/** An extension's own part in the start and the stop of an application. */
import type { Engine } from '../engine/index.ts'
import { createDb } from '../operation/index.ts'
import { type Caller, type ExecutionContext, systemCaller } from '../query/index.ts'
import type { Extension, Joined } from './extension.ts'
import type { Lifecycle } from './lifecycle.ts'

interface ExtensionStart {
  readonly engine: Engine
  readonly joined: Joined
  readonly life: Lifecycle
  readonly context: (caller: Caller) => ExecutionContext
  readonly root: string
}

export async function startExtension(
  extension: Extension,
  { engine, joined, life, context, root }: ExtensionStart,
): Promise<void> {
  const caller = systemCaller(`the extension ${extension.name}`)
  const given = { db: createDb(engine, () => context(caller)), schema: joined.schema, root }
  await life.start(
    `extension ${extension.name}`,
    async () => {
      await extension.start?.(given)
    },
    () => extension.stop?.(given),
  )
}
