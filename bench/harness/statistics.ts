// Medians, ranges and intervals of a handful of runs.
import { random } from '../data/random.ts'

/** The middle and the extremes of some values. */
export interface Spread {
  readonly median: number
  readonly minimum: number
  readonly maximum: number
}

/** A ratio of paired runs with the interval that holds it. */
export interface Ratio {
  readonly median: number
  /** 95% of the bootstrapped medians lie between these. */
  readonly low: number
  readonly high: number
}

/** The median of at least one value. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('nothing to take the median of')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Median, minimum and maximum. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values) }
}

const resamples = 2_000

/**
 * The median ratio of runs that were made in pairs, with a percentile bootstrap interval. Pairs, because what disturbs
 * a machine disturbs both runs of a pair alike; with few rounds the interval comes close to the smallest and largest.
 */
export function pairedRatio(subject: readonly number[], reference: readonly number[]): Ratio {
  if (subject.length !== reference.length) throw new RangeError('paired runs come in equal numbers')
  const ratios = subject.map((value, index) => value / (reference[index] ?? Number.NaN))
  const sequence = random('bootstrap')
  const medians = Array.from({ length: resamples }, () => median(ratios.map(() => sequence.pick(ratios))))
  medians.sort((a, b) => a - b)
  const at = (part: number) => medians[Math.floor(part * (resamples - 1))] ?? Number.NaN
  return { median: median(ratios), low: at(0.025), high: at(0.975) }
}
