/** Errors that Fastify raises about a request, as ours. */
import { asPlinthError, PlinthError, refusal } from '../../error/index.ts'
import type { HttpLimits } from './limits.ts'

/** Null: an error of a mounted plugin about its own request, which it presents itself. */
export function fromFastify(thrown: unknown, limits: HttpLimits, contentType: string | undefined): PlinthError | null {
  if (thrown instanceof PlinthError) return thrown
  const { code, statusCode } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    code?: string
    statusCode?: number
  }
  switch (code) {
    case 'FST_ERR_BAD_URL':
      return refusal('server.malformed-request', { reason: 'the path has a broken percent-encoding' })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refusal('server.media-type-unsupported', {
        type: (contentType ?? '').slice(0, 60),
        types: 'application/json',
      })
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refusal('server.body-too-large', { limit: limits.bodyBytes })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return refusal('request.body-incomplete', { received: 'fewer or more', announced: 'other' })
    default:
      return statusCode !== undefined && statusCode < 500 ? null : asPlinthError(thrown)
  }
}
