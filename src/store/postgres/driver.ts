/**
 * `pg`, through the part of it that Plinth uses. It is loaded here and nowhere else, by the one who needs it, and no type of it leaves:
 * an application without PostgreSQL has no `pg`.
 */
import { refusal } from '../../error/index.ts'

/** The messages of the protocol that a statement sends. */
export interface PgProtocol {
  readonly stream: { cork(): void; uncork(): void; destroy(): void }
  readonly parsedStatements: Record<string, string | undefined>
  readonly submittedNamedStatements: Record<string, string | undefined>
  parse(message: { readonly name: string; readonly text: string; readonly types?: readonly number[] }): void
  bind(message: {
    readonly portal: string
    readonly statement: string
    readonly values: readonly unknown[]
    readonly valueMapper: (value: unknown) => unknown
  }): void
  execute(message: { readonly portal: string; readonly rows: number }): void
  close(message: { readonly type: 'S'; readonly name: string }): void
  sync(): void
}

export interface PgClient {
  readonly connection: PgProtocol
  readonly processID: number | null
  readonly secretKey: number | Uint8Array | null
  readonly host: string
  readonly port: number
  connect(): Promise<unknown>
  /** How its own queries read values of a type, in the form that they ask for. */
  setTypeParser(type: number, form: 'text', parse: (text: string) => unknown): void
  /** `I`: in none, `T`: in one, `E`: in one that failed. */
  getTransactionStatus(): string | null
  query(query: unknown): unknown
  query(text: string, callback: (error: Error | null) => void): void
  query(query: object, values: undefined, callback: (error: Error | null, result: PgResult) => void): void
  end(): Promise<void>
  on(event: 'error' | 'end' | 'notice', listener: (value: Error) => void): unknown
  once(event: 'end', listener: () => void): unknown
}

export interface PgResult {
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
}

export interface PgClientOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  readonly database: string
  readonly ssl: false | Readonly<Record<string, unknown>>
  readonly application_name: string
  readonly connectionTimeoutMillis: number
  readonly keepAlive: boolean
  readonly keepAliveInitialDelayMillis: number
  readonly pipeline: boolean
}

/** The base of pg's own queries: its pipeline takes no others. */
type PgQuery = new (config: { readonly text: string }) => object

export interface PgDriver {
  readonly Client: new (options: PgClientOptions) => PgClient
  readonly Query: PgQuery
}

/** The versions that have the pipeline. */
const installCommand = 'npm install pg@^8.23.0'

export async function loadPg(): Promise<PgDriver> {
  let loaded: { readonly default: unknown }
  try {
    loaded = await import('pg')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw refusal(
      'boot.driver-missing',
      { driver: 'pg', database: 'PostgreSQL', command: installCommand },
      { cause: error as Error },
    )
  }
  const driver = loaded.default as Partial<PgDriver>
  if (driver.Client === undefined || driver.Query === undefined)
    throw refusal('boot.driver-missing', { driver: 'pg', database: 'PostgreSQL', command: installCommand })
  return driver as PgDriver
}
