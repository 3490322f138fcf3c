// docs/configuration.md and docs/cli.md against the code, both ways: options, variables, limits, commands.
import { describe, expect, it } from 'vitest'
import type { AppOptions, AuthOptions } from '../../src/app/index.ts'
import { defaultDatabase, databaseForms, readDatabaseAddress } from '../../src/app/database-address.ts'
import { ownVariables, readSettings } from '../../src/app/settings.ts'
import { commands } from '../../src/cli/commands.ts'
import type { SchemaShape } from '../../src/model/index.ts'
import { defaultLimits } from '../../src/query/index.ts'
import { defaultHttpLimits } from '../../src/surface/http/index.ts'
import { readPage, tableBelow } from './markdown.ts'
import { Project } from './project.ts'

const configuration = readPage('docs/configuration.md')
const cli = readPage('docs/cli.md')

/** Names of the first column, where a cell may hold several. */
const firstColumn = (heading: string): string[] =>
  tableBelow(configuration, heading).flatMap(([names = '']) => names.split(', '))

/** The keys of a type: one that is missing or too much does not compile. */
type Names<T> = Readonly<Record<keyof Required<T>, true>>

describe('configuration', () => {
  it('names every option of createApp', () => {
    const all: Names<AppOptions<SchemaShape>> = {
      name: true,
      description: true,
      version: true,
      schema: true,
      rules: true,
      hooks: true,
      actions: true,
      routes: true,
      on: true,
      seed: true,
      store: true,
      limits: true,
      auth: true,
      api: true,
      server: true,
      extensions: true,
      plugins: true,
      mount: true,
      checks: true,
    }
    expect(firstColumn('Options of createApp').sort()).toEqual(Object.keys(all).sort())
  })

  it('names every option of auth, server and api', () => {
    const auth: Names<AuthOptions> = {
      scheme: true,
      issuer: true,
      audience: true,
      lifetime: true,
      key: true,
      remember: true,
    }
    expect(firstColumn('Sign-in').sort()).toEqual(Object.keys(auth).sort())
    const server: Names<NonNullable<AppOptions<SchemaShape>['server']>> = {
      port: true,
      host: true,
      shutdownDelay: true,
      shutdownGrace: true,
      headers: true,
      origins: true,
    }
    expect(firstColumn('Server').sort()).toEqual(Object.keys(server).sort())
    const api: Names<NonNullable<AppOptions<SchemaShape>['api']>> = {
      prefix: true,
      relationDepth: true,
      reference: true,
    }
    expect(firstColumn('The generated API').sort()).toEqual(Object.keys(api).sort())
  })

  it('names every limit with its default', () => {
    const shown = Object.fromEntries(
      tableBelow(configuration, 'Limits').map(([name = '', , value = '']) => [name, amountOf(value)]),
    )
    expect(shown).toEqual({ ...defaultHttpLimits, ...defaultLimits })
  })

  it('names every variable with its defaults', () => {
    const rows = tableBelow(configuration, 'Variables')
    const names = rows.map(([name]) => name)
    expect(names).toEqual(['PORT', 'HOST', 'DATABASE_URL', 'DATABASE_REPLICA_URLS', ...ownVariables, 'NODE_ENV'])
    const shown = (column: number): object =>
      Object.fromEntries(rows.map(row => [row[0], row[column]]).filter(([name]) => !/SECRET|NODE_ENV/.test(name ?? '')))
    expect(shown(2)).toEqual(defaultsOf('development'))
    expect(shown(3)).toEqual(defaultsOf('production'))
  })

  it('names every form of DATABASE_URL', () => {
    const forms = tableBelow(configuration, 'The database').map(([form = '']) => form)
    expect(forms).toEqual([...databaseForms])
    expect(forms.map(form => readDatabaseAddress(form, '/').ok)).toEqual(forms.map(() => true))
  })
})

/** What the settings are when nothing is set. */
function defaultsOf(mode: 'development' | 'production'): object {
  const settings = readSettings({
    environment: {},
    mode,
    root: '/root',
    server: {},
    mistakes: [],
    needsSecret: false,
    hasStore: false,
  })
  const duration = (value: number): string => (value >= 1000 ? `${value / 1000}s` : `${value}ms`)
  // A database in a file has neither servers to read from nor a default that could name one.
  expect(settings.database).toEqual({ store: 'sqlite', file: '/root/data/app.db' })
  return {
    PORT: String(settings.port),
    HOST: settings.host,
    DATABASE_URL: defaultDatabase,
    DATABASE_REPLICA_URLS: 'none',
    PLINTH_LOG: settings.log,
    PLINTH_SHUTDOWN_DELAY: duration(settings.shutdownDelay),
    PLINTH_SHUTDOWN_GRACE: duration(settings.shutdownGrace),
  }
}

/** `8 MiB`, `30 s`, `10,000` as the number that code has. */
function amountOf(text: string): number {
  const match = /^([\d,]+)(?: (s|KiB|MiB))?$/.exec(text)
  if (match?.[1] === undefined) throw new Error(`"${text}" is no amount`)
  const unit = { s: 1000, KiB: 1024, MiB: 1024 * 1024 }[match[2] as 's' | 'KiB' | 'MiB'] ?? 1
  return Number(match[1].replaceAll(',', '')) * unit
}

describe('the command line', () => {
  it('gives the help that the page shows', { timeout: 60_000 }, async () => {
    const project = new Project()
    try {
      const { output } = await project.run(['plinth', '--help'])
      const shown = cli.blocks.find(({ language }) => language === 'text')?.text ?? ''
      const version = /^Plinth \d+\.\d+\.\d+/
      expect(output.replace(version, '')).toBe(shown.replace(version, ''))
    } finally {
      project.remove()
    }
  })

  it('has the commands that the page has', () => {
    const headings = [...cli.text.matchAll(/^## plinth ([\w ]+)$/gm)].map(([, name]) => name)
    expect(new Set(headings)).toEqual(new Set(commands.map(({ name }) => name)))
  })

  it.each(commands.map(command => [command.name, command] as const))(
    '%s has the options that the page has',
    (name, command) => {
      const shown = tableBelow(cli, `plinth ${name}`).map(([option = '']) => option)
      const options = Object.entries(command.arguments).map(([option, definition]) => {
        if (definition.type === 'positional') return option
        // An option that is on unless it is switched off is shown by its off switch.
        return definition.type === 'boolean' && definition.default === true ? `--no-${option}` : `--${option}`
      })
      expect(shown.toSorted()).toEqual(options.toSorted())
    },
  )
})
