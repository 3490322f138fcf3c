// Shows an OpenAPI document: models, operations, parameters, schemas, and a form that sends requests. Text only ever becomes text nodes.

const main = document.getElementById('main')
const contents = document.getElementById('contents')
const token = document.getElementById('token')
const methods = ['get', 'post', 'patch', 'put', 'delete']
let description

/** Makes an element; `content` is text, elements, or both. */
function make(name, properties = {}, ...content) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (value !== undefined && value !== null) element.setAttribute(key, value)
  }
  element.append(...content.filter(part => part !== null && part !== undefined))
  return element
}

/** Follows a `$ref` inside the document. */
function resolve(node) {
  if (!node || !node.$ref) return node ?? {}
  const steps = node.$ref.slice(2).split('/')
  return resolve(steps.reduce((at, step) => at?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], description))
}

const nameOf = node => (node?.$ref ? node.$ref.slice(node.$ref.lastIndexOf('/') + 1) : null)

/** A schema in a few words. */
function inWords(schema, depth = 0) {
  if (schema === true || !schema || Object.keys(schema).length === 0) return 'anything'
  const name = nameOf(schema)
  if (name !== null) return name
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map(choice => inWords(choice, depth + 1)))].join(' or ')
  const types = [schema.type].flat().filter(Boolean)
  const parts = types.map(type => {
    if (type === 'array' && schema.items) return `list of ${inWords(schema.items, depth + 1)}`
    if (type === 'array' && schema.prefixItems)
      return schema.prefixItems.map(item => inWords(item, depth + 1)).join(', ')
    if (type === 'object' && schema.properties && depth < 3) return propertiesInWords(schema, depth)
    return schema.format && type === 'string' ? `${type} (${schema.format})` : type
  })
  return parts.join(' or ') || 'anything'
}

/** `{ name: string, size?: integer }` */
function propertiesInWords({ properties, required = [] }, depth) {
  const parts = Object.entries(properties).map(
    ([name, property]) => `${name}${required.includes(name) ? '' : '?'}: ${inWords(property, depth + 1)}`,
  )
  return parts.length === 0 ? 'object' : `{ ${parts.join(', ')} }`
}

/** Bounds of a schema in a few words. */
function limits(schema) {
  const rows = [
    ['minimum', 'at least'],
    ['maximum', 'at most'],
    ['minLength', 'characters at least'],
    ['maxLength', 'characters at most'],
    ['minItems', 'entries at least'],
    ['maxItems', 'entries at most'],
    ['default', 'default'],
  ]
  return rows
    .filter(([word]) => schema?.[word] !== undefined && schema[word] !== 0)
    .map(([word, text]) => `${text} ${JSON.stringify(schema[word])}`)
    .join(', ')
}

const table = (heads, rows) =>
  make(
    'div',
    // What is wider than the screen is scrolled with the keyboard, too.
    { class: 'scroll', tabindex: '0' },
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...heads.map(head => make('th', { scope: 'col' }, head)))),
      make('tbody', {}, ...rows.map(cells => make('tr', {}, ...cells.map(cell => make('td', {}, cell))))),
    ),
  )

/** Text with `code` in it. */
const prose = text =>
  make('p', {}, ...text.split('`').map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part)))

function about(text, more) {
  const box = make('div')
  if (text) box.append(prose(text))
  if (more) box.append(make('p', { class: 'soft' }, more))
  return box
}

function schemaTable(schema) {
  const { properties = {}, required = [] } = resolve(schema)
  const rows = Object.entries(properties).map(([name, property]) => {
    const notes = [
      required.includes(name) ? 'required' : null,
      property.readOnly ? 'set by the server' : null,
      property.writeOnly ? 'never shown' : null,
      property.deprecated ? 'deprecated' : null,
      limits(property) || null,
    ]
    return [make('code', {}, name), inWords(property), about(property.description, notes.filter(Boolean).join(', '))]
  })
  return table(['Name', 'Type', 'Notes'], rows)
}

/** The forms of conditions: properties, and names that patterns describe. */
function filterTable(schema) {
  const filter = resolve(schema)
  const plain = Object.entries(filter.properties ?? {}).map(([name, property]) => [
    make('code', {}, name),
    inWords(property),
  ])
  const patterns = Object.entries(filter.patternProperties ?? {}).map(([pattern, property]) => [
    make('code', {}, readable(pattern)),
    inWords(property),
  ])
  return make(
    'details',
    {},
    make('summary', {}, `${plain.length + patterns.length} forms of conditions`),
    table(['Name', 'Value'], [...plain, ...patterns]),
  )
}

