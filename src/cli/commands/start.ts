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
    '  PLINTH_SHUTDOWN_GRACE    how long requests in flight and a handler may take then (30s)',
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
    const signals = stopSignals()
    const application = await withProgress('Starting', () =>
      startApplication(app, {
        root: found.root,
        mode: modeOf(process.env['NODE_ENV']),
        environment: { ...process.env, ...addressVariables(given) },
        print,
        // Until then a signal ends the process at once; whoever reads that it has started may send one the next moment.
        started: signals.take,
      }),
    )
    for (const line of application.places) print(line)
    await signals.stop
    const finished = await application.stop(signals.hurry)
    return finished ? 0 : 1
  },
})

const modeOf = (word: string | undefined): Mode => (word === 'development' || word === 'test' ? word : 'production')

interface StopSignals {
  /** From now on signals come here. */
  readonly take: () => void
  /** The first one has come. */
  readonly stop: Promise<void>
  /** The second one has come: nothing is waited for any more. */
  readonly hurry: Promise<void>
}

function stopSignals(): StopSignals {
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  let signals = 0
  const onSignal = (): void => (++signals === 1 ? first : second).resolve()
  return {
    take() {
      process.on('SIGTERM', onSignal)
      process.on('SIGINT', onSignal)
      const leave = whenAbandoned(onSignal)
      void first.promise.then(leave)
    },
    stop: first.promise,
    hurry: second.promise,
  }
}
