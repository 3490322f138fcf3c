/**
 * Under npm a program is the child of a shell. npm passes SIGTERM to the shell alone, which ends and leaves the program running on for nobody,
 * with its port taken.
 */

const interval = 250

/** As it was when this process began: the shell may end before the application has started. */
const parent = process.ppid

/** Calls `tell` once when the shell that npm started this process with has ended; gives a function that stops looking. */
export function whenAbandoned(tell: () => void): () => void {
  // Elsewhere a process may outlive its parent on purpose, as under nohup.
  if (process.env['npm_command'] === undefined) return () => undefined
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    tell()
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
