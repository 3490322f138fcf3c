// Requests as bytes, a character each: plain ones, and everything that is odd about one.

/** The head of a request without a body. */
export const requestHead = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: x', ...headers, '', ''].join('\r\n')

const post = (body: string, ...headers: readonly string[]): string =>
  `${requestHead('POST /echo HTTP/1.1', 'Content-Type: application/json', ...headers)}${body}`

/** A request with a JSON body. */
export const posted = (body: string): string => post(body, `Content-Length: ${body.length}`)

const urls = [
  ...['/things', '/things?a=1&b=%20', '/things/5', '/things/special', '/things/5/parts/6', '/slow', '/broken', '/kept'],
  ...[
    '/things/a%2Fb',
    '/things/%73pecial',
    '/%74hings',
    '/things/',
    '/things//',
    '//things',
    '/Things',
    '/things/5/parts/',
  ],
  ...['/things#x', '/things?#x', '/:odd/a', '/things/:odd', '/things/;x=1', '/nothing', '/', 'things', '*', 'x:80'],
  ...['http://x/things?y', '/a"<>\\^`{|}', '/things/é', '/things?x= y'],
  ...[990, 1010].map(length => `/things?${'y'.repeat(length)}`),
]

const lines = [
  ...['HEAD /things', 'HEAD /kept', 'DELETE /things/5', 'OPTIONS /things', 'OPTIONS *', 'PUT /things'].map(
    line => `${line} HTTP/1.1`,
  ),
  ...['get /things HTTP/1.1', 'FOO /things HTTP/1.1', 'GET  /things HTTP/1.1'],
  ...['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/1.1 ', 'http/1.1', 'HTTP/1.10', ''].map(
    version => `GET /things ${version}`,
  ),
]

const headers = [
  ...['Accept: text/html', 'Accept:application/json', 'Accept: \t application/json \t ', 'Content-Type: text/plain'],
  ...['X:', 'X: ÿé\tz', '__proto__: a', 'constructor: a', 'X: a\r\n b', 'X: a\nY: b', 'X: a\rb', 'X: \0', 'X: \x7f'],
  ...['X : a', ' X: a', 'X Y: a', ': a', 'X', 'Ü: a', `X: ${'y'.repeat(2500)}`],
  ...['Host: y', 'Accept: a\r\nAccept: application/json', 'Cookie: a=1\r\nCookie: b=2'],
  ...['Expect: 100-continue', 'Expect: something', 'Upgrade: h2c', 'Upgrade: h2c\r\nConnection: Upgrade'],
  ...['keep-alive', 'Keep-Alive', 'close', 'keep-alive, close', 'x'].map(value => `Connection: ${value}`),
  ...['Proxy-Connection: close', 'TE: trailers', 'Trailer: x', 'Transfer-Encoding: identity'],
  ...['Content-Length: 0', 'Content-Length: 00', 'Content-Length:', 'Content-Length: 0\r\nContent-Length: 0'],
  ...[99, 101].map(count => Array.from({ length: count }, (_, index) => `a${index}: b`).join('\r\n')),
]

const notHttp = [
  ...['GET /things HTTP/1.1\r\n\r\n', 'GET /things HTTP/1.1\r\nHost:\r\n\r\n', 'GET /things\r\nHost: x\r\n\r\n'],
  ...[
    'GET /things HTTP/1.1\nHost: x\n\n',
    '\r\nGET /things HTTP/1.1\r\nHost: x\r\n\r\n',
    '\r\n\r\n',
    ' ',
    '\0',
    '\x16\x03\x01\x02',
  ],
]

const bodies = [
  ...['{"a":1}', '{"a":', '', '{}', '"é"', '{"__proto__":1}'].map(posted),
  ...['1', '+2', '0x2', '2, 2', ' 2 ', '99999999999999999999', '2\r\nContent-Length: 2', '2\r\nContent-Length: 1'].map(
    length => post('{}', `Content-Length: ${length}`),
  ),
  post('{}'),
  post('{}', 'Content-Length: 2', 'Transfer-Encoding: identity'),
  post('2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'),
  post('2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked', 'Content-Length: 2'),
  `${requestHead('PATCH /echo/a HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 2')}{}`,
]

export const oddRequests: readonly string[] = [
  ...urls.map(url => requestHead(`GET ${url} HTTP/1.1`)),
  ...lines.map(line => requestHead(line)),
  ...headers.map(header => requestHead('GET /things HTTP/1.1', header)),
  ...notHttp,
  ...bodies,
]

/** They are refused for what their head says. */
export const unreadBodies: readonly string[] = [
  posted(`"${'y'.repeat(200)}"`),
  post('{}', 'Content-Length: 2', 'Content-Encoding: gzip'),
  `${requestHead('PATCH /echo/a HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 52')}"${'y'.repeat(50)}"`,
  ...['GET /things', 'HEAD /things', 'DELETE /things/5'].map(
    line => `${requestHead(`${line} HTTP/1.1`, 'Content-Length: 2')}{}`,
  ),
]
