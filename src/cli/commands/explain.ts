/** `plinth explain`: what a request would do. */
import type { Explained } from '../../app/index.ts'
import { PlinthError } from '../../error/index.ts'
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { printPlan } from '../print-plan.ts'
import { withProgress } from '../progress.ts'
import { applicationOption, jsonOption } from '../shared-arguments.ts'

export const explain = command({
  name: 'explain',
  summary: 'Shows what a request does: plan, SQL and query plan',
  details: [
    'Runs the request in this process against the database of DATABASE_URL, for an anonymous caller or for the one of --as, and',
    'prints for each read the plan with the rules inside it, the command of the store, and how the database carries it out.',
    'Only reads are explained: GET and HEAD.',
  ].join('\n'),
  examples: [
    ['plinth explain "GET /api/articles?sort=-createdAt"', 'as anonymous'],
    ['plinth explain "/api/articles?limit=5" --as 0190f3d2-…', 'as the caller with this key'],
    ['plinth explain "/api/articles" --json', 'for other programs'],
  ],
  arguments: {
    request: {
      type: 'positional',
      required: true,
      description: 'Method and path with query; GET when there is only a path',
      valueHint: 'GET /api/…',
    },
    as: {
      type: 'string',
      valueHint: 'key',
      description: 'The key of the caller\'s row, or "anonymous"',
      default: 'anonymous',
    },
    app: applicationOption,
    json: jsonOption,
  },
  async run(given) {
    const request = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(given.request.trim())
    const method = (request?.[1] ?? 'GET').toUpperCase()
    const url = request?.[2]
    if (url === undefined) {
      process.stderr.write(`"${given.request}" is no request; write it like "GET /api/articles?limit=5".\n`)
      return 2
    }
    if (method !== 'GET' && method !== 'HEAD') {
      process.stderr.write(`${method} would change something; only GET and HEAD are explained.\n`)
      return 2
    }
    const found = findApplication(given.app, process.cwd(), 'explain')
    const { explainRequest } = await import('../../app/index.ts')
    const app = await loadApplication(found)
    const as = given.as === 'anonymous' ? null : given.as
    const explained = await withProgress('Explaining', () =>
      explainRequest(app, { root: found.root, environment: process.env, method, url, as }),
    ).catch((error: unknown) => {
      if (as !== null && error instanceof PlinthError && error.code === 'identity.caller-unknown') return null
      throw error
    })
    if (explained === null) {
      const { caller } = app.options.schema.graph
      const why = caller === null ? 'the schema names no caller' : `no row of ${caller} has this key`
      process.stderr.write(`--as ${given.as} names nobody: ${why}.\n`)
      return 1
    }
    process.stdout.write(
      `${given.json === true ? JSON.stringify(explained, null, 2) : print(method, url, explained)}\n`,
    )
    return explained.status < 500 ? 0 : 1
  },
})

function print(method: string, url: string, { caller, status, problem, steps }: Explained): string {
  const who =
    caller.class === 'signedIn'
      ? `${caller.key.map(part => JSON.stringify(part)).join(',')} ${JSON.stringify(caller.attributes)}`
      : caller.class
  const refused = problem === null ? [] : [`${problem.code}: ${problem.detail} ${problem.hint ?? ''}`.trimEnd()]
  const parts = steps.flatMap(({ plan, limit, command, explained }) => [
    '',
    printPlan(plan, limit),
    '',
    indent(command),
    '',
    indent(explained),
  ])
  return [`${method} ${url} as ${who}: ${status}`, ...refused, ...parts].join('\n')
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')
