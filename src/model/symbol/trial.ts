/**
 * Runs of a declaration in which symbols are false. JavaScript asks no object whether it is true, so what `&&`, `||`, `?:`, `!`, `if` and `??`
 * decide about a symbol shows only when it is false: in a trial some symbols are handed out as a primitive that is false and behaves like the
 * symbol in every other way. A function that combines symbols as it should uses the same ones in the same order, and gives the same.
 */

/**
 * What stands for a symbol. `null` is nullish as well, but has no members: such a run ends where one is asked for, and `?.` leaves out what it
 * would have done, so it may follow its course with gaps.
 */
type StandIn = null | 0n

interface Handed {
  readonly symbol: object
  /** `row.author`, or what made it: `condition`. */
  readonly name: string
  /** Other symbols were handed out or used before its first use, or it was used again. */
  kept: boolean
}

/** Which symbol was used, by its place among those handed out; -1: something that is no symbol of this run was given. */
type Use = number

/** What a run did. */
export interface Course {
  readonly handed: readonly Handed[]
  readonly uses: readonly Use[]
  /** What it gave, printed; null when it threw. */
  readonly result: string | null
}

class Deviation extends Error {}
/** The end of what a run can show. */
class End extends TypeError {}

/** What a symbol that is an object in a run answers to this: which it is. */
const identity = Symbol('identity')

interface Identity {
  readonly trial: Trial
  readonly index: number
  readonly symbol: object
}

const identityOf = (value: unknown): Identity | undefined =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, identity) as Identity | undefined) : undefined

let current: Trial | null = null

class Trial implements Course {
  readonly handed: Handed[] = []
  readonly uses: Use[] = []
  result: string | null = null
  /** How many symbols had been handed out when this run left the course it follows. */
  deviatedAt: number | null = null
  /** The symbol that was handed out last, if nothing has happened since. */
  #fresh: number | null = null
  readonly #course: Course | null
  readonly #standIn: StandIn
  readonly #isFalse: (index: number) => boolean

  constructor(course: Course | null, standIn: StandIn, isFalse: (index: number) => boolean) {
    this.#course = course
    this.#standIn = standIn
    this.#isFalse = isFalse
  }

