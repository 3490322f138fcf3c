/** The files of an application that takes a database over. */
import { kebabCase } from '../../lib/index.ts'
import type { ModelDeclaration } from './declaration.ts'
import { printModel, quoted } from './print-model.ts'

export interface ProjectFacts {
  /** What the application is called. */
  readonly name: string
  /** The version of Plinth that is running. */
  readonly version: string
  /** The driver of the database: its package and version; null where Node has it. */
  readonly driver: readonly [string, string] | null
}

/** By path: what a later pull brings up to date. */
export function pulledFiles(models: readonly ModelDeclaration[]): ReadonlyMap<string, string> {
  const files = models.map((model): [string, string] => [pathOf(model), printModel(model)])
  return new Map([...files, ['src/schema.ts', schemaFile(models)]])
}

export const pathOf = (model: ModelDeclaration): string => `src/models/${fileOf(model)}`

const fileOf = ({ name }: ModelDeclaration): string => `${kebabCase(name)}.ts`

function schemaFile(models: readonly ModelDeclaration[]): string {
  return [
    "import { defineSchema } from 'plinth'\n",
    ...models.map(model => `import { ${model.name} } from './models/${fileOf(model)}'\n`),
    '\nexport const schema = defineSchema({\n',
    ...models.map(({ name }) => `  ${name},\n`),
    '})\n',
  ].join('')
}

/** What is written where there is nothing yet, and never again. */
export function firstFiles(models: readonly ModelDeclaration[], facts: ProjectFacts): ReadonlyMap<string, string> {
  const [first] = models.filter(({ options }) => options['view'] !== true)
  return new Map([
    ['src/rules.ts', rulesFile(first?.name ?? 'Article')],
    ['src/app.ts', appFile(facts.name)],
    ['package.json', packageFile(facts)],
  ])
}

const rulesFile = (model: string): string => `import { defineRules } from 'plinth'
import { schema } from './schema.ts'

/**
 * Who may do what. A model that is not named here can be reached by nobody. This opens one for reading, with \`everyone\` from 'plinth':
 *
 *   ${model}: () => ({ read: everyone }),
 */
export const rules = defineRules(schema, {})
`

const appFile = (name: string): string => `import { createApp } from 'plinth'
import { rules } from './rules.ts'
import { schema } from './schema.ts'

export default createApp({ name: ${quoted(name)}, schema, rules })
`

function packageFile({ name, version, driver }: ProjectFacts): string {
  const packageName = kebabCase(name)
    .replaceAll(/[^a-z\d-]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
  const content = {
    name: packageName === '' ? 'application' : packageName,
    private: true,
    type: 'module',
    scripts: { dev: 'plinth dev', start: 'plinth start' },
    dependencies: { plinth: `^${version}`, ...(driver === null ? {} : { [driver[0]]: driver[1] }) },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}
