/** Collects what is wrong with a declaration, so that all of it is told at once. */
import { detail, type ErrorCode, type ErrorDetail, type ErrorParameters } from '../../error/index.ts'

export interface Mistakes {
  readonly found: readonly ErrorDetail[]
  /** `place` is the model and the field, joined to a JSON Pointer. */
  readonly add: <Code extends ErrorCode>(code: Code, parameters: ErrorParameters<Code>, place: readonly string[]) => void
  readonly addDetail: (found: ErrorDetail) => void
}

export function collectMistakes(): Mistakes {
  const found: ErrorDetail[] = []
  return {
    found,
    add: (code, parameters, place) => {
      found.push(detail(code, parameters, place.map(step => `/${step}`).join('')))
    },
    addDetail: mistake => {
      found.push(mistake)
    },
  }
}

/** One line per mistake, each with its hint. */
export function listMistakes(mistakes: readonly ErrorDetail[]): string {
  return mistakes
    .map(({ message, hint }) => `- ${message}${hint === undefined ? '' : ` ${hint}`}`)
    .join('\n')
}
