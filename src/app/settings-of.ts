/** The settings of an application: what its code says and what the environment does. */
import type { App } from './create-app.ts'
import { type Environment, type Mode, readSettings, type Settings } from './settings.ts'

export interface SettingsPlace {
  readonly root: string
  readonly environment: Environment
  readonly mode: Mode
  /** Somebody signs in. */
  readonly needsSecret: boolean
  /** A store that is handed in; the application's own one if it has one. */
  readonly hasStore?: boolean
}

export function settingsOf({ options, mistakes }: App, { hasStore = false, ...place }: SettingsPlace): Settings {
  const { server, store } = options
  return readSettings({ ...place, server: server ?? {}, mistakes, hasStore: hasStore || store !== undefined })
}

/** For work on the database alone: nobody signs in. */
export const databaseSettings = (app: App, place: Pick<SettingsPlace, 'root' | 'environment'>): Settings =>
  settingsOf(app, { ...place, mode: 'development', needsSecret: false })
