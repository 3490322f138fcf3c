// What the yardstick "dutiful" accepts: every part of a request is checked, and the unknown is refused by name.

import { articleFields, listFields, nestedFields } from '../rows.ts'
import { readPageToken } from '../shape.ts'

/** A request that is refused: the status and what a client is told. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  /** JSON Pointer or parameter that is wrong. */
  readonly where: string | undefined

  constructor(status: number, code: string, message: string, where?: string) {
    super(message)
    this.status = status
    this.code = code
    this.where = where
  }
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const timePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** The two selections that the list serves. */
const selections = new Map<string, 'list' | 'nested'>([
  [listFields, 'list'],
  [nestedFields, 'nested'],
])

/** A valid query of the list. */
export interface ListQuery {
  /** Where the page starts: after this time and id in the order; an empty id stands for all of that time. */
  readonly time: string
  readonly id: string
  readonly limit: number
  readonly selection: 'list' | 'nested'
}

/** Reads the query of a list, refusing what it does not know. */
export function readListQuery(query: string): ListQuery {
  let before: string | undefined
  let place: [time: string, id: string] | undefined
  let limit = 20
  let selection: 'list' | 'nested' | undefined = 'list'
  const seen = new Set<string>()
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const name = decode(part.slice(0, equals))
    const value = decode(part.slice(equals + 1))
    if (seen.has(name)) throw new Refusal(400, 'repeated-parameter', `The parameter ${name} is given twice.`, name)
    seen.add(name)
    if (name === 'createdAt[lt]') {
      if (!isTime(value)) throw new Refusal(400, 'invalid-parameter', 'Expected a time in UTC.', name)
      before = value
    } else if (name === 'after') {
      place = readPageToken(value)
      if (place === undefined || !isTime(place[0]) || !uuidPattern.test(place[1])) {
        throw new Refusal(400, 'invalid-parameter', 'Expected a token from a page.', name)
      }
    } else if (name === 'limit') {
      if (!/^[1-9]\d{0,2}$/.test(value) || Number(value) > 100) {
        throw new Refusal(400, 'invalid-parameter', 'Expected an integer from 1 to 100.', name)
      }
      limit = Number(value)
    } else if (name === 'sort') {
      if (value !== '-createdAt') throw new Refusal(400, 'invalid-parameter', 'Expected -createdAt.', name)
    } else if (name === 'select') {
      selection = selections.get(value)
      if (selection === undefined) throw new Refusal(400, 'invalid-parameter', 'Unknown selection.', name)
    } else {
      throw new Refusal(400, 'unknown-parameter', `There is no parameter ${name}.`, name)
    }
  }
  if (before === undefined) throw new Refusal(400, 'missing-parameter', 'Expected createdAt[lt].', 'createdAt[lt]')
  const [time, id] = place !== undefined && place[0] < before ? place : [before, '']
  return { time, id, limit, selection }
}

/** Reads the query of a request for one article. */
export function readItemQuery(query: string): void {
  if (query === '') return
  const equals = query.indexOf('=')
  const name = decode(query.slice(0, equals))
  if (name !== 'select') throw new Refusal(400, 'unknown-parameter', `There is no parameter ${name}.`, name)
  if (decode(query.slice(equals + 1)) !== articleFields) {
    throw new Refusal(400, 'invalid-parameter', 'Unknown selection.', name)
  }
}

/** Reads an id from a path. What cannot be an id names nothing. */
export function readId(text: string): string {
  const id = decode(text)
  if (!uuidPattern.test(id)) throw new Refusal(404, 'not-found', 'There is no such article.')
  return id
}

/** A valid body of a create. */
export interface NewArticle {
  readonly title: string
  readonly slug: string
  readonly body: string
  readonly state: 'draft' | 'published'
  readonly featured: boolean
  readonly authorId: string
}

/** Reads the body of a create. */
export function readNewArticle(text: string): NewArticle {
  const input = readObject(text)
  refuseUnknown(input, ['title', 'slug', 'body', 'state', 'featured', 'authorId'])
  const state = input['state'] ?? 'draft'
  if (state !== 'draft' && state !== 'published') throw invalid('/state', 'Expected "draft" or "published".')
  const featured = input['featured'] ?? false
  if (typeof featured !== 'boolean') throw invalid('/featured', 'Expected true or false.')
  const authorId = input['authorId']
  if (typeof authorId !== 'string' || !uuidPattern.test(authorId)) throw invalid('/authorId', 'Expected an id.')
  const slug = readText(input['slug'], '/slug', 1, 200)
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(slug)) throw invalid('/slug', 'Expected lower-case words joined by hyphens.')
  const title = readText(input['title'], '/title', 1, 200)
  return { title, slug, body: readText(input['body'], '/body', 0, 100_000), state, featured, authorId }
}

/** Reads the body of an update. */
export function readArticleChange(text: string): { readonly title: string } {
  const input = readObject(text)
  refuseUnknown(input, ['title'])
  return { title: readText(input['title'], '/title', 1, 200) }
}

function readObject(text: string): Record<string, unknown> {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'invalid-json', 'The body is not JSON.')
  }
  if (!isRecord(input)) throw invalid('', 'Expected an object.')
  return input
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseUnknown(input: Record<string, unknown>, known: readonly string[]): void {
  for (const name of Object.keys(input)) if (!known.includes(name)) throw invalid(`/${name}`, 'There is no such field.')
}

function readText(value: unknown, where: string, minimum: number, maximum: number): string {
  if (typeof value !== 'string') throw invalid(where, 'Expected a text.')
  if (value.includes('\u0000') || !value.isWellFormed()) throw invalid(where, 'Expected text without U+0000.')
  // Length counts code points; a text short enough in UTF-16 units needs no count of its upper bound.
  const length = value.length <= maximum && value.length >= minimum * 2 ? value.length : Array.from(value).length
  if (length < minimum || length > maximum) {
    throw invalid(where, `Expected ${minimum} to ${maximum} characters.`)
  }
  return value
}

function isTime(value: string): boolean {
  // The pattern lets 30 February through, which Date turns into March.
  return timePattern.test(value) && new Date(value).toISOString() === value
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Refusal(400, 'invalid-encoding', 'A percent sign is not followed by two hexadecimal digits.')
  }
}

function invalid(where: string, message: string): Refusal {
  return new Refusal(422, 'invalid-body', message, where)
}
