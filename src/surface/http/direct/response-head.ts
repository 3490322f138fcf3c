/** The head of an answer as node:http would write it. */
import { STATUS_CODES, validateHeaderValue } from 'node:http'
import type { AnswerHeaders } from '../headers.ts'

export interface ResponseHead {
  readonly text: string
  /** The connection ends after this answer. */
  readonly closes: boolean
  /** RFC 9112 section 6.3: an answer of this status ends with its head, whatever the headers say. */
  readonly bodyless: boolean
}

/** `staying`: what a connection is told that is kept open. Throws when a value cannot be sent. */
export function responseHead(status: number, { own, common }: AnswerHeaders, staying: string): ResponseHead {
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new RangeError(`${status} is no status of an answer.`)
  }
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`
  let closes = false
  for (let index = 0; index < own.length; index += 2) {
    const name = own[index] ?? ''
    const value = own[index + 1] ?? ''
    if (!sendable.test(value)) validateHeaderValue(name, value)
    if (name === 'connection') closes ||= value === 'close'
    else text += `${name}: ${value}\r\n`
  }
  text += `${common.lines}Date: ${date()}\r\n${closes ? 'connection: close\r\n' : staying}\r\n`
  return { text, closes, bodyless: status === 204 || status === 304 }
}

/** Most values; what else may be in one is known to node:http. */
const sendable = /^[\x20-\x7e]*$/

let second = 0
let dateText = ''

/** RFC 9110 section 5.6.7: it has no parts of a second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    dateText = new Date(now * 1000).toUTCString()
  }
  return dateText
}
