/** Refusals as `application/problem+json` (RFC 9457). Only codes, parameters and texts of the catalogue leave the process. */
import type { ErrorCode, PlinthError } from '../../error/index.ts'
import { sentenceCase } from '../../lib/index.ts'
import type { IncomingRequest, PlainAnswer, PresentError } from '../contract/index.ts'

const problemType = 'application/problem+json'

/** The page of a code; where it is served is up to whoever assembles the server. */
export const defaultErrorBase = '/errors/'

/**
 * Makes the presenter of the house. `base` and the code make the problem's `type`: by default an absolute path, which every
 * deployment can resolve; an address like `https://api.example.com/errors/` when clients compare types across hosts.
 */
export function problemPresenter(base: string = defaultErrorBase): PresentError {
  return (error, request) => problemAnswer(error, request, base)
}

function problemAnswer(error: PlinthError, request: IncomingRequest, base: string): PlainAnswer {
  const problem = {
    type: `${base}${error.code}`,
    title: problemTitle(error.code),
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(error.parameters).length === 0 ? {} : { parameters: error.parameters }),
    ...(error.errors.length > 0 || error.pointer !== undefined ? { errors: details(error) } : {}),
    request: request.id,
  }
  return {
    status: error.status,
    type: problemType,
    body: JSON.stringify(problem),
    headers: { ...error.headers, 'Cache-Control': 'no-store' },
  }
}

/** More than anybody reads; a body may hold many thousand. */
const mostMistakes = 100

function details(error: PlinthError): readonly object[] {
  if (error.errors.length > 0) return error.errors.slice(0, mostMistakes)
  return [{ code: error.code, pointer: error.pointer, message: error.message }]
}

/** A short text for the kind of problem, the same each time: the last part of its code. */
export function problemTitle(code: ErrorCode): string {
  return sentenceCase(code.slice(code.indexOf('.') + 1))
}
