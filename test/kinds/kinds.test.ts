/** What holds for every kind, whatever it is. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FieldType, kindOf, kinds, registerKind, type Value } from '../../src/model/index.ts'
import { kindSamples } from './samples.ts'

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)

const title = (type: FieldType): string =>
  `${type.kind} ${JSON.stringify(type.options)}${type.element === undefined ? '' : ` of ${type.element.kind}`}`

it('has samples of every kind', () => {
  expect(new Set(kindSamples.map(({ type }) => type.kind))).toEqual(new Set(kinds.keys()))
})

describe.each(kindSamples.map(sample => [title(sample.type), sample] as const))(
  '%s',
  (_title, { type, values, spelled }) => {
    const kind = kindOf(type)
    const parse = (input: unknown): Value => {
      const result = kind.parseJson(input, type, '/x')
      if (!result.ok) throw new Error(`${JSON.stringify(input)}: ${result.error.message}`)
      return result.value
    }

    it('reads back what it wrote, from JSON and from code', () => {
      fc.assert(
        fc.property(values, value => {
          expect(parse(value)).toEqual(value)
          expect(parse(JSON.parse(JSON.stringify(value)))).toEqual(value)
          const native: unknown = kind.toNative === undefined ? value : kind.toNative(value, type)
          expect(kind.parseNative(native, type, '')).toEqual({ ok: true, value })
        }),
      )
    })

    it('reads the same from a query string', () => {
      fc.assert(
        fc.property(values, value => {
          const text =
            typeof value === 'object'
              ? JSON.stringify(value)
              : kind.name === 'json'
                ? JSON.stringify(value)
                : String(value)
          expect(kind.parseText(text, type, '')).toEqual({ ok: true, value })
        }),
      )
    })

    it('has one canonical form', () => {
      fc.assert(
        fc.property(spelled ?? values, input => {
          const once = parse(input)
          expect(parse(once)).toEqual(once)
        }),
      )
    })

    it('has a total order', () => {
      const compare = (left: Value, right: Value): number => Math.sign(kind.compare(left, right, type))
      fc.assert(
        fc.property(values, values, values, (a, b, c) => {
          expect(compare(a, a)).toBe(0)
          expect(compare(a, b)).toBe(0 - compare(b, a))
          if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
          if (compare(a, b) === 0 && kind.name !== 'json') expect(a).toEqual(b)
        }),
      )
    })

    it('describes itself by a JSON Schema that its values fit', () => {
      const validate = ajv.compile(kind.jsonSchema(type) as object | boolean)
      fc.assert(
        fc.property(spelled ?? values, value => {
          expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
        }),
      )
    })

    it('refuses or accepts whatever comes, and never throws', () => {
      fc.assert(
        fc.property(
          fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }),
          input => {
            if (input === null) return
            for (const result of [kind.parseJson(input, type, '/p'), kind.parseNative(input, type, '/p')]) {
              if (result.ok) expect(parse(result.value)).toEqual(result.value)
              else expect(result.error.pointer.startsWith('/p')).toBe(true)
            }
          },
        ),
      )
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 20 }), text => {
          const result = kind.parseText(text, type, '?p')
          if (result.ok) expect(parse(result.value)).toEqual(result.value)
        }),
      )
    })
  },
)

const encoded = kindSamples.filter(({ type }) => kindOf(type).codec !== undefined)

it.each(encoded.map(sample => [title(sample.type), sample] as const))(
  '%s keeps its order in the stored form',
  (_title, { type, values, spelled = values }) => {
    const { codec, parseJson, compare } = kindOf(type)
    const stored = (input: Value): { readonly value: Value; readonly form: string } => {
      const parsed = parseJson(input, type, '')
      if (!parsed.ok || codec === undefined) throw new Error(JSON.stringify(input))
      expect(codec.decode(codec.encode(parsed.value, type), type)).toEqual(parsed.value)
      return { value: parsed.value, form: JSON.stringify(codec.encode(parsed.value, type)) }
    }
    fc.assert(
      fc.property(spelled, spelled, (one, other) => {
        const [a, b] = [stored(one), stored(other)]
        expect(Math.sign(compare(a.value, b.value, type))).toBe(a.form < b.form ? -1 : a.form > b.form ? 1 : 0)
      }),
    )
  },
)

it('refuses a second kind of one name', () => {
  const text = kindOf({ kind: 'text', options: {} })
  registerKind(text)
  expect(() => registerKind({ ...text })).toThrow('two field kinds named "text"')
  expect(() => kindOf({ kind: 'colour', options: {} })).toThrow('"colour" is not registered')
})
