// Checks answers against an OpenAPI document: the status is described, the body fits its schema, the headers are named.
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Told } from './blog.ts'

type Tree = { readonly [key: string]: Tree | undefined }

export interface Conformance {
  /** What is wrong with an answer, as sentences. */
  mistakesOf(method: string, url: string, told: Told): readonly string[]
}

/** Headers that HTTP and the server itself add to any answer. */
const common = new Set([
  ...[
    'content-type',
    'content-length',
    'date',
    'connection',
    'keep-alive',
    'allow',
    'accept-patch',
    'accept',
    'accept-encoding',
  ],
  ...['x-content-type-options', 'content-security-policy', 'referrer-policy', 'cross-origin-resource-policy'],
  ...['x-request-id', 'vary', 'cache-control', 'idempotent-replayed'],
])

export function conformance(document: object): Conformance {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'document')
  const tree = document as Tree

  const resolve = (node: Tree | undefined): { readonly at: string; readonly node: Tree } | undefined => {
    const reference = node?.['$ref'] as unknown
    if (typeof reference !== 'string') return node === undefined ? undefined : { at: '', node }
    return {
      at: reference,
      node:
        reference
          .slice(2)
          .split('/')
          .reduce<Tree | undefined>((at, step) => at?.[unescape(step)], tree) ?? {},
    }
  }

  function pathOf(url: string): string | undefined {
    const [path = ''] = url.split('?')
    const paths = Object.keys(tree['paths'] ?? {})
    if (paths.includes(path)) return path
    return paths.find(pattern => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
  }

  return {
    mistakesOf(method, url, told) {
      const path = pathOf(url)
      const operation = path === undefined ? undefined : tree['paths']?.[path]?.[method.toLowerCase()]
      if (path === undefined || operation === undefined)
        return told.status < 400 ? [`${method} ${url} is served but not described`] : []
      const responses = operation['responses'] ?? {}
      const status = String(told.status) in responses ? String(told.status) : 'default'
      if (status === 'default' && told.status < 400) return [`${method} ${url}: status ${told.status} is not described`]
      const pointer = `#/paths/${escape(path)}/${method.toLowerCase()}/responses/${status}`
      const found = resolve(responses[status])
      if (found === undefined) return [`${method} ${url}: status ${told.status} is not described`]
      const base = found.at === '' ? pointer : found.at
      return [...headerMistakes(found.node, told), ...bodyMistakes(found.node, base, told)].map(
        mistake => `${method} ${url} ${told.status}: ${mistake}`,
      )
    },
  }

  function headerMistakes(response: Tree, told: Told): readonly string[] {
    const named = new Set(Object.keys(response['headers'] ?? {}).map(name => name.toLowerCase()))
    return Object.keys(told.headers)
      .filter(name => !common.has(name) && !named.has(name))
      .map(name => `the header ${name} is not described`)
  }

  function bodyMistakes(response: Tree, base: string, told: Told): readonly string[] {
    const content = response['content']
    if (told.text === '') return content === undefined ? [] : ['a body is described, but none was sent']
    const type = (told.headers['content-type'] ?? '').split(';')[0] ?? ''
    if (content?.[type] === undefined) return [`a body of the type ${type} is not described`]
    const validate = ajv.getSchema(`document${base}/content/${escape(type)}/schema`)
    if (validate === undefined) return ['its schema cannot be found']
    return validate(told.json) === true
      ? []
      : [`the body does not fit: ${ajv.errorsText(validate.errors)} in ${told.text.slice(0, 300)}`]
  }
}

const escape = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~')
const unescape = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')
