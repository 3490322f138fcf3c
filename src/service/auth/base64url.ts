/** base64url (RFC 4648 section 5) that accepts one spelling per value. */

/**
 * The bytes of the text, or null when it is not the one canonical spelling: padding, characters of other alphabets, white space or
 * set bits after the last byte. A lenient decoder would give one signature many spellings.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

export const encodeBase64url = (content: string | Uint8Array): string =>
  (typeof content === 'string'
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.length)
  ).toString('base64url')
