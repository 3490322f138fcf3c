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
  return detail('values.schema', { reason: reasonOf(error) }, pointer + (error?.instancePath ?? ''))
}

/** What ajv says, with the names that it keeps beside its sentence. */
function reasonOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it is not valid'
  const { keyword, message = 'it is not valid', params, propertyName } = error
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = params as Words
  const extra = additionalProperty ?? unevaluatedProperty
  if (extra !== undefined) return `must NOT have the property ${shown(extra)}`
  if (propertyName !== undefined) return `the name of the property ${shown(propertyName)} ${message}`
  if (allowedValues !== undefined)
    return `must be one of ${allowedValues.map(value => JSON.stringify(value)).join(', ')}`
  if (keyword === 'const') return `must be ${JSON.stringify(allowedValue)}`
  return message
}

/** What ajv tells beside its sentence, by keyword. */
interface Words {
  readonly additionalProperty?: string
  readonly unevaluatedProperty?: string
  readonly allowedValues?: readonly unknown[]
  readonly allowedValue?: unknown
}

/** A name that a client made up may have any length. */
const shown = (name: string): string => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
