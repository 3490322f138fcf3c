/** `partial`: fields of an input any of which may be left out. */
import type { NamedFields } from './types/field-values.ts'

export class PartialFields<out Fields extends NamedFields> {
  readonly fields: Fields

  constructor(fields: Fields) {
    this.fields = fields
  }
}

/**
 * Fields of an input any of which may be left out: those are undefined then, not null, so that a change of some fields leaves the others
 * as they are.
 *
 * @example
 * input: { id: field.id('User'), changes: partial({ name: field.text({ min: 1 }), bio: field.text().optional() }) }
 */
export const partial = <const Fields extends NamedFields>(fields: Fields): PartialFields<Fields> =>
  new PartialFields(fields)
