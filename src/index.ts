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
export { type ErrorCode, type ErrorDetail, fail, type Failure, type FailOptions, PlinthError } from './error/index.ts'
export {
  allOf,
  anyOf,
  coalesce,
  concat,
  type CreateInput,
  defineHooks,
  defineKind,
  defineRules,
  defineSchema,
  everyone,
  field,
  type FieldKind,
  type Key,
  length,
  lower,
  model,
  nobody,
  not,
  now,
  partial,
  type Row,
  type UpdateInput,
  upper,
  type Where,
} from './model/index.ts'
export {
  type Action,
  action,
  type ActionCall,
  type ActionOptions,
  type Db,
  type Envelope,
  type Projection,
  projection,
  type SystemDb,
} from './operation/index.ts'
export {
  ed25519Key,
  hashPassword,
  hmacKey,
  passwordNeedsRehash,
  type TokenKey,
  verifyPassword,
} from './service/auth/index.ts'
export { type GroupOptions, type PresentedError, type RouteGroup, routesOf } from './surface/routes/index.ts'