/** A regular expression of names as people write alternatives. */
const readable = pattern =>
  pattern
    .slice(1, -1)
    .replaceAll('(?:', '(')
    .replaceAll(/\\([[\].])/g, '$1')
    .replaceAll('|', ' | ')

function parametersTable(parameters) {
  const rows = parameters.map(parameter => {
    const isFilter = parameter.name === 'filter' && parameter.style === 'form' && parameter.explode === true
    const json = parameter.content?.['application/json']
    const { schema } = json ?? parameter
    return [
      make('code', {}, isFilter ? 'name[operator]' : parameter.name),
      make('span', { class: 'soft' }, parameter.in),
      isFilter ? filterTable(schema) : `${inWords(schema).slice(0, 400)}${json === undefined ? '' : ' as JSON'}`,
      about(parameter.description, [parameter.required ? 'required' : '', limits(schema)].filter(Boolean).join(', ')),
    ]
  })
  return table(['Name', 'In', 'Type', 'Notes'], rows)
}

function answersTable(answers) {
  const rows = Object.entries(answers).map(([status, reference]) => {
    const answer = resolve(reference)
    const [[type, media] = []] = Object.entries(answer.content ?? {})
    return [make('code', {}, status), answer.description ?? '', type ? `${type}: ${inWords(media.schema)}` : 'no body']
  })
  return table(['Status', 'Meaning', 'Body'], rows)
}

/** An example of a schema's value, as a start for typing. */
function example(schema, depth = 0) {
  const node = resolve(schema)
  if (node.default !== undefined) return node.default
  if (node.enum) return node.enum[0]
  if (node.anyOf ?? node.oneOf) return example((node.anyOf ?? node.oneOf)[0], depth)
  const type = [node.type].flat()[0]
  if (type === 'object') {
    const wanted = (node.required ?? []).concat((node.allOf ?? []).flatMap(part => part.oneOf?.[0]?.required ?? []))
    if (depth > 2) return {}
    return Object.fromEntries(wanted.map(name => [name, example(node.properties?.[name] ?? {}, depth + 1)]))
  }
  if (type === 'array') return []
  if (type === 'integer' || type === 'number') return node.minimum > 0 ? node.minimum : 0
  if (type === 'boolean') return false
  return type === 'string' ? '' : null
}

/** The form that sends a request. */
function tryIt(path, method, operation, parameters) {
  const inputs = new Map()
  const form = make('form', { class: 'try' })
  for (const parameter of parameters) {
    const isFilter = parameter.name === 'filter'
    const id = `${operation.operationId} ${parameter.in} ${parameter.name}`.replaceAll(' ', '-')
    const input = make('input', {
      id,
      name: parameter.name,
      placeholder: isFilter ? 'state=draft&price[gt]=10' : '',
      required: parameter.in === 'path' ? '' : null,
      spellcheck: 'false',
      autocomplete: 'off',
    })
    inputs.set(parameter, input)
    form.append(make('label', { for: id }, isFilter ? 'conditions' : parameter.name), input)
  }
  const media = operation.requestBody ? Object.entries(operation.requestBody.content)[0] : null
  const body = media
    ? make('textarea', { class: 'wide', id: `${operation.operationId}-body`, spellcheck: 'false' })
    : null
  if (body) {
    body.value = JSON.stringify(example(media[1].schema), null, 2)
    form.append(make('label', { class: 'wide', for: body.id }, `Body, ${media[0]}`), body)
  }
  const output = make('div', { class: 'wide', 'aria-live': 'polite' })
  form.append(make('div', { class: 'wide' }, make('button', { type: 'submit' }, 'Send')), output)
  form.addEventListener('submit', event => {
    event.preventDefault()
    send(path, method, inputs, media?.[0], body?.value, output)
  })
  return form
}

function request(path, inputs) {
  let url = path
  const query = []
  const headers = {}
  for (const [parameter, { value }] of inputs) {
    if (value === '') continue
    if (parameter.in === 'path')
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(value).replaceAll('%2C', ','))
    else if (parameter.in === 'header') headers[parameter.name] = value
    // Conditions are typed as they stand in a URL.
    else if (parameter.name === 'filter') query.push(encodeURI(value).replaceAll('#', '%23'))
    else query.push(`${encodeURIComponent(parameter.name)}=${encodeURIComponent(value).replaceAll('%2C', ',')}`)
  }
  return { url: query.length === 0 ? url : `${url}?${query.join('&')}`, headers }
}

