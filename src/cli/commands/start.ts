/** `plinth start`: serves the application in production. */
import type { Mode } from '../../app/index.ts'
import { whenAbandoned } from '../abandoned.ts'
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { withProgress } from '../progress.ts'
import { addressArguments, addressVariables, applicationArgument } from '../shared-arguments.ts'

export const start = command({
  name: 'start',
  summary: 'Serves the application in production',
  details: [
    'Everything that has to be set is looked at first; what is missing or wrong is named all at once. A database that does not fit',
    'the models is refused with its differences. The first SIGTERM or SIGINT makes readiness fail, lets requests in flight finish',
    'and ends with code 0; a second one, or the limit of time, ends at once.',
    '',
    'VARIABLES',
    '',
    '  PORT, HOST               where to listen (3000, 0.0.0.0)',
    '  DATABASE_URL             the database (file:./data/app.db)',
    '  PLINTH_SECRET            signs tokens; at least 32 characters',
    '  PLINTH_LOG               json, pretty or off (json)',
    '  PLINTH_SHUTDOWN_DELAY    how long readiness fails before listening ends (2s)',
    '  PLINTH_SHUTDOWN_GRACE    how long requests in flight may take after that (30s)',
    '  NODE_ENV                 "development" takes the defaults of plinth dev',
  ].join('\n'),
  examples: [
    ['plinth start', 'app.ts or src/app.ts of this folder'],
    ['PORT=80 plinth start dist/app.js', 'a built application on another port'],
  ],
  arguments: { app: applicationArgument, ...addressArguments },
  async run(given) {
    const found = findApplication(given.app, process.cwd(), 'start')
    const { startApplication } = await import('../../app/index.ts')
    const app = await loadApplication(found)
    const print = (text: string): void => void process.stdout.write(`${text}\n`)
    const application = await withProgress('Starting', () =>
      startApplication(app, {
        root: found.root,
        mode: modeOf(process.env['NODE_ENV']),
        environment: { ...process.env, ...addressVariables(given) },
        print,
      }),
    )
    for (const line of application.places) print(line)
    return await untilStopped(application)
  },
})

const modeOf = (word: string | undefined): Mode => (word === 'development' || word === 'test' ? word : 'production')

/** The first signal asks it to stop, the second does not wait. Resolves with the exit code. */
async function untilStopped(application: { stop(hurry?: Promise<void>): Promise<boolean> }): Promise<number> {
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  let signals = 0
  const onSignal = (): void => (++signals === 1 ? first : second).resolve()
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  const look = whenAbandoned(onSignal)
  await first.promise
  look()
  const finished = await application.stop(second.promise)
  return finished ? 0 : 1
}
