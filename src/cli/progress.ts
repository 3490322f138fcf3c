/** Says what is going on when something takes longer than a moment. */

const patience = 1000

export interface ProgressOptions {
  /** How it stands, such as `120,000 rows`; asked when something is said. */
  readonly standing?: () => string
  readonly say?: (text: string) => void
}

/** Runs the work; after a second, and then every few, a line says what is still being done. Nothing is said about quick work. */
export async function withProgress<T>(
  label: string,
  work: () => T | Promise<T>,
  { standing = () => '', say = sayToStderr }: ProgressOptions = {},
): Promise<T> {
  const begun = performance.now()
  let rounds = 0
  const how = (): string => {
    const text = standing()
    return text === '' ? '' : `, ${text}`
  }
  const timer = setInterval(() => {
    rounds++
    // 1, 2, 4, 8 … seconds, and then each half minute: enough to see that it lives, not enough to fill a log.
    if (!Number.isInteger(Math.log2(rounds)) && rounds % 30 !== 0) return
    say(`${label} … ${Math.round((performance.now() - begun) / 1000)} s${how()}`)
  }, patience)
  try {
    const result = await work()
    const seconds = (performance.now() - begun) / 1000
    if (rounds > 0) say(`${label}: done in ${seconds.toFixed(1)} s${how()}`)
    return result
  } finally {
    clearInterval(timer)
  }
}

const sayToStderr = (text: string): void => {
  process.stderr.write(`${text}\n`)
}