  /** Goes the way of the course, or notes where it left it. */
  follow(build: () => unknown, print: (result: unknown) => string): void {
    try {
      runAs(this, () => (this.result = print(build())))
      const course = this.#course
      const same =
        course === null ||
        (this.result === course.result &&
          this.uses.length === course.uses.length &&
          this.handed.length === course.handed.length)
      if (!same) this.deviatedAt ??= this.handed.length
    } catch (error) {
      // A member of null, what `?.` gave, or an operation that primitives do not have: until here it went as it should.
      if (this.#course !== null && !(error instanceof TypeError)) this.deviatedAt ??= this.handed.length
    }
  }

  get follows(): boolean {
    return this.#course !== null
  }

  hand(symbol: object, name: string): unknown {
    const index = this.#follow(
      this.handed,
      ({ handed }) => handed,
      known => known.name === name,
    )
    this.handed.push({ symbol, name, kept: true })
    this.#fresh = index
    if (this.#course !== null && this.#isFalse(index)) return this.#standIn
    return new Proxy(symbol, {
      get: (target, property) => {
        if (property === identity) return { trial: this, index, symbol } satisfies Identity
        return typeof property === 'symbol' || property.startsWith('~') || current !== this
          ? (Reflect.get(target, property, target) as unknown)
          : this.#member(this.#use(index), property)
      },
    })
  }

  /** What was given as an argument or a result: the symbol itself for what stands for one. */
  given(value: unknown): unknown {
    const known = identityOf(value)
    if (known !== undefined) return known.trial === this ? this.handed[this.#use(known.index)]?.symbol : known.symbol
    if (this.#course !== null && value === this.#standIn) {
      // The value may be the user's own: a null, or the bigint zero. The course knows.
      const [next = -1, ...later] = this.#course.uses.slice(this.uses.length)
      const gap = value === null && next !== -1
      const expected = gap ? [next, ...later].find(this.#isFalse) : next
      if (expected !== undefined && this.#isFalse(expected)) return this.handed[this.#use(expected)]?.symbol ?? value
    }
    if (value === undefined && this.#course !== null && this.#standIn === null) throw new End()
    this.#use(-1)
    return value
  }

  /** A member of the bigint zero: the course tells which symbol it stands for here. */
  memberOfStandIn(property: string): { readonly value: unknown } | null {
    const expected = this.#course?.uses[this.uses.length] ?? -1
    if (this.#standIn !== 0n) return null
    if (!this.#isFalse(expected)) this.#deviate()
    return { value: this.#member(this.#use(expected), property) }
  }

  #member(index: number, property: string): unknown {
    const symbol = this.handed[index]?.symbol ?? {}
    const member: unknown = Reflect.get(symbol, property)
    return typeof member === 'function'
      ? (...given: readonly unknown[]): unknown => Reflect.apply(member, symbol, given)
      : member
  }

  #use(index: Use): number {
    this.#follow(
      this.uses,
      ({ uses }) => uses,
      known => known === index,
    )
    this.uses.push(index)
    const used = this.handed[index]
    if (used !== undefined && this.#course === null) used.kept = this.#fresh !== index
    this.#fresh = null
    return index
  }

  /** Where the course does next what this run does now. Whatever `?.` has left out is taken over from the course. */
  #follow<Step>(own: Step[], stepsOf: (course: Course) => readonly Step[], isSame: (step: Step) => boolean): number {
    if (this.#course === null) return own.length
    const steps = stepsOf(this.#course)
    let next = own.length
    while (this.#standIn === null && next < steps.length && !isSame(steps[next] as Step)) next += 1
    const step = steps[next]
    if (step === undefined || !isSame(step)) this.#deviate()
    own.push(...steps.slice(own.length, next))
    return next
  }

  #deviate(): never {
    this.deviatedAt ??= this.handed.length
    throw new Deviation()
  }
}

/** Nobody sees what is refused in a trial, so places need not be found. */
export const isTrying = (): boolean => current !== null

/** In a trial that follows another run nobody asks what a condition was made from. */
export const isFollowing = (): boolean => current?.follows === true

/** Every symbol and condition passes here on its way to the user's code. */
export function hand<S extends object>(symbol: S, name: string): S {
  return current === null ? symbol : (current.hand(symbol, name) as S)
}

/** Everything that the user's code gives where a symbol or condition may stand passes here. */
export const given = (value: unknown): unknown => (current === null ? value : current.given(value))

/** For what is declared inside of a function that is being tried: its symbols are its own. */
export const withoutTrial = <Result>(run: () => Result): Result => runAs(null, run)

function runAs<Result>(trial: Trial | null, run: () => Result): Result {
  const outer = current
  const traces = Error.stackTraceLimit
  current = trial
  // Most errors of a trial are looked at by nobody.
  if (trial !== null) Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    current = outer
    Error.stackTraceLimit = traces
  }
}

/**
 * Gives the bigint zero members while `run` runs: a bigint looks for them in `BigInt.prototype`, whose own prototype is replaced and put back
 * before anything else can run. Does nothing where the process has frozen its intrinsics.
 */
function withMembersOfStandIn<Result>(run: () => Result): Result | null {
  const prototype = BigInt.prototype
  const before = Reflect.getPrototypeOf(prototype)
  const members = new Proxy(Object.create(before) as object, {
    get(target, property, receiver): unknown {
      if (typeof property === 'string' && receiver === 0n) {
        const member = current?.memberOfStandIn(property) ?? null
        if (member !== null) return member.value
      }
      return Reflect.get(target, property, receiver)
    },
  })
  if (!Reflect.setPrototypeOf(prototype, members)) return null
  try {
    return run()
  } finally {
    Reflect.setPrototypeOf(prototype, before)
  }
}

/** What `build` does when every symbol is true. */
export function courseOf(build: () => unknown, print: (result: unknown) => string): Course {
  const trial = new Trial(null, null, () => false)
  trial.follow(build, print)
  return trial
}

/**
 * The number of a symbol that `build` decides by, if it decides. All symbols are false, then half of them, halved so that for any two there is
 * a run in which one is false and the other is not: what is used in the place of another one is seen by what it is. Symbols that were kept
 * for a while, and so may have been asked more than once, are also false alone, and true alone.
 */
export function decidesBy(course: Course, build: () => unknown, print: (result: unknown) => string): number | null {
  const deviation = (standIn: StandIn, isFalse: (index: number) => boolean): number | null => {
    const trial = new Trial(course, standIn, index => index >= 0 && isFalse(index))
    trial.follow(build, print)
    return trial.deviatedAt
  }
  const alone = (standIn: StandIn, symbols: readonly number[]): number | null =>
    symbols.find(index => deviation(standIn, other => other === index) !== null) ?? null
  const all = [...course.handed.keys()]
  const kept = all.filter(index => course.handed[index]?.kept === true)
  const together = (): number | null => {
    const spared = kept.map(index => (other: number) => other !== index)
    for (const isFalse of [() => true, ...halves(all.length), ...spared]) {
      const at = deviation(0n, isFalse)
      if (at !== null) return alone(0n, all) ?? Math.max(0, Math.min(at, all.length) - 1)
    }
    return null
  }
  return withMembersOfStandIn(() => alone(0n, kept) ?? together()) ?? alone(null, all)
}

function halves(count: number): ((index: number) => boolean)[] {
  const result: ((index: number) => boolean)[] = []
  for (let digit = 1; digit < count; digit *= 2) {
    result.push(
      index => (index & digit) !== 0,
      index => (index & digit) === 0,
    )
  }
  return result
}
