/** `plinth check`: what is wrong with the application, before it serves anyone. */
import type { CheckedFinding } from '../../app/index.ts'
import { asPlinthError } from '../../error/index.ts'
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { withProgress } from '../progress.ts'
import { applicationArgument, jsonOption } from '../shared-arguments.ts'

export const check = command({
  name: 'check',
  summary: 'Says what is wrong with the application',
  details: [
    'Loads the application without serving it and runs the checks of Plinth and of its extensions: models that nobody can reach,',
    'computed fields over rows that their readers cannot see, handlers without "allow", and every place where code acts for the',
    'system. Ends with code 1 when there are errors; with --strict also when there are warnings.',
  ].join('\n'),
  examples: [
    ['plinth check', 'everything'],
    ['plinth check --tag rules', 'only checks of rules'],
    ['plinth check --json | jq .findings', 'for other programs'],
  ],
  arguments: {
    app: applicationArgument,
    json: jsonOption,
    tag: { type: 'string', valueHint: 'name', description: 'Only checks with this tag; several with commas' },
    strict: { type: 'boolean', description: 'Warnings count as errors' },
  },
  async run(given) {
    const found = findApplication(given.app, process.cwd(), 'check')
    const tags = given.tag === undefined ? [] : given.tag.split(',')
    const { checkApplication } = await import('../../app/index.ts')
    const app = await loadApplication(found)
    const findings = await withProgress('Checking', () => checkApplication(app, { root: found.root, tags })).catch(
      broken,
    )
    process.stdout.write(`${given.json === true ? JSON.stringify({ findings }, null, 2) : print(findings)}\n`)
    const bad = findings.some(({ level }) => level === 'error' || (given.strict === true && level === 'warning'))
    return bad ? 1 : 0
  },
})

/** An application that cannot be put together is a finding too. */
function broken(thrown: unknown): readonly CheckedFinding[] {
  const error = asPlinthError(thrown)
  if (!error.code.startsWith('boot.')) throw thrown
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  return [{ check: error.code, level: 'error', message: error.message, ...hint }]
}

function print(findings: readonly CheckedFinding[]): string {
  // What is to be done about them is the same.
  const groups = Map.groupBy(findings, ({ level, check, hint }) => JSON.stringify([level, check, hint]))
  const lines = [...groups.values()].flatMap(group => [
    ...group.map(({ level, message, place }, index) => {
      const said = `${message}${place === undefined ? '' : ` (${place})`}`
      return `${(index === 0 ? level : '').padEnd(7)}  ${said}`
    }),
    ...group.slice(0, 1).flatMap(({ hint }) => (hint === undefined ? [] : [`         ${hint}`])),
    ...group.slice(0, 1).map(({ check }) => `         ${check}`),
  ])
  const count = (level: string, word: string): string => {
    const number = findings.filter(finding => finding.level === level).length
    return `${number} ${word}${number === 1 ? '' : 's'}`
  }
  return [...lines, `${count('error', 'error')}, ${count('warning', 'warning')}, ${count('note', 'note')}`].join('\n')
}
