// The interpreter carries out what it knows, refuses what it does not, and lets no failing assert pass.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseSuite, runSuite, type SuiteResult } from './index.ts'

const answer = {
  text: 'say "hello"',
  empty: '',
  number: 3,
  half: 2.5,
  yes: true,
  nothing: null,
  list: [1, 'a', null],
  none: [],
  object: { name: 'x' },
  when: '2024-02-03T04:05:06.789Z',
  day: '2024-02-03',
}

type Received = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
const received: Received[] = []
let host = ''
// `/json` and whatever is not listed answers the object above; `/status/404` and `/cookie` answer as they are called.
const server = createServer((request, response) => {
  const { method = '', url = '', headers } = request
  void text(request).then(body => {
    received.push({ method, url, headers, body })
    const status = Number(/^\/status\/(\d+)/u.exec(url)?.[1] ?? 200)
    response.writeHead(status, {
      'X-One': 'one',
      'X-Two': ['one', 'two'],
      ...(url === '/cookie' && { 'Set-Cookie': 'a=b' }),
    })
    response.end(url === '/plain' ? 'no JSON' : status === 204 ? undefined : JSON.stringify(answer))
  })
})

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise<unknown>(resolve => server.close(resolve)))
beforeEach(() => void received.splice(0))

function run(suite: string, variables: Record<string, string> = {}): Promise<SuiteResult> {
  return runSuite(parseSuite('suite.hurl', suite), { host, ...variables })
}

/** The one failure, or nothing, of a single assert on the answer above. */
async function assert(line: string): Promise<string | undefined> {
  const { failures } = await run(`GET {{host}}/json\nHTTP 200\n[Asserts]\n${line}\n`)
  expect(failures.length).toBeLessThanOrEqual(1)
  return failures[0]
}

