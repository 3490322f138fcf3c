/** Where code of the application waits for the test. */
export interface Gate {
  /** Resolves when so many have come. */
  arrived(count?: number): Promise<void>
  pass(): Promise<void>
  open(): void
}

export function gate(): Gate {
  const opened = Promise.withResolvers<void>()
  let waiting: { readonly count: number; readonly tell: () => void }[] = []
  let here = 0
  return {
    arrived: (count = 1) =>
      new Promise(tell => {
        if (here >= count) tell()
        else waiting.push({ count, tell })
      }),
    pass() {
      here++
      waiting = waiting.filter(({ count, tell }) => {
        if (here >= count) tell()
        return here < count
      })
      return opened.promise
    },
    open: () => opened.resolve(),
  }
}
