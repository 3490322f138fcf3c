/** From a plan's parameters to what a statement binds, in the order of its placeholders. */
import type { Value } from '../../model/index.ts'
import type { Binding } from './dialect.ts'
import { rowValue } from './write.ts'

/** What the driver binds for a canonical value; null when the value is bound as it is. */
export type EncoderOf<Bound> = (binding: Binding) => ((value: Value) => Bound) | null

export type Binder<Bound> = (values: readonly Value[]) => Bound[]

export function binderOf<Bound>(bindings: readonly Binding[], encoderOf: EncoderOf<Bound>): Binder<Bound> {
  const places = bindings.map(binding => ({ parameter: binding.parameter, encode: encoderFor(binding, encoderOf) }))
  return values => {
    const bound: Bound[] = []
    for (const { parameter, encode } of places) {
      const value = values[parameter] ?? null
      bound.push(encode === null ? (value as Bound) : encode(value))
    }
    return bound
  }
}

/** For inserts: also the values of the row, or the list of all rows. */
export function insertBinderOf<Bound>(
  bindings: readonly Binding[],
  many: boolean,
  encoderOf: EncoderOf<Bound>,
): (rows: readonly (readonly Value[])[], values: readonly Value[]) => Bound[] {
  const places = bindings.map(binding => ({ parameter: binding.parameter, encode: encoderOf(binding) }))
  return (rows, values) =>
    places.map(({ parameter, encode }) => {
      const value = parameter >= 0 ? values[parameter] : many ? (rows as Value) : rows[0]?.[rowValue(parameter)]
      return encode === null ? ((value ?? null) as Bound) : encode(value ?? null)
    })
}

function encoderFor<Bound>(binding: Binding, encoderOf: EncoderOf<Bound>): ((value: Value) => Bound) | null {
  const encode = encoderOf(binding)
  if (binding.butLast !== true) return encode
  return value => {
    const before = Math.max(0, Number(value) - 1)
    return encode === null ? (before as Bound) : encode(before)
  }
}
