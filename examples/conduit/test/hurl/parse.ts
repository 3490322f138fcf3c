// Parses the part of the Hurl format that the RealWorld suites are written in. Whatever else it meets is refused with its
// line, so that no request and no assert can be left out unnoticed. The format: https://hurl.dev/docs/grammar.html
import { LineReader, SuiteError } from './line.ts'
import { parseJsonPath } from './json-path.ts'
import {
  comparisons,
  tests,
  type Assert,
  type Capture,
  type Entry,
  type Header,
  type Query,
  type Suite,
} from './suite.ts'

type Lines = { readonly file: string; readonly texts: readonly string[]; next: number }

/** Parses the text of one file. */
export function parseSuite(file: string, text: string): Suite {
  const lines: Lines = { file, texts: text.split(/\r?\n/), next: 0 }
  const entries: Entry[] = []
  while (peek(lines) !== undefined) entries.push(parseEntry(lines))
  if (entries.length === 0) throw new SuiteError({ file, line: 1 }, 'there is no request in this suite')
  return { file, entries }
}

function parseEntry(lines: Lines): Entry {
  const requestLine = take(lines)
  const method = requestLine.take(/[A-Z]+(?=\s)/) ?? requestLine.refuse('a request is expected: a method and a URL')
  const line = lines.next
  const url = requestLine.take(/\S+/) ?? requestLine.refuse('a URL is expected')
  requestLine.end()
  if (/[^!-~]/u.test(url)) requestLine.refuse('a URL is expected in ASCII, the rest percent-encoded')
  const headers = takeHeaders(lines).map(({ name, value }) => ({ name, value }))
  const body = /^[{[]/.test(peek(lines) ?? '') && !section(lines) ? takeJson(lines) : undefined
  return { line, method, url, headers, body, ...parseResponse(lines) }
}

function parseResponse(lines: Lines): Pick<Entry, 'status' | 'responseHeaders' | 'captures' | 'asserts'> {
  const statusLine = take(lines)
  if (!statusLine.take(/HTTP(?=\s)/)) statusLine.refuse('`HTTP` and the expected status are expected')
  const status = statusLine.take(/\d{3}(?=\s|$)/) ?? statusLine.refuse('a status of three digits is expected')
  statusLine.end()
  const responseHeaders = takeHeaders(lines)
  const captures: Capture[] = []
  const asserts: Assert[] = []
  for (let name = section(lines); name !== undefined; name = section(lines)) {
    const header = take(lines)
    if (name !== 'Captures' && name !== 'Asserts') header.refuse(`the section [${name}] is not known here`)
    for (let text = peek(lines); text !== undefined && isSectionLine(text); text = peek(lines)) {
      if (name === 'Captures') captures.push(parseCapture(lines))
      else asserts.push(parseAssert(lines))
    }
  }
  const next = peek(lines)
  if (next !== undefined && !isRequest(next)) take(lines).refuse(`${next.trim()} is not known here`)
  return { status: Number(status), responseHeaders, captures, asserts }
}

function parseCapture(lines: Lines): Capture {
  const reader = take(lines)
  const variable =
    reader.take(/[A-Za-z_][\w-]*(?=\s*:)/) ?? reader.refuse('a capture is expected: a name, a colon, a query')
  reader.take(/:/)
  const query = parseQuery(reader)
  reader.end()
  return { line: lines.next, variable, query }
}

function parseAssert(lines: Lines): Assert {
  const reader = take(lines)
  const text = reader.rest
  const query = parseQuery(reader)
  const count = reader.take(/count(?=\s)/) !== undefined
  const not = reader.take(/not(?=\s)/) !== undefined
  const word = reader.take(/[A-Za-z]+(?=\s|$)|[=!<>]+/)
  const test = tests.find(name => name === word)
  const comparison = comparisons.find(name => name === word)
  if (!test && !comparison) reader.refuse(`the predicate ${word ?? reader.rest} is not known`)
  const predicate = comparison
    ? ({ kind: 'comparison', name: comparison, expected: reader.expected() } as const)
    : ({ kind: 'test', name: test ?? 'exists' } as const)
  reader.end()
  return { line: lines.next, text, query, count, not, predicate }
}

function parseQuery(reader: LineReader): Query {
  const kind = reader.take(/[A-Za-z]\w*(?=\s|$)/)
  if (kind === 'status') return { kind }
  if (kind === 'header') return { kind, name: reader.quoted() }
  if (kind !== 'jsonpath') return reader.refuse(`the query ${kind ?? reader.rest} is not known`)
  const path = reader.quoted()
  return { kind, path: parseJsonPath(path) ?? reader.refuse(`the JSONPath ${path} has more than names and numbers`) }
}

function takeHeaders(lines: Lines): (Header & { line: number })[] {
  const headers: (Header & { line: number })[] = []
  for (let text = peek(lines); text !== undefined; text = peek(lines)) {
    const [, name, value] = /^([\w-]+)\s*:\s*(.*)$/u.exec(text.trim()) ?? []
    if (name === undefined || value === undefined) break
    take(lines)
    headers.push({ name, value, line: lines.next })
  }
  return headers
}

/** A JSON body, up to the bracket that closes it; the brackets of `{{variable}}` come in pairs and do no harm. */
function takeJson(lines: Lines): string {
  const start = lines.next + 1
  let body = ''
  let depth = 0
  for (let text = lines.texts[lines.next]; text !== undefined; text = lines.texts[lines.next]) {
    lines.next += 1
    body += `${text}\n`
    for (const bracket of text.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '').match(/[{}[\]]/gu) ?? []) {
      depth += bracket === '{' || bracket === '[' ? 1 : -1
    }
    if (depth <= 0) return body.trim()
  }
  throw new SuiteError({ file: lines.file, line: start }, 'this body does not end')
}

/** The next line that says something, left where it is. */
function peek(lines: Lines): string | undefined {
  while (/^\s*(#.*)?$/u.test(lines.texts[lines.next] ?? 'end')) lines.next += 1
  return lines.texts[lines.next]
}

function take(lines: Lines): LineReader {
  const text = peek(lines)
  lines.next += 1
  return new LineReader({ file: lines.file, line: lines.next }, text ?? '')
}

function section(lines: Lines): string | undefined {
  return /^\s*\[([A-Za-z]+)\]\s*$/u.exec(peek(lines) ?? '')?.[1]
}

function isRequest(text: string): boolean {
  return /^\s*(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s/u.test(text)
}

function isSectionLine(text: string): boolean {
  return !isRequest(text) && !/^\s*\[/u.test(text)
}
