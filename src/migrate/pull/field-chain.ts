/** A column as the declaration of a field. */
import { databaseName, type NativeColumn, textDefaultMax } from '../../model/index.ts'
import type { DescribedColumn } from '../../store/contract/index.ts'
import { type Argument, type Call, Chain, theMoment } from './declaration.ts'

export interface FieldFacts {
  readonly name: string
  readonly store: string
  /** The one field of the key. */
  readonly isKey: boolean
  readonly unique: boolean
  readonly indexed: boolean
  /** What of these two does not tell letter case apart. */
  readonly ignoringCase: { readonly unique: boolean; readonly indexed: boolean }
}

export const call = (method: string, ...given: readonly Argument[]): Call => ({ method, given })

export const when = (condition: boolean, one: () => Call): readonly Call[] => (condition ? [one()] : [])

export function fieldChain(column: DescribedColumn, facts: FieldFacts): Chain {
  const { nullable, comment } = column
  const { isKey, unique, indexed, ignoringCase } = facts
  const words = (folded: boolean): readonly Argument[] => (folded ? [{ ignoreCase: true }] : [])
  return new Chain(
    ...beginning(column, isKey),
    ...when(nullable, () => call('optional')),
    ...filling(column, isKey),
    ...when(unique && !isKey, () => call('unique', ...words(ignoringCase.unique))),
    ...when(indexed && !isKey, () => call('index', ...words(ignoringCase.indexed))),
    ...when(comment !== null, () => call('describe', comment)),
    ...columnCall(column, facts, column.usual ? null : column.native),
  )
}

/** Where the column is called otherwise than the field, or has a type of its own. */
export function columnCall(
  { name: column }: DescribedColumn,
  { name, store }: Pick<FieldFacts, 'name' | 'store'>,
  native: NativeColumn | null,
): readonly Call[] {
  if (native === null) return when(databaseName(name) !== column, () => call('column', column))
  const type: Argument = native.form === null ? native.type : { type: native.type, form: native.form }
  return [call('column', column, { [store]: type })]
}

/** Keys that Plinth or the database makes have builders of their own. */
function beginning({ type, default: filling }: DescribedColumn, isKey: boolean): readonly Call[] {
  if (isKey && filling?.from === 'sequence') return [call('sequence')]
  if (isKey && filling?.from === 'uuid' && type.kind === 'id') return [call('id')]
  return [...builderOf(type), ...when(isKey, () => call('key'))]
}

function filling({ default: given, type }: DescribedColumn, isKey: boolean): readonly Call[] {
  switch (given?.from) {
    case 'literal':
      return [call('default', given.value)]
    case 'now':
      return [call('default', theMoment)]
    case 'generated':
      return [call('generated')]
    case 'database':
      return [call('databaseDefault')]
    case 'sequence':
      return when(!isKey, () => call('databaseDefault'))
    case 'uuid':
      return when(!isKey || type.kind !== 'id', () => call('databaseDefault'))
    case undefined:
      return []
  }
}

function builderOf({ kind, options, element }: DescribedColumn['type']): readonly Call[] {
  switch (kind) {
    case 'id':
      return [call('uuid')]
    case 'text':
      return [options['max'] === textDefaultMax ? call('text') : call('text', options)]
    case 'enum':
      return [call('enum', options['values'] as Argument)]
    case 'array':
      return element === undefined ? [] : [call('array', new Chain(...builderOf(element)), ...optionsOf(options))]
    default:
      return [call(kind, ...optionsOf(options))]
  }
}

const optionsOf = (options: DescribedColumn['type']['options']): readonly Argument[] =>
  Object.keys(options).length === 0 ? [] : [options]
