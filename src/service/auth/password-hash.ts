/** Argon2id hashes as text, in the PHC string format. */

export interface PasswordHash {
  /** Kibibytes. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
  readonly tag: Buffer
}

const form = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Bounds on what is computed for a stored text: a forged row must not cost gigabytes. */
const most = { memory: 1024 * 1024, passes: 64, parallelism: 16, tag: 512, salt: 512 }

/** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`, or null when the text is something else. */
export function readPasswordHash(text: string): PasswordHash | null {
  const match = form.exec(text)
  if (match === null) return null
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  const hash: PasswordHash = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
  const fits =
    hash.parallelism >= 1 &&
    hash.parallelism <= most.parallelism &&
    hash.memory >= 8 * hash.parallelism &&
    hash.memory <= most.memory &&
    hash.passes >= 1 &&
    hash.passes <= most.passes &&
    hash.salt.length >= 8 &&
    hash.salt.length <= most.salt &&
    hash.tag.length >= 4 &&
    hash.tag.length <= most.tag
  return fits ? hash : null
}

export function writePasswordHash(hash: PasswordHash): string {
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${hash.memory},t=${hash.passes},p=${hash.parallelism}$${text(hash.salt)}$${text(hash.tag)}`
}
