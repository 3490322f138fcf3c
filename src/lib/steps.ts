/**
 * Work in steps that is synchronous as long as nothing it waits for is a promise. An embedded store answers at once, so a whole write runs
 * in one turn of the event loop and can share its commit; with a remote store the same code waits.
 */

/**
 * A generator is a function of its module: made anew for each request, as `function* () {}` inside of another one is, it gets a hidden class of its
 * own, which V8 keeps until its next full collection, with the request and all that hangs on it.
 */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Inside steps: the value, waited for only if it is a promise. */
export function* settle<T>(value: T | PromiseLike<T>): Steps<T> {
  if (!isPromiseLike(value)) return value
  // The runner gives back what the promise resolved to; a generator's type cannot say so.
  return (yield value) as T
}

/** Runs steps: the result itself when nothing had to be waited for, a promise otherwise. */
export function runSteps<T>(steps: Steps<T>): T | Promise<T> {
  const first = steps.next()
  return first.done === true ? first.value : waitFor(steps, first.value)
}

async function waitFor<T>(steps: Steps<T>, pending: PromiseLike<unknown>): Promise<T> {
  let waiting = pending
  for (;;) {
    let next: IteratorResult<PromiseLike<unknown>, T>
    try {
      const value = await waiting
      next = steps.next(value)
    } catch (error) {
      next = steps.throw(error)
    }
    if (next.done === true) return next.value
    waiting = next.value
  }
}

/** Continues with a value now or when it comes. */
export function whenSettled<T, Result>(
  value: T | PromiseLike<T>,
  next: (value: T) => Result | PromiseLike<Result>,
): Result | Promise<Result> {
  if (isPromiseLike(value)) return Promise.resolve(value).then(next)
  const result = next(value)
  return isPromiseLike(result) ? Promise.resolve(result) : result
}
