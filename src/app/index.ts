/** The assembly: what an application is made of, and how it is started and stopped. */
export { checkApplication } from './check-application.ts'
export type { Check, CheckedFinding, CheckSubject, Finding } from './check/index.ts'
export { type App, type AppOptions, type AuthOptions, createApp, isApp, isForeignApp } from './create-app.ts'
export { type Explained, explainRequest } from './explain-request.ts'
export type { Extension, ExtensionContext } from './extension.ts'
export { type OpenApp, openApp, type OpenAppOptions } from './open-app.ts'
export { type OpenApplication, openApplication } from './open-application.ts'
export { silent } from './watching.ts'
export type { EventHandlerOf } from './parts.ts'
export { openDatabase } from './open-database.ts'
export { listenFailure } from './listen-failure.ts'
export type { DataStep, MigratedApplication } from './migrations/index.ts'

/** Loaded by who writes or runs migrations: applications that serve have no use for it. */
export const migrating = () => import('./migrations/index.ts')
export { pullDatabase, type PulledApplication } from './pull-database.ts'
export type { Mode } from './settings.ts'
export { runSeed, type SeedReport } from './run-seed.ts'
export { startApplication, type StartedApplication } from './start-application.ts'
export {
  defaultTimeLimit,
  type ExportReport,
  type ImportStanding,
  type ImportState,
  type Keep,
  runExport,
  runImport,
} from './transfer/index.ts'
