/**
 * One spelling for requests that mean the same: conditions in a fixed order, slots numbered anew as they are met. Filters come first,
 * so that a cursor made without a `limit` still fits when one is added.
 */
import { canonicalJson } from '../../../lib/index.ts'
import type { FilterRequest, NestedRequest, OutputRequest, Selection, Slot } from '../../../query/index.ts'
import { allOf } from './parse-condition.ts'

/** Numbers slots anew; `order[n]` is the place among the values of the query string of what slot n now names. */
export class SlotNumbering {
  readonly order: Slot[]
  readonly #before: number

  /** `before`: how many values stand before those of the query string and keep their places (a row's key). */
  constructor(before = 0) {
    this.#before = before
    this.order = Array.from({ length: before }, (_, place) => place)
  }

  slot(old: Slot): Slot {
    this.order.push(old + this.#before)
    return this.order.length - 1
  }

  /** All conditions together, or null when there are none. */
  where(conditions: readonly FilterRequest[]): FilterRequest | null {
    return conditions.length === 0 ? null : this.filter(sortMembers(allOf(conditions)))
  }

  filter(filter: FilterRequest): FilterRequest {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return { kind: filter.kind, of: filter.of.map(member => this.filter(member)) }
      case 'not':
        return { kind: 'not', of: this.filter(filter.of) }
      case 'compare':
        return { ...filter, slot: this.slot(filter.slot) }
      case 'some':
      case 'every':
      case 'none':
        return { ...filter, where: filter.where === null ? null : this.filter(filter.where) }
      default:
        return filter
    }
  }

  selection(selection: Selection): Selection {
    return { defaults: selection.defaults, outputs: selection.outputs.map(output => this.#output(output)) }
  }

  #output(output: OutputRequest): OutputRequest {
    return output.kind === 'include' ? { ...output, nested: this.#nested(output.nested) } : output
  }

  #nested(nested: NestedRequest): NestedRequest {
    const where = nested.where === null ? null : this.filter(sortMembers(nested.where))
    const limit = nested.limit === null ? null : this.slot(nested.limit)
    return { select: this.selection(nested.select), where, sort: nested.sort, limit }
  }
}

/** The members of a group in the order of their texts without slots. */
function sortMembers(filter: FilterRequest): FilterRequest {
  if (filter.kind === 'not') return { kind: 'not', of: sortMembers(filter.of) }
  if (filter.kind === 'some' || filter.kind === 'every' || filter.kind === 'none') {
    return { ...filter, where: filter.where === null ? null : sortMembers(filter.where) }
  }
  if (filter.kind !== 'and' && filter.kind !== 'or') return filter
  const keyed = filter.of.map(member => {
    const sorted = sortMembers(member)
    return { key: canonicalJson(withoutSlots(sorted)), sorted }
  })
  return {
    kind: filter.kind,
    of: keyed
      .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
      .map(({ sorted }) => sorted),
  }
}

const withoutSlots = (value: FilterRequest): unknown =>
  JSON.parse(JSON.stringify(value, (key, held: unknown) => (key === 'slot' ? 0 : held)))
