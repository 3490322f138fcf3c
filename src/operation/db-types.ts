/** The typed `db`, by schema. */
import type { Database, ShapeOf } from '../model/index.ts'

/**
 * The database with a caller's rights.
 *
 * @example
 * async function latest(db: Db<typeof schema>) {
 *   return db.Article.find({ sort: '-createdAt', limit: 5 })
 * }
 */
export type Db<Of> = Database<ShapeOf<Of>, 'caller'>

/** The database without rules, private fields included: what `db.asSystem('reason')` gives. */
export type SystemDb<Of> = Database<ShapeOf<Of>, 'system'>
