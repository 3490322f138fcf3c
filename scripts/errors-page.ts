// Writes docs/errors.md from the catalogue of errors: one row per code. A test compares the two.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalog, type CatalogEntry } from '../src/error/index.ts'

/** What the codes of a group have in common, by what stands before the dot. */
const groups: Readonly<Record<string, string>> = {
  request: 'What was asked cannot be understood, or cannot be done here.',
  rules: 'The caller may not do this.',
  identity: 'Who is calling cannot be told.',
  values: 'What was sent does not fit its field.',
  writes: 'The database refuses, or the row has moved on.',
  application: 'For code of the application to throw.',
  store: 'What the database cannot do, or does not do now.',
  server: 'HTTP itself, and what nobody foresaw.',
  transfer: 'Files of `plinth import` and `plinth export`, and seeds: these are told at the command line.',
  migrate: 'Writing and running migrations: these are told at the command line.',
  boot: 'The declaration: these stop an application from starting and never reach a client.',
}

const head = `# Errors

Every refusal has a code. Over HTTP it is \`application/problem+json\` (RFC 9457):

\`\`\`json
{
  "type": "/errors/request.unknown-field",
  "title": "Unknown field",
  "status": 400,
  "detail": "Article has no field \\"titel\\".",
  "code": "request.unknown-field",
  "hint": "Did you mean \\"title\\"?",
  "parameters": { "model": "Article", "name": "titel", "nearest": "title" },
  "request": "2zq0e3kq0xwkq-4f"
}
\`\`\`

- \`code\` is stable, and \`type\` is made from it: a path at which the server explains the code, or an address of your choice. Compare
  codes, not texts.
- \`errors\`, when there are several mistakes or one has a place, holds \`code\`, \`pointer\`, \`message\` and perhaps \`hint\` of each. A pointer
  is a JSON Pointer (RFC 6901) into the body, such as \`/tags/0/name\`, or \`?limit\` for a parameter of the query.
- \`parameters\` are the values in the texts below, for texts of your own.
- \`request\` is the id of the request, as the header \`X-Request-Id\` and the log have it. Causes, stacks and commands are in the log only.

The list is made from the catalogue by \`node scripts/errors-page.ts\`; a test compares them.
`

/** The page, as it should be. */
export function errorsPage(): string {
  const entries = Object.entries(catalog as Readonly<Record<string, CatalogEntry>>)
  const names = [...new Set(entries.map(([code]) => code.slice(0, code.indexOf('.'))))]
  const order = [
    ...Object.keys(groups).filter(name => names.includes(name)),
    ...names.filter(name => !(name in groups)),
  ]
  const sections = order.map(name => {
    const rows = entries.filter(([code]) => code.startsWith(`${name}.`)).map(([code, entry]) => row(code, entry))
    return `## ${name}\n\n${groups[name] ?? ''}\n\n| Code | Status | Message | What to do |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return [head, ...sections].join('\n')
}

function row(code: string, { status, message, hint = '' }: CatalogEntry): string {
  return `| \`${code}\` | ${status} | ${cell(message)} | ${cell(hint)} |`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')

export const errorsPagePath = join(import.meta.dirname, '../docs/errors.md')
export const writtenErrorsPage = (): string => readFileSync(errorsPagePath, 'utf8')

if (import.meta.main) writeFileSync(errorsPagePath, errorsPage())
