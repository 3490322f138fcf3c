/**
 * `mysql2`, through the part of it that Plinth uses. It is loaded here and nowhere else, by the one who needs it, and no type of it leaves:
 * an application without MySQL has no `mysql2`.
 */
import type { Socket } from 'node:net'
import { refusal } from '../../error/index.ts'

export type Callback<T> = (error: Error | null, result: T, fields?: unknown) => void

export interface MysqlConnectionOptions {
  /** What the server's certificate is compared with. */
  readonly host: string
  readonly stream: () => Socket
  readonly user: string
  readonly password?: string
  readonly database: string
  readonly ssl?: Readonly<Record<string, unknown>>
  readonly connectTimeout: number
  readonly charset: string
  readonly rowsAsArray: true
  readonly supportBigNumbers: true
  readonly dateStrings: true
  readonly jsonStrings: true
  readonly maxPreparedStatements: number
  readonly timezone: 'Z'
}

/** What a statement without rows answers. */
export interface MysqlHeader {
  readonly affectedRows: number
}

/** What the driver sends, and how it reads the answer: without a packet it begins; true: it is done. */
export interface MysqlCommand {
  /** Of one that runs a statement: undefined until that is prepared. */
  readonly statement?: unknown
  execute(packet: unknown, client: MysqlClient): boolean
  onResult?(error: Error): void
}

export interface MysqlClient {
  readonly threadId: number | null
  addCommand(command: MysqlCommand): unknown
  /** The number of the next packet. */
  sequenceId: number
  connect(callback: (error: Error | null) => void): void
  execute(
    statement: {
      readonly sql: string
      readonly values: readonly unknown[]
      readonly rowsAsArray: boolean
      /** Wide integers are texts, not numbers where that loses nothing. */
      readonly bigNumberStrings?: true
    },
    callback: Callback<unknown>,
  ): void
  query(statement: { readonly sql: string; readonly rowsAsArray: boolean }, callback: Callback<unknown>): void
  unprepare(sql: string): unknown
  /** Makes the session as it was after connecting (COM_RESET_CONNECTION). */
  reset(callback: (error?: Error | null) => void): void
  end(callback: (error: Error | null) => void): void
  destroy(): void
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  readonly stream: {
    on(event: 'close', listener: () => void): unknown
    destroy(error: Error): unknown
    cork(): void
    uncork(): void
  }
}

/** Values whose type on the wire is given, where JavaScript's own would not do. */
export interface MysqlTypes {
  readonly LONGLONG: (value: bigint) => unknown
  readonly NEWDECIMAL: (value: string) => unknown
}

export interface MysqlDriver {
  createConnection(options: MysqlConnectionOptions): MysqlClient
  readonly TypedParameter: MysqlTypes
}

/** The versions that have typed parameters. */
const installCommand = 'npm install mysql2@^3.24.0'

export async function loadMysql(): Promise<MysqlDriver> {
  const missing = { driver: 'mysql2', database: 'MariaDB or MySQL', command: installCommand }
  let loaded: { readonly default: unknown }
  try {
    loaded = await import('mysql2')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw refusal('boot.driver-missing', missing, { cause: error as Error })
  }
  const driver = loaded.default as Partial<MysqlDriver>
  if (driver.createConnection === undefined || driver.TypedParameter === undefined)
    throw refusal('boot.driver-missing', missing)
  return driver as MysqlDriver
}
