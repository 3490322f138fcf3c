/** What updating one row means, by the fields that are set: worked out once for all changes that are alike. */
import type { ModelNode } from '../model/index.ts'
import type { UpdateRequest } from '../plan/index.ts'
import type { Selection } from '../query/index.ts'
import { byAnswer, KeptRequests } from './kept-requests.ts'

/** What the statement depends on besides the answer. */
export interface UpdateWords {
  readonly set: readonly string[]
  /** The fields and relations that the caller wrote, in alphabetical order. */
  readonly written: readonly string[]
  /** Whether the version goes up, and whether it has to be one that is given. */
  readonly version: boolean
  readonly ifVersion: boolean
}

const shapes = new KeptRequests<(answer: Selection | null) => UpdateRequest>()

export function updateRequest(model: ModelNode, words: UpdateWords, answer: Selection | null): UpdateRequest {
  const { set, written, version, ifVersion } = words
  const text = `${version} ${ifVersion} ${set.join(' ')}, ${written.join(' ')}`
  return shapes.of(model, text, () => requests(model, words))(answer)
}

/** The request that is refused when updating is closed to the caller, whatever is set. */
export const openingUpdate = (model: ModelNode, written: readonly string[]): UpdateRequest =>
  updateRequest(model, { set: [], written, version: false, ifVersion: false }, null)

const requests = (model: ModelNode, { set, written, version, ifVersion }: UpdateWords) =>
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
