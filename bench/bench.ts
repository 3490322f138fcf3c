// `npm run bench`: measures Plinth and its peers on the same data and prints a table.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { cacheFolder, datasetFile, fullSize, tinySize } from './data/dataset.ts'
import { readSamples } from './data/samples.ts'
import { openPlace } from './database/place.ts'
import { serverNames } from './database/server.ts'
import { describeDisk, describeMachine } from './harness/machine.ts'
import { measureLoadCapacity, measureRow, measureStarts, startLoad, type Plan } from './harness/measure.ts'
import { engines } from './harness/messages.ts'
import { measureMixes } from './harness/measure-mixes.ts'
import { mixesText, reportText } from './harness/report.ts'
import type { BenchResult, RowResult } from './harness/result.ts'
import { peers, serves } from './peers/registry.ts'
import { rows } from './rows.ts'
import { judge } from './targets.ts'

const help = `Usage: npm run bench -- [options]

  --database NAME      sqlite, postgres or mariadb (sqlite); a server is started for the run, with its files in the folder
  --server NAME        which one: ${serverNames.join(', ')} (the first of the kind that is installed)
  --url URL            a server that runs already, by someone who may create databases; its database stays for the next run
  --rows a,b           rows to measure: ${rows.map(row => row.name).join(', ')} (all)
  --peers x,y          peers that take part: ${peers.map(peer => peer.name).join(', ')} (all)
  --connections 1,64   connections of the load (1,64)
  --rounds N           paired rounds of each measurement (5)
  --starts N           starts of each peer, timed to the first answer (5)
  --seconds N          length of one run (2)
  --folder DIR         where the databases go; its disk takes the durable writes (the temporary folder)
  --json FILE          write the result as JSON
  --profile DIR        leave a CPU profile of each row and peer; the figures suffer
  --mixes              instead of the rows: point reads beside ten thousand different selects, and beside slow lists
  --tiny               a data set of 200 articles, to try the suite itself
  --help               this text
`

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    server: { type: 'string' },
    url: { type: 'string' },
    rows: { type: 'string' },
    peers: { type: 'string' },
    connections: { type: 'string', default: '1,64' },
    rounds: { type: 'string', default: '5' },
    starts: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    folder: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    mixes: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(help)
else await run()

async function run(): Promise<void> {
  const progress = (line: string) => void process.stderr.write(`${line}\n`)
  const startedAt = new Date().toISOString()
  // Before anything else: the run itself is load.
  const machine = describeMachine()
  const size = values.tiny ? tinySize : fullSize
  const folder = values.folder ?? cacheFolder()
  mkdirSync(folder, { recursive: true })
  const dataset = datasetFile(size, progress)
  const engine = oneOf('--database', values.database, engines)
  const { url } = values
  const place = await openPlace({
    ...{ engine, dataset, folder, report: progress },
    ...(url === undefined ? {} : { url }),
    ...(values.server === undefined ? {} : { server: oneOf('--server', values.server, serverNames) }),
  })
  const plan: Plan = {
    peers: chosen(
      '--peers',
      values.peers,
      peers.filter(peer => serves(peer, engine)),
    ),
    rows: chosen('--rows', values.rows, rows),
    connections: values.connections.split(',').map(text => positive('--connections', text)),
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    starts: values.starts === '0' ? 0 : positive('--starts', values.starts),
    syncSeconds: 1.5,
    ...{ place, folder, samples: readSamples(dataset), report: progress },
    ...(values.profile === undefined ? {} : { profileFolder: resolve(values.profile) }),
  }
  progress(`about ${Math.ceil(estimatedSeconds(plan) / 60)} minutes`)
  const disk = describeDisk(folder)
  const load = await startLoad(plan.samples)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  try {
    if (values.mixes) {
      const runs = await measureMixes(plan, load)
      process.stdout.write(
        `${startedAt} · ${place.title} · load average ${machine.load.join(' ')}\n${mixesText(runs)}\n`,
      )
      if (values.json !== undefined)
        writeFileSync(values.json, `${JSON.stringify({ startedAt, machine, runs }, undefined, 2)}\n`)
      return
    }
    const loadCapacity = await measureLoadCapacity(load, plan.seconds)
    if (plan.starts > 0) progress('start to first answer …')
    const starts = await measureStarts(plan)
    const measured: RowResult[] = []
    for (const row of plan.rows) measured.push(...(await measureRow(plan, row, load)))
    const { seconds, rounds, connections } = plan
    const result: BenchResult = {
      ...{ version: 2, startedAt, machine, disk, engine, database: place.title, loadCapacity },
      options: { seconds, rounds, connections },
      dataset: { articles: size.articles, comments: size.comments, bytes: statSync(dataset).size },
      ...{ starts, rows: measured },
    }
    process.stdout.write(`${reportText(result)}\n`)
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify({ ...result, verdicts: judge(engine, measured) }, undefined, 2)}\n`)
      progress(`written to ${values.json}`)
    }
  } finally {
    await load.stop()
    await place.close()
  }
}

function chosen<T extends { readonly name: string }>(option: string, text: string | undefined, all: readonly T[]) {
  if (text === undefined) return all
  const names = text.split(',')
  const known = all.map(one => one.name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined) stop(`${option}: there is no ${unknown}; choose from ${known.join(', ')}`)
  return all.filter(one => names.includes(one.name))
}

function oneOf<T extends string>(option: string, text: string, all: readonly T[]): T {
  return all.find(one => one === text) ?? stop(`${option}: there is no ${text}; choose from ${all.join(', ')}`)
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0) || (option !== '--seconds' && !Number.isInteger(value))) stop(`${option}: ${text} is no such number`)
  return value
}

function estimatedSeconds({ peers: taking, rows: measured, connections, rounds, seconds }: Plan): number {
  const runs = measured
    .map(row => taking.filter(peer => peer.rows.includes(row.name)).length)
    .reduce((a, b) => a + b, 0)
  return runs * (connections.length * rounds * seconds + 2 * seconds + 2) + 60
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
