/** The limits that multiply from the root of a read down to each of its lists (semantics 19). */
import type { Output } from '../query/index.ts'

/** `around`: indexes of the limit parameters around these outputs. A limit by itself is no product: its parameter bounds it. */
export function limitProducts(outputs: readonly Output[], around: readonly number[]): readonly (readonly number[])[] {
  return outputs.flatMap(output => {
    if (output.kind === 'value') return []
    if (output.kind === 'object') return limitProducts(output.outputs, around)
    const { limit, outputs: inner } = output.node
    if (limit === null) return limitProducts(inner, around)
    const limits = [...around, limit]
    return [...(limits.length > 1 ? [limits] : []), ...limitProducts(inner, limits)]
  })
}
