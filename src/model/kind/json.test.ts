import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { field } from '../field/index.ts'
import type { FieldType } from '../value.ts'
import { kindOf } from './registry.ts'

function parse(type: FieldType, input: unknown): unknown {
  const result = kindOf(type).parseJson(input, type, '/settings')
  return result.ok ? result.value : [result.error.code, result.error.pointer]
}

describe('any JSON', () => {
  const { type } = field.json().declaration

  it('is copied, so that what is changed later is not', () => {
    const input = { a: [1] }
    const value = parse(type, input)
    input.a.push(2)
    expect(value).toEqual({ a: [1] })
  })

  it.each([
    [{ a: { b: 'x\u0000' } }, ['values.null-character', '/settings/a/b']],
    [{ 'a/b~c': ['\ud800'] }, ['values.lone-surrogate', '/settings/a~1b~0c/0']],
    [{ '\u0000': 1 }, ['values.null-character', '/settings/\u0000']],
    [JSON.parse('{"a":1e400}'), ['values.wrong-type', '/settings/a']],
    [JSON.parse('{"a":{"__proto__":{"admin":true}}}'), ['values.wrong-type', '/settings/a/__proto__']],
    [{ a: () => 1 }, ['values.wrong-type', '/settings/a']],
    [new Date(0), ['values.wrong-type', '/settings']],
    [{ a: 1n }, ['values.wrong-type', '/settings/a']],
    ['x'.repeat(65_536), ['values.too-long', '/settings']],
  ])('refuses what a database cannot hold (%#)', (input, mistake) => {
    expect(parse(type, input)).toEqual(mistake)
  })

  it('refuses what nests too deeply, without a stack overflow', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(parse(type, deep)).toEqual(['values.too-deep', `/settings${'/0'.repeat(64)}`])
  })

  it('has no -0', () => {
    expect(Object.is((parse(type, [-0]) as number[])[0], 0)).toBe(true)
  })
})

describe('held to a JSON Schema', () => {
  const schema = {
    type: 'object',
    properties: { theme: { enum: ['light', 'dark'] } },
    required: ['theme'],
    additionalProperties: false,
  }
  const { type } = field.json(schema).declaration

  it('fits or does not', () => {
    expect(parse(type, { theme: 'dark' })).toEqual({ theme: 'dark' })
    expect(parse(type, { theme: 'red' })).toEqual(['values.schema', '/settings/theme'])
    expect(parse(type, { theme: 'dark', more: 1 })).toEqual(['values.schema', '/settings'])
    expect(kindOf(type).jsonSchema(type)).toEqual(schema)
  })

  it('leaves the schema that was given alone', () => {
    expect(Object.isFrozen(schema)).toBe(false)
  })
})

describe('held to a Standard Schema', () => {
  const { type, problems } = field.json(
    z.object({ theme: z.enum(['light', 'dark']), size: z.number().default(3) }),
  ).declaration

  it('validates with the schema itself, and describes itself by its JSON Schema', () => {
    expect(problems).toEqual([])
    expect(parse(type, { theme: 'dark' })).toEqual({ theme: 'dark', size: 3 })
    expect(parse(type, { theme: 'red' })).toEqual(['values.schema', '/settings/theme'])
    expect(kindOf(type).jsonSchema(type)).toMatchObject({
      type: 'object',
      properties: { theme: { enum: ['light', 'dark'] } },
    })
  })

  it('still holds values to the JSON Schema when the graph was printed and read back', () => {
    const read = JSON.parse(JSON.stringify(type)) as FieldType
    expect(parse(read, { theme: 'red' })).toEqual(['values.schema', '/settings/theme'])
  })
})

it('escapes names in the place that a Standard Schema gives', () => {
  const issues = [{ message: 'it is wrong', path: ['a/b', { key: 'c~d' }] }]
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({ issues }),
      jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
    },
  } as const
  const { type } = field.json(schema).declaration
  expect(kindOf(type).parseJson({}, type, '/x')).toMatchObject({ error: { pointer: '/x/a~1b/c~0d' } })
})
