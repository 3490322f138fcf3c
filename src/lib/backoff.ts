/** Pauses before another try: longer each time, half of them chance, so that many who failed together do not come back together. */

/** Milliseconds before the try after the `attempt`-th, which counts from 1. */
export function backoff(attempt: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
}

export function pauseBefore(attempt: number, first: number, longest: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, backoff(attempt, first, longest))
  })
}
