/** JSON with keys in order: equal values print as equal texts. */

/** Keys are sorted by UTF-16 code unit (as in RFC 8785); `space` indents as in JSON.stringify. Undefined properties are left out. */
export function canonicalJson(value: unknown, space?: number): string {
  return JSON.stringify(sorted(value), undefined, space)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value).sort()) result[key] = sorted((value as Record<string, unknown>)[key])
  return result
}
