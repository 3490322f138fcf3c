/** Input in the words of a projection → the row of a write, and the mistakes found there back in the projection's words. */
import { detail, type ErrorDetail, PlinthError } from '../../error/index.ts'
import { isObject, nameOfStep, nearest, pointerStep } from '../../lib/index.ts'
import { isServerWritten, type ModelNode } from '../../model/index.ts'
import type { Projection } from './projection.ts'

/** An input: a field under the name that the projection gives it, or the values of a plucked relation. */
export type InputPart =
  | { readonly kind: 'field'; readonly name: string; readonly field: string }
  | { readonly kind: 'pluck'; readonly name: string; readonly relation: string; readonly field: string }

export interface ReadProjection {
  readonly row: Readonly<Record<string, unknown>>
  readonly mistakes: readonly ErrorDetail[]
  /** There was a row to read; otherwise it makes no sense to say what is missing in it. */
  readonly found: boolean
}

export interface ProjectionInput {
  readonly parts: readonly InputPart[]
  /** `body` without its envelope → the row of a write. Mistakes are told in the order of refusals, by whoever writes. */
  read(body: unknown): ReadProjection
  /** A pointer into the row of the write → a pointer into the body. */
  outward(pointer: string): string
}

/** Why a name cannot be an input, or the part that it is. */
export function inputPart(projection: Projection, model: ModelNode, name: string): InputPart | string {
  const output = projection.outputs.find(each => each.output === name)
  if (output === undefined) return `the projection has no "${name}"`
  if (output.kind === 'field') {
    const field = model.fields[output.field]
    if (field === undefined) return `"${name}" is computed`
    return isServerWritten(field)
      ? `"${name}" cannot be written by callers`
      : { kind: 'field', name, field: field.name }
  }
  if (output.kind !== 'pluck') return `"${name}" is no field of ${model.name} and no plucked value`
  if (output.where !== null || output.limit !== null) return `"${name}" shows only some of the related rows`
  return { kind: 'pluck', name, relation: output.relation, field: output.field }
}

/** `envelope`: the name around the input; null for none. */
export function projectionInput(parts: readonly InputPart[], model: string, envelope: string | null): ProjectionInput {
  const prefix = envelope === null ? '' : `/${pointerStep(envelope)}`
  const byInner = new Map(parts.map(part => [part.kind === 'field' ? part.field : part.relation, part]))
  const names = parts.map(({ name }) => name)

  return {
    parts,
    read(body) {
      const mistakes: ErrorDetail[] = []
      const row: Record<string, unknown> = {}
      const given = insideEnvelope(body, envelope, mistakes)
      for (const [name, value] of Object.entries(given ?? {})) {
        const part = parts.find(each => each.name === name)
        const pointer = `${prefix}/${pointerStep(name)}`
        if (part === undefined) {
          mistakes.push(detail('values.unknown-field', { model, name, nearest: nearest(name, names) }, pointer))
        } else if (part.kind === 'field') row[part.field] = value
        else if (value === null) mistakes.push(detail('values.not-nullable', { name }, pointer))
        else if (!Array.isArray(value)) mistakes.push(detail('values.wrong-type', { expected: 'a list' }, pointer))
        else row[part.relation] = { setOrCreate: value.map((each: unknown) => ({ [part.field]: each })) }
      }
      return { row, mistakes, found: given !== null }
    },
    outward(pointer) {
      const [, inner = '', word, index] = pointer.split('/')
      const part = byInner.get(nameOfStep(inner))
      if (part === undefined) return pointer === '' ? prefix : `${prefix}${pointer}`
      const rest =
        part.kind === 'field'
          ? pointer.slice(inner.length + 1)
          : word === 'setOrCreate' && index !== undefined
            ? `/${index}`
            : ''
      return `${prefix}/${pointerStep(part.name)}${rest}`
    },
  }
}

function insideEnvelope(body: unknown, envelope: string | null, mistakes: ErrorDetail[]): object | null {
  if (!isObject(body)) {
    mistakes.push(detail('values.wrong-type', { expected: 'an object' }, ''))
    return null
  }
  if (envelope === null) return body
  for (const name of Object.keys(body)) {
    if (name === envelope) continue
    const parameters = { model: 'The body', name, nearest: envelope }
    mistakes.push(detail('values.unknown-field', parameters, `/${pointerStep(name)}`))
  }
  const inner: unknown = Object.hasOwn(body, envelope) ? Reflect.get(body, envelope) : undefined
  if (isObject(inner)) return inner
  mistakes.push(
    inner === undefined
      ? detail('values.required', { name: envelope }, `/${pointerStep(envelope)}`)
      : detail('values.wrong-type', { expected: 'an object' }, `/${pointerStep(envelope)}`),
  )
  return null
}

/**
 * The same error with its places in the words of the projection. `own` are mistakes that already are. Errors about the query have other
 * pointers and stay.
 */
export function inOutwardWords(error: unknown, input: ProjectionInput, own: readonly ErrorDetail[]): unknown {
  if (!(error instanceof PlinthError)) return error
  const { pointer, errors, cause } = error
  if (pointer === undefined && errors.length === 0) return error
  const outward = (place: string): string => (place === '' || place.startsWith('/') ? input.outward(place) : place)
  return new PlinthError(error.code, error.parameters, {
    ...(pointer === undefined ? {} : { pointer: outward(pointer) }),
    errors: errors.map(each => (own.includes(each) ? each : renamed(each, outward(each.pointer)))),
    ...(cause === undefined ? {} : { cause }),
    headers: error.headers,
  })
}

const lastOf = (pointer: string): string => nameOfStep(pointer.slice(pointer.lastIndexOf('/') + 1))

/** Messages name the field too. */
function renamed(mistake: ErrorDetail, pointer: string): ErrorDetail {
  const [from, to] = [lastOf(mistake.pointer), lastOf(pointer)]
  return { ...mistake, pointer, message: mistake.message.replaceAll(`"${from}"`, `"${to}"`) }
}
