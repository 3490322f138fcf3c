import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, PlinthError } from '../../error/index.ts'
import { parseJson } from './parse-json.ts'

function refusedBy(text: string): { code: ErrorCode; pointer: string | undefined } {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof PlinthError) return { code: error.code, pointer: error.pointer }
    throw error
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`)
}

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes, like JSON.parse', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), text => {
        fc.pre(!text.includes('__proto__') && !text.includes('prototype'))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with JSON.parse about texts that are nearly JSON', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"b"',
        '1',
        '-',
        '0',
        '01',
        '.5',
        '1e5',
        'true',
        'nul',
        ' ',
        '\n',
        '"',
        '\\u00e9',
        '\\x',
      ],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), parts => {
        const text = parts.join('')
        fc.pre(!/e\d{3}/.test(text)) // beyond 1e308 the two differ on purpose
        let expected: unknown
        let valid = true
        try {
          expected = JSON.parse(text)
        } catch {
          valid = false
        }
        if (valid && !/"([ab])".*"\1"/.test(text)) expect(parseJson(text)).toEqual(expected)
        else expect(() => parseJson(text)).toThrow(PlinthError)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['{"a":1,"a":2}', 'request.repeated-key', '/a'],
    ['{"x":[{"a":1,"\\u0061":2}]}', 'request.repeated-key', '/x/0/a'],
    ['{"__proto__":{"admin":true}}', 'request.forbidden-key', '/__proto__'],
    ['{"a":{"\\u005f_proto__":1}}', 'request.forbidden-key', '/a/__proto__'],
    ['{"constructor":{"prototype":{"admin":true}}}', 'request.forbidden-key', '/constructor'],
    ['{"n":1e400}', 'request.number-not-exact', '/n'],
    ['{"n":-1e400}', 'request.number-not-exact', '/n'],
    ['{"n":9007199254740993}', 'request.number-not-exact', '/n'],
    [`{"n":${'9'.repeat(100_000)}}`, 'request.number-not-exact', '/n'],
    ['[1,2', 'request.body-malformed', undefined],
    ['{"a":"b', 'request.body-malformed', undefined],
    ['{"a":"\\', 'request.body-malformed', undefined],
    ['{"a":"\\u00', 'request.body-malformed', undefined],
    ['{"a":"\n"}', 'request.body-malformed', undefined],
    ['{"a":1}x', 'request.body-malformed', undefined],
    ["{'a':1}", 'request.body-malformed', undefined],
    ['{"a":1,}', 'request.body-malformed', undefined],
    ['NaN', 'request.body-malformed', undefined],
    ['', 'request.body-malformed', undefined],
  ])('refuses %.60s', (text, code, pointer) => {
    expect(refusedBy(text)).toEqual({ code, pointer })
  })

  it('keeps what JavaScript holds exactly', () => {
    expect(
      parseJson('[9007199254740991,-9007199254740991,100000000000000000000,123456789012345680000,-0,1e21,0.1]'),
    ).toEqual([9007199254740991, -9007199254740991, 100000000000000000000, 123456789012345680000, -0, 1e21, 0.1])
    expect(parseJson('{"constructor":"me","toString":1}')).toEqual({ constructor: 'me', toString: 1 })
  })

  it('stops at its depth, however deep the text is', () => {
    expect(() => parseJson('['.repeat(32) + ']'.repeat(32))).not.toThrow()
    expect(refusedBy('['.repeat(33) + ']'.repeat(33)).code).toBe('request.body-too-deep')
    expect(refusedBy('['.repeat(100_000)).code).toBe('request.body-too-deep')
    expect(refusedBy('{"a":'.repeat(100_000)).code).toBe('request.body-too-deep')
  })

  it('reads a body of the largest size without holding up the others', () => {
    const text = `[${'0,'.repeat(500_000)}0]`
    const begun = performance.now()
    expect(parseJson(text)).toHaveLength(500_001)
    expect(performance.now() - begun).toBeLessThan(500)
  })
})
