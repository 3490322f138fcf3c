// Seeded randomness: the same seed gives the same data set and the same requests on every machine.

/** A source of numbers that depends on its seed alone. */
export interface Random {
  /** A float in [0, 1). */
  next(): number
  /** An integer in [0, end). */
  below(end: number): number
  /** One of the values. */
  pick<T>(values: readonly T[]): T
  /** A UUIDv7 (RFC 9562, 5.7) of the given Unix time in milliseconds. */
  uuid(milliseconds: number): string
}

/** Starts the sequence of a seed. The generator is sfc32: 128 bits of state, passes PractRand. */
export function random(seed: string): Random {
  let [a, b, c, counter] = hash(seed)

  function word(): number {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) word()

  const next = () => word() / 2 ** 32
  const below = (end: number) => Math.floor(next() * end)

  return {
    next,
    below,
    pick(values) {
      const value = values[below(values.length)]
      if (value === undefined) throw new RangeError('nothing to pick from')
      return value
    },
    uuid(milliseconds) {
      const time = milliseconds.toString(16).padStart(12, '0')
      const high = (0x7000 | (word() & 0x0fff)).toString(16)
      const variant = (0x8000 | (word() & 0x3fff)).toString(16)
      const tail = word().toString(16).padStart(8, '0') + (word() & 0xffff).toString(16).padStart(4, '0')
      return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${variant}-${tail}`
    },
  }
}

// cyrb128: spreads a text over four 32-bit words.
function hash(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    h1 = h2 ^ Math.imul(h1 ^ code, 597399067)
    h2 = h3 ^ Math.imul(h2 ^ code, 2869860233)
    h3 = h4 ^ Math.imul(h3 ^ code, 951274213)
    h4 = h1 ^ Math.imul(h4 ^ code, 2716044179)
  }
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1]
}
