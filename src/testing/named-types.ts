/** What helpers of tests are given: named by the schema or the application, as `Db` and `Row` are. */
import type { SchemaShape, ShapeOf } from '../model/index.ts'
import type { TestApp as TestAppOf, TestCaller as TestCallerOf } from './test-app.ts'

type Shape<Of> = Of extends SchemaShape ? Of : ShapeOf<Of>

/**
 * An application in a test.
 *
 * @example
 * async function fill({ db }: TestApp<typeof schema>) {
 *   return db.Member.create({ name: 'Anna' })
 * }
 */
export type TestApp<Of> = TestAppOf<Shape<Of>>

/** Whoever a test acts as: `test.as(anna)`. */
export type TestCaller<Of> = TestCallerOf<Shape<Of>>
