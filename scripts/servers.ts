// `npm run servers -- postgres-18 …`: keeps database servers for the work at hand until Ctrl-C and prints how to reach them.
import { ask, keeperVariable } from '../test/services/ask.ts'
import { serverNames, variableOf, whyUnavailable, type ServerName } from '../test/services/catalog.ts'
import { startKeeper } from '../test/services/start-keeper.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !serverNames.some(known => known === name))
if (unknown.length > 0) throw new Error(`There is no server ${unknown.join(', ')}; there are ${serverNames.join(', ')}`)

const names = serverNames.filter(name => (asked.length > 0 ? asked.includes(name) : whyUnavailable(name) === null))
const keeper = await startKeeper()
process.env[keeperVariable] = keeper.socket
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
try {
  for (const name of names) await tell(name)
  console.log('# They run until this ends: Ctrl-C.')
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
  await end()
}

/** Lines for a terminal: the variable makes tests use the server instead of starting one. */
async function tell(name: ServerName): Promise<void> {
  const { adminUrl, version } = await ask('server', { name })
  console.log(`# ${name}: ${version}`)
  console.log(name === 'pgbouncer' ? `# ${adminUrl}` : `export ${variableOf(name)}=${adminUrl}`)
}

async function end(): Promise<void> {
  await keeper.end()
  process.exit()
}
