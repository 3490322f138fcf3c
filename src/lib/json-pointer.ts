/** Steps of JSON Pointers (RFC 6901). */

/** A name as a step. Hardly a name has anything to escape, and every field of every row is asked. */
export function pointerStep(name: string): string {
  if (!name.includes('~') && !name.includes('/')) return name
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The name that a step is. */
export const nameOfStep = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')
