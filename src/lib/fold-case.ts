/** Letter case without rules of a language or of a word's end: code point by code point (Unicode simple case mapping). */

// What V8 does to ASCII is simple already, and nearly all text that is compared is ASCII.
const ascii = /^[\u0000-\u007f]*$/ // eslint-disable-line no-control-regex

export function foldCase(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  // Full mapping may give several code points (İ becomes i and a dot); the first is the simple one.
  for (const character of text) folded += String.fromCodePoint(character.toLowerCase().codePointAt(0) ?? 0)
  return folded
}

/**
 * Greek letters with an iota below: their full mapping writes the iota beside them, their simple one is a letter of its own, which
 * JavaScript does not tell (UnicodeData.txt, field 12).
 */
const upperIota: ReadonlyMap<string, string> = new Map(
  [0x1f80, 0x1f90, 0x1fa0]
    .flatMap(first => Array.from({ length: 8 }, (_none, index) => [first + index, first + index + 8] as const))
    .concat([
      [0x1fb3, 0x1fbc],
      [0x1fc3, 0x1fcc],
      [0x1ff3, 0x1ffc],
    ])
    .map(([small, large]) => [String.fromCodePoint(small), String.fromCodePoint(large)]),
)

export function upperCase(text: string): string {
  if (ascii.test(text)) return text.toUpperCase()
  let upper = ''
  for (const character of text) {
    const full = character.toUpperCase()
    // ß becomes SS: no simple mapping, so it stays.
    upper += Array.from(full).length === 1 ? full : (upperIota.get(character) ?? character)
  }
  return upper
}
