/** What updating one row means, by the fields that are set: worked out once for all changes that are alike. */
import type { ModelNode, Value } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'
import type { Selection } from '../query/index.ts'
import { touchesItself } from './defaults.ts'
import { byAnswer, KeptRequests } from './kept-requests.ts'
import { setsPart } from './whole-references.ts'

/** What the statement depends on besides the answer. */
export interface UpdateWords {
  readonly set: readonly string[]
  /** The fields and relations that the caller wrote, in alphabetical order. */
  readonly written: readonly string[]
  /** Whether the version goes up, and whether it has to be one that is given. */
  readonly version: boolean
  readonly ifVersion: boolean
}

type RequestOf = (answer: Selection | null) => UpdateRequest

/** A change of fields whose values do not depend on anything but what was given and the moment. */
export interface UpdateShape {
  /** The fields that the caller wrote, in alphabetical order. */
  readonly written: readonly string[]
  /** What is set in the end, in the order of the model. */
  readonly set: readonly string[]
  /** The same with the version, which counts up by itself. */
  readonly changed: readonly string[]
  /** Where the values of the given fields go in the steps of the write, and of those that get the moment. */
  readonly given: readonly { readonly field: string; readonly step: string }[]
  readonly moments: readonly string[]
  readonly updating: RequestOf
  /** If the row has a version that is given. */
  readonly updatingVersion: RequestOf
}

const requestsOf = new KeptRequests<RequestOf>()
const shapes = new KeptRequests<UpdateShape | 'none'>()

/** Null when nothing is set, when a slug follows what is set, or when what is set is part of a reference. */
export function updateShape(model: ModelNode, values: Readonly<Record<string, Value>>): UpdateShape | null {
  const given = Object.keys(values)
  const shape = shapes.of(model, given.join(' '), () => makeShape(model, given))
  return shape === 'none' ? null : shape
}

function makeShape(model: ModelNode, given: readonly string[]): UpdateShape | 'none' {
  const fields = Object.values(model.fields)
  if (given.length === 0 || fields.some(({ from }) => from !== null && given.includes(from))) return 'none'
  if (setsPart(model, given)) return 'none'
  const touched = fields.filter(field => !given.includes(field.name) && touchesItself(field)).map(({ name }) => name)
  const written = Object.freeze(given.toSorted())
  const set = Object.freeze(Object.keys(model.fields).filter(name => given.includes(name) || touched.includes(name)))
  const words = { set, written, version: true }
  return Object.freeze({
    written,
    set,
    changed: Object.freeze(changedFields(model, set)),
    given: given.map(field => ({ field, step: setStep(field) })),
    moments: touched.map(setStep),
    updating: requests(model, { ...words, ifVersion: false }),
    updatingVersion: requests(model, { ...words, ifVersion: true }),
  })
}

/** The fields that have other values when these have been set. */
export const changedFields = (model: ModelNode, set: readonly string[]): readonly string[] =>
  model.versionField === null ? set : [...set, model.versionField]

/** The name of what a field is set to among the steps of a write. */
export const setStep = (field: string): string => `set.${field}`

export function updateRequest(model: ModelNode, words: UpdateWords, answer: Selection | null): UpdateRequest {
  const { set, written, version, ifVersion } = words
  const text = `${version} ${ifVersion} ${set.join(' ')}, ${written.join(' ')}`
  return requestsOf.of(model, text, () => requests(model, words))(answer)
}

/** The request that is refused when updating is closed to the caller, whatever is set. */
export const openingUpdate = (model: ModelNode, written: readonly string[]): UpdateRequest =>
  updateRequest(model, { set: [], written, version: false, ifVersion: false }, null)

const requests = (model: ModelNode, { set, written, version, ifVersion }: UpdateWords): RequestOf =>
  byAnswer(answer =>
    Object.freeze({
      model: model.name,
      target: Object.freeze({ kind: 'key' }),
      set: Object.freeze([...set]),
      written: Object.freeze([...written]),
      version,
      ifVersion,
      rule: 'update',
      withDeleted: false,
      answer,
    }),
  )
