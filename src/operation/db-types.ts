/** The typed `db`, by schema. */
import type { Database, Schema, SchemaShape } from '../model/index.ts'

/** What types remember of a schema: `ShapeOf<typeof schema>`. */
type ShapeOf<Of> = Of extends Schema<infer S extends SchemaShape> ? S : never

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
