/** A fault to seed into the planner. */

export interface Fault {
  /** What goes wrong. */
  readonly name: string
  /** A file of src/plan. */
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Which test is tried first; the others follow if it finds nothing. */
  readonly first: 'property' | 'conformance'
}

export const reads = (file: string, name: string, find: string, replace: string): Fault => ({
  name,
  file: `${file}.ts`,
  find,
  replace,
  first: 'property',
})

export const writes = (file: string, name: string, find: string, replace: string): Fault => ({
  ...reads(file, name, find, replace),
  first: 'conformance',
})

/** A read that a case finds in the time in which the random worlds have hardly begun, or that they do not find at all. */
export const casesFirst = (fault: Fault): Fault => ({ ...fault, first: 'conformance' })
