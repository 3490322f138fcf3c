/** Tells functions from other values. */

/** What `typeof value === 'function'` leaves the compiler without: something that can be called. */
export const isFunction = (value: unknown): value is (...parameters: readonly unknown[]) => unknown =>
  typeof value === 'function'
