/** Opens an application for a command or a script: nothing is served, and what goes wrong behind it is told on standard error. */
import { hasMigrations } from '../migrate/index.ts'
import type { Limits } from '../query/index.ts'
import { describeFailure } from '../service/observe/index.ts'
import type { App } from './create-app.ts'
import type { SchemaPolicy } from './fit-schema.ts'
import { type OpenApplication, openApplication } from './open-application.ts'
import type { Environment, Mode } from './settings.ts'
import { silent } from './watching.ts'

export interface ScriptOptions {
  readonly root: string
  readonly environment: Environment
  /** What becomes of a database that does not fit: in development it is made to fit, in production it is refused. */
  readonly schema?: SchemaPolicy
  readonly limits?: Partial<Limits>
  readonly looks?: boolean
  readonly delivers?: boolean
}

export async function openForScript(app: App, options: ScriptOptions): Promise<OpenApplication> {
  const { root, environment, schema, limits, looks = false, delivers = false } = options
  const mode: Mode = environment['NODE_ENV'] === 'production' ? 'production' : 'development'
  return await openApplication(app, {
    root,
    mode,
    environment,
    looks,
    delivers,
    schema: schema ?? (mode === 'production' ? 'require' : 'follow'),
    ...(limits === undefined ? {} : { limits }),
    watching: () => ({
      ...silent,
      failed: error => process.stderr.write(`${describeFailure(error, root)}\n`),
    }),
  })
}

/**
 * For commands that write rows: where the application has migrations they come first. Tables that are made from the models alone would
 * lack what only the migrations make, and stand in their way.
 */
export const migratedFirst = (root: string): { readonly schema?: 'require' } =>
  hasMigrations(root) ? { schema: 'require' } : {}
