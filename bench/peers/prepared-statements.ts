// How many statements the connections of this process keep prepared, as pg knows: PostgreSQL shows them to their own session only.
import { Client } from 'pg'

const clients = new Set<Client>()

/** Called before the first connection is made. */
export function watchPrepared(): void {
  const connect = Client.prototype.connect as (this: Client, ...values: unknown[]) => unknown
  Client.prototype.connect = function (this: Client, ...values: unknown[]) {
    clients.add(this)
    this.once('end', () => clients.delete(this))
    return connect.apply(this, values)
  } as typeof Client.prototype.connect
}

/** The most statements on one connection; undefined where nobody watched. */
export function mostPrepared(): number | undefined {
  if (clients.size === 0) return undefined
  return Math.max(...[...clients].map(client => Object.keys(parsedBy(client)).length))
}

// pg's types leave it out.
const parsedBy = (client: Client): object =>
  (client as unknown as { readonly connection?: { readonly parsedStatements: object } }).connection?.parsedStatements ??
  {}
