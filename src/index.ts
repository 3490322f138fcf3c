/** The front door: what an application is declared with. */
export {
  type App,
  type AppOptions,
  type AuthOptions,
  type Check,
  createApp,
  type Extension,
  type ExtensionContext,
  type Finding,
} from './app/index.ts'
export { type ErrorCode, PlinthError } from './error/index.ts'
export {
  allOf,
  anyOf,
  coalesce,
  concat,
  type CreateInput,
  defineHooks,
  defineRules,
  defineSchema,
  everyone,
  field,
  type Key,
  length,
  lower,
  model,
  nobody,
  not,
  now,
  type Row,
  type UpdateInput,
  upper,
  type Where,
} from './model/index.ts'
export type { Db, SystemDb } from './operation/index.ts'
export { ed25519Key, hashPassword, hmacKey, passwordNeedsRehash, type TokenKey, verifyPassword } from './service/auth/index.ts'
