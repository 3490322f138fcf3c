/**
 * Reads a request from what a connection has brought, when it is whole and plain. Whatever could be read in two ways, or is rare, gives null:
 * it is left to node:http, whose parser is the one that decides what HTTP is.
 */
import type { IncomingHttpHeaders } from 'node:http'

export interface DirectRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Empty when there is none. */
  readonly body: Buffer
}

/** The last headers of a connection: most clients send the same ones with each request. */
export interface RememberedHeaders {
  /** Null before there were any. */
  text: string | null
  headers: IncomingHttpHeaders
}

const endOfHead = '\r\n\r\n'
const endOfRequestLine = ' HTTP/1.1\r\n'

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** A path and a query of visible ASCII. What follows a "#" is for nobody here. */
const plainUrl = /^\/[!-"$-~]*$/
/** RFC 9110 sections 5.1 and 5.5: a token, and visible characters, spaces and tabs; bytes above ASCII are kept as they are. */
const plainHeader = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/
const plainLength = /^\d{1,10}$/

/** They say how bytes are to be read, or what is to become of the connection. */
const leftToNode: ReadonlySet<string> = new Set([
  'expect',
  'http2-settings',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const mostHeaders = 100

/** `headerBytes`: the most that a head may have. `remembered` is read, and written anew when other headers came. */
export function readRequest(chunk: Buffer, headerBytes: number, remembered: RememberedHeaders): DirectRequest | null {
  const text = chunk.toString('latin1', 0, Math.min(chunk.length, headerBytes))
  const headEnd = text.indexOf(endOfHead)
  if (headEnd === -1) return null
  const lineEnd = text.indexOf('\r\n')
  const urlEnd = lineEnd + 2 - endOfRequestLine.length
  const methodEnd = text.indexOf(' ')
  if (methodEnd >= urlEnd || !text.startsWith(endOfRequestLine, urlEnd)) return null
  const method = text.slice(0, methodEnd)
  const url = text.slice(methodEnd + 1, urlEnd)
  if (!methods.has(method) || !plainUrl.test(url)) return null

  const sent = text.slice(lineEnd + 2, headEnd)
  if (sent !== remembered.text) {
    // A part of a text keeps all of it alive, and this one is kept as long as the connection.
    const lines = Buffer.from(sent, 'latin1').toString('latin1')
    const headers = readHeaders(lines)
    if (headers === null) return null
    remembered.text = lines
    remembered.headers = headers
  }
  const { headers } = remembered
  const body = chunk.subarray(headEnd + endOfHead.length)
  return body.length === Number(headers['content-length'] ?? 0) ? { method, url, headers, body } : null
}

function readHeaders(text: string): IncomingHttpHeaders | null {
  const lines = text.split('\r\n')
  if (lines.length > mostHeaders) return null
  const headers = Object.create(null) as IncomingHttpHeaders
  for (const line of lines) {
    const match = plainHeader.exec(line)
    if (match === null) return null
    const name = (match[1] ?? '').toLowerCase()
    // What is to become of several of one name depends on the name.
    if (name in headers || leftToNode.has(name)) return null
    headers[name] = withoutSpaceAround(match[2] ?? '')
  }
  const { host, connection = 'keep-alive', 'content-length': length = '0' } = headers
  const plain = host !== undefined && connection.toLowerCase() === 'keep-alive' && plainLength.test(length)
  return plain ? headers : null
}

/** Of spaces and tabs alone (RFC 9110 section 5.5), in one pass: an expression that looks for them at an end tries anew at each one. */
function withoutSpaceAround(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && isSpace(text.charCodeAt(begin))) begin++
  while (end > begin && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(begin, end)
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09
