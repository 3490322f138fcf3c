/** The entries of an object of which nothing is known. */

/** `Object.entries` gives `any` for such an object. */
export const entriesOf = (object: object): [string, unknown][] => Object.entries(object)
