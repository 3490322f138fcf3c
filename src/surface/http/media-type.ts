/** Which media types a request sends and takes: Content-Type (RFC 9110 section 8.3) and Accept (section 12.5.1). */
import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from '../../error/index.ts'

/** The media type without parameters, in lower case; the charset apart. Null when the header cannot be read. */
function readMediaType(header: string): { readonly type: string; readonly charset: string | null } | null {
  const [type = '', ...parameters] = header.split(';')
  const name = type.trim().toLowerCase()
  if (!/^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/.test(name)) return null
  let charset: string | null = null
  for (const parameter of parameters) {
    const match = /^\s*charset\s*=\s*"?([\w.-]+)"?\s*$/i.exec(parameter)
    if (match?.[1] !== undefined) charset = match[1].toLowerCase()
  }
  return { type: name, charset }
}

const encodingUnsupported = (encoding: string): Error =>
  refusal(
    'server.encoding-unsupported',
    { encoding: encoding.slice(0, 60) },
    { headers: { 'Accept-Encoding': 'identity' } },
  )

/** Refuses a body that is not of one of the types, or not in UTF-8, or compressed, be it for the way alone. */
export function requireMediaType(headers: IncomingHttpHeaders, allowed: readonly string[], method: string): void {
  const { 'content-type': contentType, 'content-encoding': encoding, 'transfer-encoding': transfer } = headers
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') throw encodingUnsupported(encoding)
  // node:http takes the pieces apart, and leaves other codings in (RFC 9112 section 6.1).
  if (transfer !== undefined && transfer.trim().toLowerCase() !== 'chunked') throw encodingUnsupported(transfer)
  // What nearly all clients send is decided without taking the header apart.
  if (contentType !== undefined && allowed.includes(contentType)) return
  const read = contentType === undefined ? null : readMediaType(contentType)
  const isKnown = read !== null && allowed.includes(read.type)
  if (isKnown && (read.charset === null || read.charset === 'utf-8' || read.charset === 'utf8')) return
  throw refusal(
    'server.media-type-unsupported',
    { type: (contentType ?? '').slice(0, 60), types: allowed.join(' or ') },
    // RFC 5789 section 2.2.
    { headers: { [method === 'PATCH' ? 'Accept-Patch' : 'Accept']: allowed.join(', ') } },
  )
}

/** Refuses a request that takes none of the types; where there are none, the answer has no body and suits everybody. Of parameters only `q` is looked at. */
export function requireAcceptable(accept: string | undefined, produced: readonly string[]): void {
  // What nearly all clients send is decided without taking the header apart.
  if (accept === undefined || accept === '' || accept === '*/*' || accept === produced[0]) return
  if (produced.length === 0) return
  const ranges = accept.split(',').map(readRange)
  if (produced.some(type => quality(type, ranges) > 0)) return
  throw refusal('server.not-acceptable', { types: produced.join(', ') })
}

interface MediaRange {
  readonly range: string
  readonly quality: number
}

function readRange(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';')
  for (const parameter of parameters) {
    const match = /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(parameter)
    if (match?.[1] !== undefined) return { range: range.trim().toLowerCase(), quality: Number(match[1]) }
  }
  return { range: range.trim().toLowerCase(), quality: 1 }
}

/** The most specific range decides. */
function quality(type: string, ranges: readonly MediaRange[]): number {
  for (const wanted of [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === wanted)
    if (found !== undefined) return found.quality
  }
  return 0
}
