/** The types that applications name, by schema and model. */
import type { Where as WhereOf } from './filter.ts'
import type { CreateInput as CreateInputOf, UpdateInput as UpdateInputOf } from './input.ts'
import type { RowOf } from './rows.ts'
import type { Key as KeyOf, ModelName, SchemaShape } from './schema.ts'

/** What types remember of a schema: `ShapeOf<typeof schema>`. An application remembers it, too. */
export type ShapeOf<Of> = Of extends { readonly '~schema': infer S extends SchemaShape } ? S : never

/**
 * A row as its readers see it.
 *
 * @example
 * type Article = Row<typeof schema, 'Article'>
 */
export type Row<Of, Name extends ModelName<ShapeOf<Of>>> = RowOf<Name, ShapeOf<Of>>

/** What a new row needs. */
export type CreateInput<Of, Name extends ModelName<ShapeOf<Of>>> = CreateInputOf<Name, ShapeOf<Of>>

/** What can be changed of a row. */
export type UpdateInput<Of, Name extends ModelName<ShapeOf<Of>>> = UpdateInputOf<Name, ShapeOf<Of>>

/** A filter. */
export type Where<Of, Name extends ModelName<ShapeOf<Of>>> = WhereOf<Name, ShapeOf<Of>>

/** A key: one value, or an object of several. */
export type Key<Of, Name extends ModelName<ShapeOf<Of>>> = KeyOf<ShapeOf<Of>, Name>
