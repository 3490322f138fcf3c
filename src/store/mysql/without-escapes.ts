/** What MariaDB prints of itself has backslashes in its literals; sessions of Plinth take a backslash for what it is. */

export const withoutEscapes = (text: string): string =>
  text.replaceAll(/"(?:[^"]|"")*"|'(?:[^'\\]|''|\\.)*'/gsu, found => {
    if (found.startsWith('"') || !found.includes('\\')) return found
    const plain = found.replaceAll(/\\(.)/gsu, (_escape, letter: string) => escapes[letter] ?? letter)
    // U+0000 stands in binary values alone.
    return plain.includes('\0') ? `x'${Buffer.from(plain.slice(1, -1).replaceAll("''", "'")).toString('hex')}'` : plain
  })

const escapes: Readonly<Record<string, string>> = { 0: '\0', n: '\n', r: '\r', Z: '\u001A' }
