/** Passwords, hashed with Argon2id (RFC 9106) off the event loop. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { refusal } from '../../error/index.ts'
import { type PasswordHash, readPasswordHash, writePasswordHash } from './password-hash.ts'
import { workQueue } from './work-queue.ts'

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const recommended = { memory: 19_456, passes: 2, parallelism: 1 }
const saltLength = 16
const tagLength = 32
const longestPassword = 4096

// Two of libuv's four threads at most, so that files and name look-ups still get theirs. A hash takes about 25 ms: a full line is
// under two seconds of waiting.
const queue = workQueue(2, 128)
const busy = () => refusal('identity.busy', {}, { headers: { 'Retry-After': '2' } })

const derive = promisify(argon2)

/** What is verified when there is nobody: its tag is no hash of any password. */
const nobody: PasswordHash = { ...recommended, salt: randomBytes(saltLength), tag: randomBytes(tagLength) }

/**
 * Hashes a password for storing: Argon2id with a random salt, as a PHC string.
 *
 * Passwords of up to 4,096 bytes are taken as they are but for Unicode normalisation (NFC, as RFC 8265 has it), so that the same
 * word typed on another keyboard is the same password. At most two hashes are computed at a time; when 128 wait, the next is
 * refused with 503 `identity.busy`.
 *
 * @example
 * await db.User.create({ email, passwordHash: await hashPassword(input.password) })
 */
export async function hashPassword(password: string): Promise<string> {
  const message = normalised(password)
  if (message.length > longestPassword) throw refusal('identity.password-too-long', { limit: longestPassword })
  const salt = randomBytes(saltLength)
  const tag = await tagOf(message, { ...recommended, salt, tag: Buffer.alloc(tagLength) })
  return writePasswordHash({ ...recommended, salt, tag })
}

/**
 * Whether the password is the one that was hashed. Give null for the hash when there is no such user: the answer is false and takes as
 * long as a real one, so that nobody can find out by timing who has an account.
 *
 * @example
 * const user = await db.asSystem('sign in').User.findFirst({ where: { email } })
 * if (!(await verifyPassword(input.password, user?.passwordHash ?? null))) throw fail('wrong e-mail or password')
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const stored = hash === null ? nobody : readPasswordHash(hash)
  if (stored === null) throw refusal('identity.password-hash-unreadable', {})
  const message = normalised(password)
  const possible = hash !== null && message.length <= longestPassword
  const tag = await tagOf(possible ? message : Buffer.alloc(8), stored)
  return timingSafeEqual(tag, stored.tag) && possible
}

/**
 * Whether a stored hash was made with other parameters than today's; hash the password anew after the next sign-in.
 *
 * @example
 * if (passwordNeedsRehash(user.passwordHash)) await users.update(user.id, { passwordHash: await hashPassword(password) })
 */
export function passwordNeedsRehash(hash: string): boolean {
  const stored = readPasswordHash(hash)
  return (
    stored === null ||
    stored.memory !== recommended.memory ||
    stored.passes !== recommended.passes ||
    stored.parallelism !== recommended.parallelism ||
    stored.tag.length !== tagLength ||
    stored.salt.length !== saltLength
  )
}

const normalised = (password: string): Buffer => Buffer.from(password.normalize('NFC'))

function tagOf(message: Buffer, hash: PasswordHash): Promise<Buffer> {
  return queue.run(
    () =>
      derive('argon2id', {
        message,
        nonce: hash.salt,
        parallelism: hash.parallelism,
        tagLength: hash.tag.length,
        memory: hash.memory,
        passes: hash.passes,
      }),
    busy,
  )
}
