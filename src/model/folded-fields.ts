/** Where letter case does not count in what names a row. */
import type { ModelNode } from './graph.ts'

const none: ReadonlySet<string> = new Set()

/**
 * The fields of an address whose letter case does not count: a row is named by its unique values as that unique compares them. Where the same
 * fields are also the key, or unique as they are, the address is exact.
 */
export function foldedFields({ key, uniques }: ModelNode, address: readonly string[]): ReadonlySet<string> {
  const isAddress = (fields: readonly string[]): boolean =>
    fields.length === address.length && fields.every(field => address.includes(field))
  if (isAddress(key)) return none
  const found = uniques.filter(({ fields }) => isAddress(fields))
  if (found.some(({ ignoreCase }) => ignoreCase === undefined)) return none
  const [first] = found
  return first?.ignoreCase === undefined ? none : new Set(first.ignoreCase)
}

/** The fields that some index has without their letter case. */
export function fieldsIndexedFolded({ uniques, indexes }: ModelNode): ReadonlySet<string> {
  return new Set([...uniques, ...indexes].flatMap(({ ignoreCase = [] }) => ignoreCase))
}
