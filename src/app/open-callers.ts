/** Who is calling: the tokens of an application, and the rows that they stand for. */
import type { Engine } from '../engine/index.ts'
import type { ModelGraph } from '../model/index.ts'
import {
  bearerTokens,
  type BearerTokens,
  callerAttributes,
  type CallerResolver,
  callerResolver,
  defaultScheme,
  derivedKey,
} from '../service/auth/index.ts'
import type { App } from './create-app.ts'
import type { Joined } from './extension.ts'
import type { Mounted } from './mount.ts'
import { developmentSecret } from './secret.ts'
import type { Settings } from './settings.ts'

interface CallerParts {
  readonly settings: Settings
  readonly joined: Joined
  readonly graph: ModelGraph
  readonly engine: Engine
  readonly mounted: readonly Mounted[]
  readonly clock: () => number
}

interface Callers {
  readonly tokens: BearerTokens
  /** The word before the token. */
  readonly scheme: string
  readonly callers: CallerResolver
}

/** `root`: the folder of the application, which keeps a secret for development. */
export function openCallers({ options }: App, root: string, parts: CallerParts): Callers {
  const { settings, joined, graph, engine, mounted, clock } = parts
  const { auth = {}, name = 'plinth' } = options
  const { issuer = name, scheme = defaultScheme } = auth
  const tokens = bearerTokens({
    key: auth.key ?? derivedKey(settings.secret ?? developmentSecret(root)),
    issuer,
    audience: auth.audience ?? issuer,
    type: 'JWT',
    lifetime: auth.lifetime ?? 86_400,
    now: clock,
  })
  const callers = callerResolver({
    engine,
    tokens,
    scheme,
    attributes: callerAttributes(graph, [joined.actions, joined.routes, mounted.map(({ allow }) => allow)]),
    remember: auth.remember ?? 5000,
    now: clock,
  })
  return { tokens, scheme, callers }
}