describe('asserts', () => {
  // Each row: an assert that holds, and one of the same kind that must fail.
  test.each([
    ['jsonpath "$.text" == "say \\"hello\\""', 'jsonpath "$.text" == "say hello"'],
    ['jsonpath "$.number" == 3', 'jsonpath "$.number" == 4'],
    ['jsonpath "$.number" == 3.0', 'jsonpath "$.number" == "3"'],
    ['jsonpath "$.yes" == true', 'jsonpath "$.yes" == false'],
    ['jsonpath "$.nothing" == null', 'jsonpath "$.missing" == null'],
    ['jsonpath "$.number" != 4', 'jsonpath "$.number" != 3'],
    ['jsonpath "$.nothing" != 3', 'jsonpath "$.missing" != 3'],
    ['jsonpath "$.missing" not == 3', 'jsonpath "$.number" not == 3'],
    ['jsonpath "$.half" > 2', 'jsonpath "$.half" > 2.5'],
    ['jsonpath "$.half" >= 2.5', 'jsonpath "$.half" >= 3'],
    ['jsonpath "$.half" < 3', 'jsonpath "$.half" < 2.5'],
    ['jsonpath "$.half" <= 2.5', 'jsonpath "$.half" <= 2'],
    ['jsonpath "$.number" not >= 4', 'jsonpath "$.text" >= 4'],
    ['jsonpath "$.day" > "2024"', 'jsonpath "$.number" not > "2024"'],
    ['jsonpath "$.list" contains "a"', 'jsonpath "$.list" contains "b"'],
    ['jsonpath "$.list" contains null', 'jsonpath "$.list" not contains 1'],
    ['jsonpath "$.text" contains "hello"', 'jsonpath "$.object" contains "name"'],
    ['jsonpath "$.text" startsWith "say"', 'jsonpath "$.text" startsWith "hello"'],
    ['jsonpath "$.day" endsWith "-03"', 'jsonpath "$.day" endsWith "-04"'],
    ['jsonpath "$.day" matches "^\\\\d{4}-\\\\d{2}-\\\\d{2}$"', 'jsonpath "$.text" matches "^\\\\d"'],
    ['jsonpath "$.nothing" exists', 'jsonpath "$.missing" exists'],
    ['jsonpath "$.missing" not exists', 'jsonpath "$.nothing" not exists'],
    ['jsonpath "$.list[3]" not exists', 'jsonpath "$.list[2]" not exists'],
    ['jsonpath "$.yes" isBoolean', 'jsonpath "$.nothing" isBoolean'],
    ['jsonpath "$.object" isCollection', 'jsonpath "$.text" isCollection'],
    ['jsonpath "$.none" isEmpty', 'jsonpath "$.list" isEmpty'],
    ['jsonpath "$.text" not isEmpty', 'jsonpath "$.empty" not isEmpty'],
    ['jsonpath "$.missing" not isEmpty', 'jsonpath "$.number" not isEmpty'],
    ['jsonpath "$.half" isFloat', 'jsonpath "$.number" isFloat'],
    ['jsonpath "$.number" isInteger', 'jsonpath "$.half" isInteger'],
    ['jsonpath "$.when" isIsoDate', 'jsonpath "$.day" isIsoDate'],
    ['jsonpath "$.list" isList', 'jsonpath "$.object" isList'],
    ['jsonpath "$.half" isNumber', 'jsonpath "$.text" isNumber'],
    ['jsonpath "$.object" isObject', 'jsonpath "$.list" isObject'],
    ['jsonpath "$.text" isString', 'jsonpath "$.nothing" isString'],
    ['jsonpath "$.list" count == 3', 'jsonpath "$.list" count == 2'],
    ['jsonpath "$.none" count == 0', 'jsonpath "$.missing" count == 0'],
    ['jsonpath "$.list" count not == 2', 'jsonpath "$.text" count not == 2'],
    ['jsonpath "$.list[1]" == "a"', 'jsonpath "$.list[0]" == "a"'],
    ['jsonpath "$[\'object\'].name" == "x"', 'jsonpath "$.object.toString" exists'],
    ['jsonpath "$.text" == "say \\"{{word}}\\""', 'jsonpath "$.text" == "{{word}}"'],
    ['status == 200', 'status == 201'],
    ['header "x-one" == "one"', 'header "x-one" == "two"'],
    ['header "x-two" contains "two"', 'header "x-two" contains "three"'],
    ['header "x-none" not exists', 'header "x-one" not exists'],
    ['jsonpath "$.yes" == true # why', 'jsonpath "$.yes" == false # why'],
  ])('%s holds, and %s fails', async (holds, fails) => {
    const suite = (line: string): string => `GET {{host}}/json\nHTTP 200\n[Asserts]\n${line}\n`
    expect((await run(suite(holds), { word: 'hello' })).failures).toEqual([])
    const { failures } = await run(suite(fails), { word: 'hello' })
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('suite.hurl:4: GET')
  })

  test('a failure names the line, the assert and what was found', async () => {
    expect(await assert('jsonpath "$.number" == 4')).toBe(
      `suite.hurl:4: GET ${host}/json: jsonpath "$.number" == 4: == 4 is expected, found 3`,
    )
  })

  test('all that fail are reported, and only those', async () => {
    const { failures, asserts } = await run(
      'GET {{host}}/json\nHTTP 200\nX-One: two\n[Asserts]\njsonpath "$.number" == 4\njsonpath "$.yes" == true\nstatus == 500\n',
    )
    expect(failures.map(failure => failure.slice(0, 13))).toEqual(['suite.hurl:3:', 'suite.hurl:5:', 'suite.hurl:7:'])
    expect(asserts).toBe(5)
  })

  test('another status fails, and so does a body that is no JSON', async () => {
    const wrong = await run('GET {{host}}/status/404\nHTTP 200\n[Asserts]\njsonpath "$.number" == 3\n')
    expect(wrong.failures).toHaveLength(1)
    expect(wrong.failures[0]).toContain('must answer 200, answered 404')
    const plain = await run('GET {{host}}/plain\nHTTP 200\n[Asserts]\njsonpath "$.number" not exists\n')
    expect(plain.failures).toHaveLength(1)
  })
})

