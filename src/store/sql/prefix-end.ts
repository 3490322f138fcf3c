/** The first text behind all texts that begin with `prefix`, in the order of code points; null when there is none. */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, character => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last === 0x10ffff) continue
    // U+D800 to U+DFFF are no characters: the one after U+D7FF is U+E000.
    points.push(last === 0xd7ff ? 0xe000 : last + 1)
    return String.fromCodePoint(...points)
  }
  return null
}
