/** The drivers are optional: an application without the one that its DATABASE_URL needs is told how to install it. */
import { describe, expect, test } from 'vitest'
import { project, shop } from '../cli/project.ts'

/** What Node does where a package is not installed. */
const without = (driver: string): string => `import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== '${driver}') return next(specifier, context)
    throw Object.assign(new Error("Cannot find package '${driver}'"), { code: 'ERR_MODULE_NOT_FOUND' })
  },
})
`

describe.each([
  ['postgres', 'pg', 'PostgreSQL', 'npm install pg@^8.23.0'],
  ['mysql', 'mysql2', 'MariaDB or MySQL', 'npm install mysql2@^3.24.0'],
])('%s without %s', (scheme, driver, database, command) => {
  test.each(['start', 'database'])('plinth %s prints the command that installs it', { timeout: 30_000 }, async word => {
    using here = project({ ...shop, 'without.mjs': without(driver) })
    const running = here.run([word], {
      DATABASE_URL: `${scheme}://app:Tr0ub4dor@127.0.0.1:1/shop`,
      PLINTH_SECRET: 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja',
      NODE_OPTIONS: `--import ./without.mjs`,
    })
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain(
      `${database} is reached through the package "${driver}", which is not installed.`,
    )
    expect(running.output()).toContain(`Run: ${command}`)
    expect(running.output()).not.toContain('Tr0ub4dor')
  })
})
