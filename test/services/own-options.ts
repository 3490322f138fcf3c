// What a test may ask of a server of its own. Plain data: it travels to the process that keeps the servers.
export type CertificateVariant = 'valid' | 'expired' | 'of another authority' | 'for another host'

export interface OwnOptions {
  /** Writes reach the disk before they are answered, as in production. Off by default: tests are faster without. */
  readonly durable?: boolean
  /** Which certificate it shows, of the tests' authority unless said otherwise. Default: `valid`, for 127.0.0.1 and localhost. */
  readonly certificate?: CertificateVariant
  /** Settings of the server itself, as `{ max_connections: '12' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** PostgreSQL only: a streaming standby beside it. */
  readonly standby?: boolean
}

/** How to reach a server. */
export interface Address {
  /** With the rights of the administrator. */
  readonly adminUrl: string
  /** As the owner of what tests make. */
  readonly user: string
  readonly password: string
  readonly host: string
  readonly port: number
  /** Path of its Unix socket (PostgreSQL: the folder that holds it); null when it was reached by a given URL. */
  readonly socket: string | null
}
