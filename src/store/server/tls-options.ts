/** The choice of TLS as options of node:tls. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { refusal } from '../../error/index.ts'
import type { TlsChoice } from '../../lib/index.ts'

export type TlsOptions = Readonly<Record<string, unknown>>

export function tlsOptions({ mode, authority, certificate, key }: TlsChoice): TlsOptions {
  return {
    rejectUnauthorized: mode !== 'require',
    ...(authority === null ? {} : { ca: contents('sslrootcert', authority) }),
    ...(certificate === null ? {} : { cert: contents('sslcert', certificate) }),
    ...(key === null ? {} : { key: contents('sslkey', key) }),
    // The authority is trusted, whatever the name.
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}

function contents(parameter: string, path: string): string {
  try {
    const pem = readFileSync(path, 'utf8')
    if (parameter === 'sslkey') createPrivateKey(pem)
    else void new X509Certificate(pem)
    return pem
  } catch (error) {
    const cause = error instanceof Error ? { cause: error } : {}
    const what = parameter === 'sslkey' ? 'private key' : 'certificate'
    const problem = `${parameter} names a file that cannot be read or is no ${what} in PEM: ${path}`
    throw refusal('boot.database-address', { problem }, cause)
  }
}
