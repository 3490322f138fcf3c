/** Everything that an application and its extensions declare. */
import type { App } from './create-app.ts'
import { type Joined, joinExtensions } from './extension.ts'

export function joinApplication({ options }: App): Joined {
  return joinExtensions(
    {
      schema: options.schema,
      rules: options.rules ?? null,
      hooks: options.hooks ?? null,
      actions: options.actions ?? {},
      routes: options.routes ?? [],
      on: options.on ?? {},
      checks: options.checks ?? [],
    },
    options.extensions ?? [],
  )
}