async function send(path, method, inputs, type, body, output) {
  const { url, headers } = request(path, inputs)
  if (token.value !== '') headers.Authorization = `${scheme()} ${token.value}`
  if (type) headers['Content-Type'] = type
  output.replaceChildren(make('p', { class: 'soft' }, 'Waiting…'))
  const begun = performance.now()
  try {
    const answer = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      body: type ? body : undefined,
      cache: 'no-store',
    })
    const text = await answer.text()
    const took = Math.round(performance.now() - begun)
    const sent = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    output.replaceChildren(
      make('p', { class: answer.ok ? 'get' : 'bad' }, `${answer.status} ${answer.statusText} in ${took} ms`),
      make('pre', {}, `${method.toUpperCase()} ${url}\n\n${sent}`),
      make('pre', {}, pretty(text)),
    )
  } catch (error) {
    output.replaceChildren(make('p', { class: 'bad' }, `No answer: ${error.message}`))
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The word before the token. */
function scheme() {
  const { credential = {} } = description.components?.securitySchemes ?? {}
  return credential.type === 'http' ? 'Bearer' : (/^`([^`]+)`/.exec(credential.description ?? '')?.[1] ?? 'Bearer')
}

function operationElement(path, method, operation) {
  const parameters = (operation.parameters ?? []).map(resolve)
  const needsCaller = !(operation.security ?? []).some(choice => Object.keys(choice).length === 0)
  const inside = make('div')
  const details = make(
    'details',
    { class: 'operation', id: operation.operationId },
    make(
      'summary',
      {},
      make('span', { class: `method ${method}` }, method.toUpperCase()),
      make('code', {}, path),
      make(
        'span',
        { class: 'soft' },
        `${operation.summary ?? ''}${needsCaller ? ' · signed in' : ''}${operation.deprecated ? ' · deprecated' : ''}`,
      ),
    ),
    inside,
  )
  // The content is made when somebody looks: a large API has thousands of rows.
  details.addEventListener('toggle', () => {
    if (!details.open || inside.childElementCount > 0) return
    if (operation.description) inside.append(prose(operation.description))
    if (parameters.length > 0) inside.append(make('h3', {}, 'Parameters'), parametersTable(parameters))
    const bodies = Object.entries(operation.requestBody?.content ?? {})
    if (bodies.length > 0) inside.append(make('h3', {}, 'Body'), ...bodyTables(bodies))
    inside.append(make('h3', {}, 'Answers'), answersTable(operation.responses ?? {}))
    inside.append(make('h3', {}, 'Try it'), tryIt(path, method, operation, parameters))
  })
  return details
}

function bodyTables(bodies) {
  const [[, { schema }]] = bodies
  const types = make('p', { class: 'soft' }, bodies.map(([type]) => type).join(' or '))
  const row = schema.anyOf ? schema.anyOf[0] : schema
  return [types, make('p', {}, inWords(schema)), schemaTable(row)]
}

function show() {
  document.title = `${description.info.title} reference`
  document.querySelector('h1').textContent = `${description.info.title} ${description.info.version}`
  main.replaceChildren()
  if (description.info.description) main.append(prose(description.info.description))
  for (const tag of description.tags ?? []) {
    const operations = Object.entries(description.paths).flatMap(([path, item]) =>
      methods.filter(method => item[method]?.tags?.includes(tag.name)).map(method => [path, method, item[method]]),
    )
    const links = make('ul')
    main.append(make('h2', { id: tag.name }, tag.name), prose(tag.description ?? ''))
    const schema = description.components?.schemas?.[tag.name]
    if (schema) main.append(make('details', {}, make('summary', {}, 'Fields'), schemaTable(schema)))
    for (const [path, method, operation] of operations) {
      main.append(operationElement(path, method, operation))
      const link = make(
        'a',
        { href: `#${operation.operationId}` },
        make('span', { class: `method ${method}` }, `${method.toUpperCase()} `),
        operation.summary ?? path,
      )
      links.append(
        make('li', { 'data-words': `${method} ${path} ${operation.summary} ${tag.name}`.toLowerCase() }, link),
      )
    }
    contents.append(make('li', {}, make('a', { href: `#${tag.name}` }, tag.name), links))
  }
  open()
}

/** Opens the operation that the address names. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target?.tagName === 'DETAILS') target.open = true
  target?.scrollIntoView()
}

document.getElementById('search').addEventListener('input', event => {
  const words = event.target.value.toLowerCase().split(/\s+/)
  for (const group of contents.children) {
    const items = [...group.querySelectorAll('li')]
    for (const item of items) item.hidden = !words.every(word => item.dataset.words.includes(word))
    group.hidden = items.length > 0 && items.every(item => item.hidden)
  }
})
window.addEventListener('hashchange', open)

try {
  const answer = await fetch(document.documentElement.dataset.document)
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  description = await answer.json()
  show()
} catch (error) {
  main.replaceChildren(make('p', { class: 'bad' }, `The document cannot be loaded: ${error.message}`))
}
