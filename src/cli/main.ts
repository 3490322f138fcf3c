#!/usr/bin/env node
/** The command `plinth`. */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 7)) {
  process.stderr.write(
    `Plinth needs Node 24.7 or newer; this is ${process.versions.node}.\n` +
      'Install it for this project with "npm pkg set --json allowScripts.node=true && npm install --save-dev node@24", and run Plinth through npm (npx plinth, npm run …).\n',
  )
  process.exit(1)
}

// Whoever read what is printed may have seen enough (`| head`): a migration is not left halfway for that. What else goes wrong is for whoever listens, too,
// as an export to a disk that is full.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && stream.listenerCount('error') === 1) throw error
  })
}

const { keepCompiledCode } = await import('./compiled-code.ts')
keepCompiledCode()
// Loaded only now: an older Node would already fail at what these modules import.
const { main } = await import('./run.ts')
process.exitCode = await main(process.argv.slice(2))
// Whatever is still open (a log's reader, a socket of a plugin) does not keep a finished command alive.
process.exit()
