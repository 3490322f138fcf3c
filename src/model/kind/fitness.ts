/** What a field of a type can be beside a value: a part of a key, unique, a part of an index. */
import type { FieldType } from '../value.ts'
import { kindOf } from './registry.ts'

/** Values that are compared as a whole or not exactly do not address a row. */
const unfitForKeys = new Set(['json', 'float', 'array'])

export const canBeKey = (type: FieldType): boolean => !unfitForKeys.has(kindOf(type).storage)

export const canBeUnique = (type: FieldType): boolean => kindOf(type).operators.includes('eq')

/** Some values are neither equal nor in an order. */
export const canBeIndexed = (type: FieldType): boolean => kindOf(type).sortable || canBeUnique(type)
