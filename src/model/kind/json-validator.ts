/** JSON Schema 2020-12 validators, compiled once per schema. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { detail, type ErrorDetail } from '../../error/index.ts'
import type { Value } from '../value.ts'

let compiler: Ajv2020 | undefined
const validators = new WeakMap<object, ValidateFunction>()

function ajv(): Ajv2020 {
  if (compiler === undefined) {
    compiler = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      strictRequired: false,
      validateSchema: true,
      addUsedSchema: false,
    })
    formats.default(compiler)
  }
  return compiler
}

/** Throws what ajv says when the schema is not one. */
export function validatorOf(schema: object): ValidateFunction {
  let validator = validators.get(schema)
  if (validator === undefined) {
    validator = ajv().compile(schema)
    validators.set(schema, validator)
  }
  return validator
}

/** The first thing about the value that does not fit the schema. */
export function schemaMistake(schema: object, value: Value, pointer: string): ErrorDetail | undefined {
  const validator = validatorOf(schema)
  if (validator(value) === true) return undefined
  const error: ErrorObject | undefined = validator.errors?.[0]
  return detail('values.schema', { reason: error?.message ?? 'it is not valid' }, pointer + (error?.instancePath ?? ''))
}
