/** Says what is going on when something takes longer than a moment. */

const patience = 1000

/** Runs the work; after a second, and then every few, a line says what is still being done. Nothing is said about quick work. */
export async function withProgress<T>(
  label: string,
  work: () => T | Promise<T>,
  say: (text: string) => void = sayToStderr,
): Promise<T> {
  const begun = performance.now()
  let rounds = 0
  const timer = setInterval(() => {
    rounds++
    // 1, 2, 4, 8 … seconds: enough to see that it lives, not enough to fill a log.
    if (Number.isInteger(Math.log2(rounds))) say(`${label} … ${Math.round((performance.now() - begun) / 1000)} s`)
  }, patience)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    const seconds = (performance.now() - begun) / 1000
    if (rounds > 0) say(`${label}: done in ${seconds.toFixed(1)} s`)
  }
}

const sayToStderr = (text: string): void => {
  process.stderr.write(`${text}\n`)
}
