import { describe, expect, it } from 'vitest'
import { encodeText } from './encoded-text.ts'
import { bytesHash } from './entity-tag.ts'

const texts: readonly (readonly [what: string, pieces: readonly string[]])[] = [
  ['nothing', []],
  ['ASCII', ['[', '{"name":"one"}', ',', '{"name":"two"}', ']']],
  ['one character that takes two bytes', ['é']],
  ['characters of two, three and four bytes', ['"naïve', ' – ', '日本', '𝄞"']],
  ['half of a pair, which UTF-8 cannot hold', ['"\ud834"']],
  ['more than is encoded in place', ['["', 'ü'.repeat(200_000), '"]']],
]

describe('encodeText', () => {
  it.each(texts)('gives the bytes of %s', (_, pieces) => {
    const whole = pieces.join('')
    const encoded = encodeText(pieces)
    expect(Buffer.from(encoded.latin1, 'latin1').equals(Buffer.from(whole))).toBe(true)
    expect(encoded.toString()).toBe(Buffer.from(whole).toString())
  })

  it.each(texts)('hashes the bytes of %s', (_, pieces) => {
    expect(encodeText(pieces).hash).toBe(bytesHash(Buffer.from(pieces.join(''))))
  })

  it.each(texts)('gives the bytes of %s that come as bytes, alone or among others', (_, pieces) => {
    const whole = pieces.join('')
    expect(encodeText([Buffer.from(whole)])).toEqual(encodeText([whole]))
    expect(encodeText(['{"data":', Buffer.from(whole), '}'])).toEqual(encodeText(['{"data":', whole, '}']))
  })

  it('puts U+FFFD where bytes are no UTF-8', () => {
    const cut = Buffer.concat([Buffer.from('"caf'), Buffer.from([0xc3]), Buffer.from('"')])
    expect(encodeText([cut]).toString()).toBe('"caf\ufffd"')
  })

  it('keeps what it gave when the next text is encoded', () => {
    const first = encodeText(['first'])
    encodeText(['other'])
    expect(first.latin1).toBe('first')
  })
})
