/** Collects what is wrong with a declaration, so that all of it is told at once. */
import {
  detail,
  type ErrorCode,
  type ErrorDetail,
  type ErrorParameters,
  PlinthError,
  refusal,
} from '../../error/index.ts'

export interface Mistakes {
  readonly found: readonly ErrorDetail[]
  /** `place` is the model and the field, joined to a JSON Pointer. */
  readonly add: <Code extends ErrorCode>(
    code: Code,
    parameters: ErrorParameters<Code>,
    place: readonly string[],
  ) => void
  /** Adds what was thrown; its message gets `subject` in front. */
  readonly addError: (error: PlinthError, subject: string, place: readonly string[]) => void
  /** Throws when something was found: `what` is the declaration, as in "The rules cannot be used". */
  readonly refuse: (what: string) => void
}

const pointerTo = (place: readonly string[]): string => place.map(step => `/${step}`).join('')

export function collectMistakes(): Mistakes {
  const found: ErrorDetail[] = []
  let first: PlinthError | undefined
  return {
    found,
    add: (code, parameters, place) => {
      first ??= refusal(code, parameters)
      found.push(detail(code, parameters, pointerTo(place)))
    },
    addError: (error, subject, place) => {
      first ??= error
      const { code, hint } = error
      const message = `${subject}: ${error.message}`
      found.push({ code, pointer: pointerTo(place), message, ...(hint === undefined ? {} : { hint }) })
    },
    refuse: what => {
      if (first === undefined) return
      // Mistakes of one sort keep their own code: it says more.
      if (found.every(({ code }) => code === first?.code))
        throw new PlinthError(first.code, first.parameters, { errors: found })
      throw refusal(
        'boot.declaration-invalid',
        { what, count: found.length, mistakes: listMistakes(found) },
        { errors: found },
      )
    },
  }
}

/** One line per mistake, each with its hint. */
export function listMistakes(mistakes: readonly ErrorDetail[]): string {
  return mistakes.map(({ message, hint }) => `- ${message}${hint === undefined ? '' : ` ${hint}`}`).join('\n')
}
