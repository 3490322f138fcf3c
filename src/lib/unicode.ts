/** Text counted and compared by code points. */

/** Code points, not UTF-16 units: 😀 is one. */
export function codePointLength(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) {
      length--
      index++
    }
  }
  return length
}

/**
 * The order of code points, which is also the order of UTF-8 bytes. JavaScript's own `<` compares UTF-16 units and puts U+1F600
 * before U+FF5E.
 */
export function compareCodePoints(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let index = 0; index < shorter; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a === b) continue
    const aHigh = a >= 0xd800 && a <= 0xdfff
    const bHigh = b >= 0xd800 && b <= 0xdfff
    if (aHigh !== bHigh) return aHigh ? 1 : -1
    return a < b ? -1 : 1
  }
  return left.length - right.length
}
