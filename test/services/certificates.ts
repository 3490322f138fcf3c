// Certificates of an authority made for one run of the tests, good ones and each kind of bad one.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509'
import type { CertificateVariant } from './own-options.ts'
import { give } from './unprivileged.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000

interface Authority {
  readonly certificate: X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

/** Files of a server's certificate and its key. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export class Certificates {
  readonly #authority: Authority
  readonly #stranger: Authority

  private constructor(authority: Authority, stranger: Authority) {
    this.#authority = authority
    this.#stranger = stranger
  }

  static async make(): Promise<Certificates> {
    cryptoProvider.set(webcrypto)
    return new Certificates(await makeAuthority('Plinth tests'), await makeAuthority('Somebody else'))
  }

  /** What a client is told to trust. */
  get authority(): string {
    return this.#authority.certificate.toString('pem')
  }

  /** Writes a certificate and its key into `folder`, for the user that servers run as. */
  async write(variant: CertificateVariant, folder: string): Promise<CertificateFiles> {
    const keys = await newKeys()
    const issuer = variant === 'of another authority' ? this.#stranger : this.#authority
    const host = variant === 'for another host' ? 'elsewhere.example' : 'localhost'
    const now = Date.now()
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${host}`,
      issuer: issuer.certificate.subject,
      notBefore: new Date(now - 3 * day),
      notAfter: new Date(variant === 'expired' ? now - 2 * day : now + 30 * day),
      publicKey: keys.publicKey,
      signingKey: issuer.keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new SubjectAlternativeNameExtension(namesOf(host))],
    })
    const files = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') }
    const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
    await writeFile(files.certificate, certificate.toString('pem'))
    await writeFile(files.key, key, { mode: 0o600 })
    give(files.certificate)
    give(files.key)
    return files
  }
}

function namesOf(host: string): { type: 'dns' | 'ip'; value: string }[] {
  const name = { type: 'dns' as const, value: host }
  return host === 'localhost' ? [name, { type: 'ip', value: '127.0.0.1' }] : [name]
}

async function makeAuthority(name: string): Promise<Authority> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    notBefore: new Date(Date.now() - 10 * day),
    notAfter: new Date(Date.now() + 60 * day),
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return { certificate, keys }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}
