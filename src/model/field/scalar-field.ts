/** The builder of fields that hold a value. Every method gives a new builder. */
import type { Condition } from '../symbol/condition.ts'
import { ValueSymbol } from '../symbol/value-symbol.ts'
import type { CaseOptions, Flag, OperatorClass } from '../types/column.ts'
import type { Hidden, Nullable } from '../types/rows.ts'
import type { CreateWord, UpdateWord } from '../types/write-words.ts'
import type { SymbolOf, ValueOf } from '../types/symbols.ts'
import {
  type CallerDefault,
  type DeclaredDefault,
  nativeColumns,
  type NativeTypes,
  type ScalarDeclaration,
  withWords,
} from './declaration.ts'
import { tellOthersOfScalars } from './methods-of-others.ts'
import { column, letterCase, nothing, oneText, tellArguments, wordMethods } from './told-arguments.ts'

/** `default(now)` is the request's moment, `default(caller => caller.id)` a field of the caller's row, anything else a constant. */
export function declaredDefault(given: unknown): DeclaredDefault {
  if (typeof given === 'function') return { from: 'caller', read: given as CallerDefault }
  if (given instanceof ValueSymbol && given['~expression'].kind === 'now') return { from: 'now' }
  return { from: 'literal', input: given }
}

/**
 * A field that holds a value.
 *
 * @typeParam Native - its form in code
 * @typeParam Input - what code may write
 */
export class ScalarField<Native, Input, Operators extends OperatorClass, Flags extends Flag = never> {
  declare readonly '~kind': 'scalar'
  declare readonly '~native': Native
  declare readonly '~input': Input
  declare readonly '~operators': Operators
  declare readonly '~flags': Flags
  declare readonly '~target': never
  declare readonly '~to': never
  declare readonly '~by': never
  declare readonly '~field': never
  declare readonly '~readable': Flags & Hidden extends never ? true : false
  /** Its value in a row, and what may be written to it. */
  declare readonly '~row': 'optional' extends Flags ? Native | null : Native
  declare readonly '~seen': Flags & Nullable extends never ? Native : Native | null
  declare readonly '~write': 'optional' extends Flags ? Input | null : Input
  declare readonly '~create': CreateWord<Flags>
  declare readonly '~update': UpdateWord<Flags>
  readonly declaration: ScalarDeclaration

  constructor(declaration: ScalarDeclaration) {
    this.declaration = declaration
  }

