/** What types know of a field: its forms, which comparisons it has, and its modifiers. */
import type { Mistake } from './mistake.ts'

/** Which methods the symbol of a field has, and which words its filters. */
export type OperatorClass = 'none' | 'equality' | 'order' | 'text' | 'number' | 'float' | 'array'

/** Options of what an index serves. Only texts have letters, so only theirs can leave their case out. */
export interface CaseOptions<Operators extends OperatorClass> {
  readonly ignoreCase?: Operators extends 'text' ? boolean : false | Mistake<'Only texts have a letter case to ignore'>
}

/** The modifiers that types look at. */
export type Flag =
  | 'optional'
  | 'default'
  | 'unique'
  | 'immutable'
  | 'readOnly'
  | 'writeOnly'
  | 'private'
  | 'key'
  | 'maskable'
  | 'generated'
  /** The database makes it with the row. */
  | 'late'
  /** Stores keep it in another form than its text. */
  | 'coded'

/** A field that holds a value, as types see it; builders of fields are such. */
export interface Column {
  readonly '~kind': 'scalar'
  readonly '~native': unknown
  readonly '~input': unknown
  readonly '~operators': OperatorClass
  readonly '~flags': Flag
}
