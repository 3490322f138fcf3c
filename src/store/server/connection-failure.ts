/** What fails between Plinth and a database server in the same words for each of them: the network, TLS, and who may come. */
import { refusal } from '../../error/index.ts'
import type { Failure } from './connection.ts'

const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
])

/** From what Node says of sockets and of TLS; null for what only the driver can know. `code`: empty where the error has none. */
export function connectionFailure(code: string, error: Error): Failure | null {
  if (unreachable.has(code)) return { kind: 'unreachable' }
  if (code === 'ENOTFOUND') return misconfigured('there is no such host', 'Check the name of the host.', error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'lost' }
  if (isOfCertificate(code) || /certificate|altnames/i.test(error.message))
    return misconfigured(
      `its certificate is not trusted (${error.message})`,
      'Name the certificate of its authority: ?sslrootcert=/path/ca.pem.',
      error,
    )
  return null
}

const isOfCertificate = (code: string): boolean =>
  code.includes('CERT') || code.startsWith('ERR_TLS_') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'

export const notAccepted = (error: Error): Failure =>
  misconfigured('the user or its password is not accepted', 'Check the user and the password.', error)

export const noDatabase = (error: Error): Failure =>
  misconfigured('there is no such database', 'Create it, or check its name.', error)

export const noTls = (error: Error): Failure =>
  misconfigured('it offers no TLS', 'Turn it on there, or, where the network is trusted, add ?sslmode=disable.', error)

const misconfigured = (reason: string, advice: string, cause: Error): Failure => ({
  kind: 'misconfigured',
  error: refusal('boot.database-unreachable', { reason, advice }, { cause }),
})