  #with<Added extends Flag = never>(
    change: Partial<ScalarDeclaration>,
  ): ScalarField<Native, Input, Operators, Flags | Added> {
    return new ScalarField({ ...this.declaration, ...change })
  }

  /** May be null, and may be left out when a row is created (null then, unless it has a default). */
  optional(): ScalarField<Native, Input, Operators, Flags | 'optional'> {
    return this.#with<'optional'>({ nullable: true })
  }

  /**
   * What the field is when nothing is given: a constant, `now`, or a field of the caller's row.
   *
   * @example
   * field.enum(['draft', 'published']).default('draft')
   * field.datetime().default(now)
   * field.id('User').default(caller => caller.id)
   */
  default(value: Input | ValueOf<Native> | CallerDefault): ScalarField<Native, Input, Operators, Flags | 'default'> {
    return this.#with<'default'>({ default: declaredDefault(value) })
  }

  /**
   * No two rows have the same value. Null is not a value here: any number of rows may have it. With `ignoreCase`, for texts, `Ann` and `ann`
   * are the same.
   *
   * @example
   * email: field.email().unique({ ignoreCase: true })
   */
  unique(options?: CaseOptions<Operators>): ScalarField<Native, Input, Operators, Flags | 'unique'> {
    const ignoreCase = { ...this.declaration.ignoreCase, unique: options?.ignoreCase === true }
    return this.#with<'unique'>({ unique: true, ignoreCase })
  }

  /** Rows are often looked up or sorted by it; with `ignoreCase`, for texts, looked up without regard to letter case. */
  index(options?: CaseOptions<Operators>): ScalarField<Native, Input, Operators, Flags> {
    return this.#with({
      index: true,
      ignoreCase: { ...this.declaration.ignoreCase, index: options?.ignoreCase === true },
    })
  }

  /**
   * A condition that the database holds every value to. Null passes.
   *
   * @example
   * field.integer().check(value => value.gte(0))
   */
  check(
    build: (value: SymbolOf<Native, Input, Operators, never>) => Condition,
    name?: string,
  ): ScalarField<Native, Input, Operators, Flags> {
    return this.#with({
      checks: [...this.declaration.checks, { name: name ?? null, build: build as (value: unknown) => unknown }],
    })
  }

  /** Cannot be changed after the row was created. */
  immutable(): ScalarField<Native, Input, Operators, Flags | 'immutable'> {
    return this.#with<'immutable'>({ immutable: true })
  }

  /** Cannot be written by callers; code that acts for the system writes it. */
  readOnly(): ScalarField<Native, Input, Operators, Flags | 'readOnly'> {
    return this.#with<'readOnly'>({ readOnly: true })
  }

  /** Written by callers and never read by them. */
  writeOnly(): ScalarField<Native, Input, Operators, Flags | 'writeOnly'> {
    return this.#with<'writeOnly'>({ writeOnly: true })
  }

  /** Neither read nor written by callers; it is in no document about the API. */
  private(): ScalarField<Native, Input, Operators, Flags | 'private'> {
    return this.#with<'private'>({ private: true })
  }

  /**
   * Callers may see null in its place: its read rule looks at the row. (One that asks about the caller alone takes the field away and
   * needs no word here, nor does a field that is `optional()`.) Code that acts for the system sees the value.
   *
   * @example
   * salary: field.integer().maskable()
   */
  maskable(): ScalarField<Native, Input, Operators, Flags | 'maskable'> {
    return this.#with<'maskable'>({ maskable: true })
  }

  /** The model's key. For a key of several fields use the model's option `key`. */
  key(): ScalarField<Native, Input, Operators, Flags | 'key'> {
    return this.#with<'key'>({ key: true })
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): ScalarField<Native, Input, Operators, Flags> {
    return new ScalarField(withWords(this.declaration, { description }))
  }

  /** What people call it. */
  label(label: string): ScalarField<Native, Input, Operators, Flags> {
    return new ScalarField(withWords(this.declaration, { label }))
  }

  /** It will go away; say why, and what to use instead. */
  deprecated(reason?: string): ScalarField<Native, Input, Operators, Flags> {
    return new ScalarField(withWords(this.declaration, { deprecated: reason ?? true }))
  }

  /**
   * The name of the column, when it is not the field's name in snake_case, and the type that it has in a database that had it before the
   * field. Values then compare and sort as that type does.
   *
   * @example
   * name: field.text({ max: 80 }).column('customer_name', { postgres: 'character varying(80)' })
   */
  column(name: string, native?: NativeTypes): ScalarField<Native, Input, Operators, Flags> {
    return this.#with({ column: name, native: nativeColumns(native) })
  }

  /** The database has a default of its own for it, and gives it when none is given. */
  databaseDefault(): ScalarField<Native, Input, Operators, Flags | 'default' | 'late'> {
    return this.#with<'default' | 'late'>({ default: { from: 'database', always: false } })
  }

  /** A generated column: the database makes its value of others, and nobody writes it. */
  generated(): ScalarField<
    Native,
    Input,
    Operators,
    Flags | 'default' | 'readOnly' | 'immutable' | 'generated' | 'late'
  > {
    return this.#with<'default' | 'readOnly' | 'immutable' | 'generated' | 'late'>({
      default: { from: 'database', always: true },
      readOnly: true,
      immutable: true,
    })
  }

  /** The field's former name: it keeps its column and its data. */
  renamedFrom(name: string): ScalarField<Native, Input, Operators, Flags> {
    return this.#with({ renamedFrom: name })
  }
}

tellArguments(ScalarField.prototype, {
  optional: nothing,
  unique: letterCase,
  index: letterCase,
  immutable: nothing,
  readOnly: nothing,
  writeOnly: nothing,
  private: nothing,
  maskable: nothing,
  key: nothing,
  column,
  databaseDefault: nothing,
  generated: nothing,
  renamedFrom: oneText,
  ...wordMethods,
})

tellOthersOfScalars(ScalarField.prototype)
