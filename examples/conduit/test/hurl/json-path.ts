// JSONPath as far as it names one place: `$.articles[0].author['username']`.

/** The names and positions of a path; nothing when it has wildcards, slices, filters or other things that find several places. */
export function parseJsonPath(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = []
  let rest = path.startsWith('$') ? path.slice(1) : ' '
  while (rest !== '') {
    const match = /^(?:\.([A-Za-z_]\w*)|\[(\d+)\]|\['([^'\\]+)'\]|\["([^"\\]+)"\])/u.exec(rest)
    if (!match) return undefined
    const [whole, name, index, ...quoted] = match
    steps.push(index === undefined ? (name ?? quoted.find(text => text !== undefined) ?? '') : Number(index))
    rest = rest.slice(whole.length)
  }
  return steps
}

/** The value at a path; nothing where there is none, which is not the same as null. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let current = value
  for (const step of path) {
    if (typeof step === 'number' && Array.isArray(current)) current = current[step]
    else if (typeof step === 'string' && isObject(current) && Object.hasOwn(current, step)) current = current[step]
    else return undefined
  }
  return current
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
