/** What types know of a field: its forms, which comparisons it has, and its modifiers. */

/** Which methods the symbol of a field has, and which words its filters. */
export type OperatorClass = 'none' | 'equality' | 'order' | 'text' | 'number' | 'float' | 'array'

/** Options of what an index serves. Only texts have letters, so only theirs can leave their case out. */
export type CaseOptions<Operators extends OperatorClass> = Operators extends 'text'
  ? { readonly ignoreCase?: boolean }
  : { readonly ignoreCase?: false }

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

/** A field that holds a value, as types see it; builders of fields are such. */
export interface Column {
  readonly '~kind': 'scalar'
  readonly '~native': unknown
  readonly '~input': unknown
  readonly '~operators': OperatorClass
  readonly '~flags': Flag
}