describe('requests', () => {
  test('are sent as written, with variables filled in', async () => {
    const suite = `
# A comment
POST {{host}}/things?tag={{tag}}&limit=1
Authorization: Token {{token}}
{
  "text": "of {{tag}} } and \\"more\\"",
  "count": {{number}}
}
HTTP 200

DELETE {{host}}/things/1
HTTP 200
`
    const result = await run(suite, { tag: 'a"b', token: 'abc', number: '3' })
    expect(result).toMatchObject({ requests: 2, asserts: 2, failures: [], notSent: 0 })
    const [post, remove] = received
    expect(post).toMatchObject({ method: 'POST', url: '/things?tag=a%22b&limit=1' })
    expect(post?.headers).toMatchObject({
      authorization: 'Token abc',
      'content-type': 'application/json',
      accept: '*/*',
    })
    expect(JSON.parse(post?.body ?? '')).toEqual({ text: 'of a"b } and "more"', count: '3' })
    expect(remove).toMatchObject({ method: 'DELETE', url: '/things/1', body: '' })
    expect(remove?.headers).not.toHaveProperty('content-type')
    expect(remove?.headers).not.toHaveProperty('content-length')
  })

  test('captured values keep their type', async () => {
    const suite = `
GET {{host}}/json
HTTP 200
[Captures]
number: jsonpath "$.number"
text: jsonpath "$.text"
[Asserts]
jsonpath "$.number" == {{number}}
jsonpath "$.number" != "{{number}}"

POST {{host}}/json
{"number": {{number}}, "text": {{text}}, "both": "{{number}} {{text}}"}
HTTP 200
`
    expect((await run(suite)).failures).toEqual([])
    expect(JSON.parse(received[1]?.body ?? '')).toEqual({ number: 3, text: 'say "hello"', both: '3 say "hello"' })
  })

  test('end with the first that fails; the others are counted as not sent', async () => {
    const suite =
      'GET {{host}}/a\nHTTP 200\n\nGET {{host}}/b\nHTTP 201\n\nGET {{host}}/c\nHTTP 200\n\nGET {{host}}/d\nHTTP 200\n'
    expect(await run(suite)).toMatchObject({ requests: 2, notSent: 2 })
    expect(received.map(({ url }) => url)).toEqual(['/a', '/b'])
  })

  test.each([
    ['a variable that is not set', 'GET {{host}}/{{nobody}}\nHTTP 200\n', 'the variable nobody is not set'],
    ['a function', 'POST {{host}}/a\n{"id": "{{newUuid}}"}\nHTTP 200\n', 'the variable newUuid is not set'],
    [
      'nothing to capture',
      'GET {{host}}/json\nHTTP 200\n[Captures]\na: jsonpath "$.missing"\n',
      'nothing to capture as a',
    ],
    ['a list to capture', 'GET {{host}}/json\nHTTP 200\n[Captures]\na: jsonpath "$.list"\n', 'it is not one value'],
    ['a cookie', 'GET {{host}}/cookie\nHTTP 200\n', 'set a cookie'],
    ['a body that is no JSON', 'POST {{host}}/a\n{"a": nonsense}\nHTTP 200\n', 'nonsense'],
    ['no server', 'GET http://127.0.0.1:1/\nHTTP 200\n', 'ECONNREFUSED'],
  ])('fail for %s', async (_, suite, message) => {
    const { failures } = await run(suite)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain(message)
  })
})

describe('what is not known is refused with its line', () => {
  test.each([
    ['', 1, 'there is no request'],
    ['# only a comment\n', 1, 'there is no request'],
    ['GET {{host}}/a\n', 3, '`HTTP` and the expected status'],
    ['GET {{host}}/a\nGET {{host}}/b\nHTTP 200\n', 2, '`HTTP` and the expected status'],
    ['GET {{host}}/a\n[Options]\nskip: true\nHTTP 200\n', 2, '`HTTP` and the expected status'],
    ['GET {{host}}/a\n[QueryStringParams]\na: b\nHTTP 200\n', 2, '`HTTP` and the expected status'],
    ['POST {{host}}/a\n```\ntext\n```\nHTTP 200\n', 2, '`HTTP` and the expected status'],
    ['POST {{host}}/a\nfile,data.bin;\nHTTP 200\n', 2, '`HTTP` and the expected status'],
    ['POST {{host}}/a\n{"a": 1\nHTTP 200\n', 2, 'this body does not end'],
    ['GET {{host}}/a b\nHTTP 200\n', 1, 'b is not known here'],
    ['GET {{host}}/ä\nHTTP 200\n', 1, 'percent-encoded'],
    ['GET {{host}}/a\nHTTP *\n', 2, 'a status of three digits'],
    ['GET {{host}}/a\nHTTP 200\n{"a": 1}\n', 3, '{"a": 1} is not known here'],
    ['GET {{host}}/a\nHTTP 200\n[Cookies]\na: b\n', 3, 'the section [Cookies]'],
    ['GET {{host}}/a\nHTTP 200\n[Captures]\na jsonpath "$.a"\n', 4, 'a capture is expected'],
    ['GET {{host}}/a\nHTTP 200\n[Captures]\na: jsonpath "$.a" count\n', 4, 'count is not known here'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\nbody == "a"\n', 4, 'the query body'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a"\n', 4, 'the predicate'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" isUuid\n', 4, 'the predicate isUuid'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" nth 0 == 1\n', 4, 'the predicate nth'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" isString "b"\n', 4, '"b" is not known here'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" == b\n', 4, 'a value is expected'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" == "b\n', 4, 'text in double quotes'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a" == "\\u{1F600}"\n', 4, 'the escape \\u'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$.a[*]" count == 2\n', 4, 'the JSONPath $.a[*]'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "$..a" exists\n', 4, 'the JSONPath $..a'],
    ['GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath "a.b" exists\n', 4, 'the JSONPath a.b'],
  ])('%j', (suite, line, message) => {
    expect(() => parseSuite('suite.hurl', suite)).toThrow(`suite.hurl:${line}: `)
    expect(() => parseSuite('suite.hurl', suite)).toThrow(message)
  })
})
