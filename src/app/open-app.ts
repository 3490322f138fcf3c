/** `openApp`: an application for scripts, with its database and without a server. */
import { refusal } from '../error/index.ts'
import { nearest } from '../lib/index.ts'
import type { Database, SchemaShape } from '../model/index.ts'
import { createDb } from '../operation/index.ts'
import { anonymous } from '../query/index.ts'
import type { App } from './create-app.ts'
import { openForScript } from './open-script.ts'
import type { Environment } from './settings.ts'

export interface OpenAppOptions {
  /** The folder of the application: relative paths of its settings begin there. The working directory by default. */
  readonly root?: string
  /** Its settings; the process's variables by default. */
  readonly environment?: Environment
}

export interface OpenApp<S extends SchemaShape> extends AsyncDisposable {
  /** The database with the rights of whoever is not signed in; `db.asSystem('reason')` has none to mind. */
  readonly db: Database<S>
  /** Lets events that are due be delivered, for no longer than `shutdownGrace`, and closes the database. */
  close(): Promise<void>
}

/**
 * Opens an application for a script: same settings, models, rules, hooks and events, but nothing is served. In development the database
 * is made to fit, as `plinth dev` does; with `NODE_ENV=production` it has to fit already.
 *
 * @example
 * import app from './app.ts'
 *
 * await using shop = await openApp(app)
 * await shop.db.asSystem('nightly clean-up').Cart.deleteMany({ where: { updatedAt: { lt: monthAgo } } })
 */
export async function openApp<S extends SchemaShape>(app: App<S>, options: OpenAppOptions = {}): Promise<OpenApp<S>> {
  const known = ['root', 'environment']
  const unknown = Object.keys(options).find(name => !known.includes(name))
  if (unknown !== undefined)
    throw refusal('boot.setting-unknown', { where: 'openApp', name: unknown, nearest: nearest(unknown, known) })
  const { root = process.cwd(), environment = process.env } = options
  const opened = await openForScript(app, { root, environment, delivers: true })
  const close = async (): Promise<void> => {
    await opened.dispatcher?.finish({ grace: opened.settings.shutdownGrace })
    await opened.close()
  }
  return {
    db: createDb(opened.engine, () => opened.context(anonymous)) as unknown as Database<S>,
    close,
    [Symbol.asyncDispose]: close,
  }
}
