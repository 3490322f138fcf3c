import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PlinthError } from '../error/index.ts'
import { readDatabaseAddress } from './database-address.ts'
import { developmentSecret, weaknessOf } from './secret.ts'
import { type Environment, readSettings, type Settings, type SettingsInput } from './settings.ts'

const good = 'q3Vd8mK1xZp7Rt2Wn9Lc4Hy6Bf0Gs5Ja'

function settings(environment: Environment, more: Partial<SettingsInput> = {}): Settings {
  return readSettings({
    environment,
    mode: 'production',
    root: '/srv/shop',
    server: {},
    mistakes: [],
    needsSecret: true,
    hasStore: false,
    ...more,
  })
}

function mistakesOf(environment: Environment, more: Partial<SettingsInput> = {}): readonly string[] {
  try {
    settings(environment, more)
    return []
  } catch (error) {
    return (error as PlinthError).errors.map(mistake => `${mistake.code} ${mistake.pointer}`)
  }
}

describe('settings', () => {
  it('have defaults that fit the way the application runs', () => {
    expect(settings({ PLINTH_SECRET: good })).toEqual({
      mode: 'production',
      port: 3000,
      host: '0.0.0.0',
      database: { store: 'sqlite', file: '/srv/shop/data/app.db' },
      secret: good,
      log: 'json',
      shutdownDelay: 2000,
      shutdownGrace: 30_000,
    })
    // An empty address would be every one of the machine.
    expect(settings({ HOST: ' ' }, { mode: 'development' })).toMatchObject({ host: '127.0.0.1' })
    expect(settings({}, { mode: 'development' })).toMatchObject({
      host: '127.0.0.1',
      secret: null,
      log: 'pretty',
      shutdownDelay: 0,
    })
  })

  it('take the environment before the code', () => {
    const server = { port: 4000, host: '::1', shutdownGrace: 5 }
    const environment = {
      PORT: '0',
      HOST: '10.0.0.1',
      PLINTH_SHUTDOWN_GRACE: '10s',
      PLINTH_SHUTDOWN_DELAY: '2m',
      PLINTH_LOG: 'off',
    }
    expect(settings({ PLINTH_SECRET: good }, { server })).toMatchObject({ port: 4000, host: '::1', shutdownGrace: 5 })
    expect(settings({ PLINTH_SECRET: good, ...environment }, { server })).toMatchObject({
      port: 0,
      host: '10.0.0.1',
      shutdownGrace: 10_000,
      shutdownDelay: 120_000,
      log: 'off',
    })
  })

  it('have no time that is longer than a timer can wait', () => {
    expect(settings({ PLINTH_SECRET: good, PLINTH_SHUTDOWN_GRACE: '34560m' }).shutdownGrace).toBe(24 * 86_400_000)
    expect(mistakesOf({ PLINTH_SECRET: good, PLINTH_SHUTDOWN_GRACE: '36000m' })).toEqual([
      'boot.variable-invalid PLINTH_SHUTDOWN_GRACE',
    ])
  })

  it('name every mistake at once, with the nearest word', () => {
    const environment = {
      PORT: '80000',
      DATABASE_URL: 'oracle://me:hunter2@db/shop',
      PLINTH_SECRET: 'short',
      PLINTH_LOG: 'jsn',
      PLINTH_SHUTDOWN_GRACE: 'soon',
      PLINTH_SECERT: good,
      PATH: '/bin',
      PLINTH_PORT: 'tcp://10.0.0.1:3000',
      PLINTH_SERVICE_HOST: '10.0.0.1',
    }
    let message = ''
    try {
      settings(environment)
    } catch (error) {
      message = (error as PlinthError).message
    }
    expect(message).toBe(
      [
        'The configuration has 6 mistakes:',
        '  - PORT=80000 cannot be used: a port is a whole number from 0 to 65535.',
        '  - DATABASE_URL begins with "oracle:", and there is no such store. These forms exist: file:./data/app.db, sqlite:/var/lib/app.db, ./data/app.db, postgres://user:password@host:5432/name, mysql://user:password@host:3306/name, memory:.',
        '  - PLINTH_SECRET protects nothing: it has 5 characters and needs at least 32. Make one with: openssl rand -base64 32',
        '  - PLINTH_LOG=jsn cannot be used: it has to be one of json, pretty, off, perhaps "json".',
        '  - PLINTH_SHUTDOWN_GRACE=soon cannot be used: a duration is written like 500ms, 10s or 2m.',
        '  - There is no setting PLINTH_SECERT. Did you mean PLINTH_SECRET?',
      ].join('\n'),
    )
    expect(message).not.toContain('hunter2')
  })

  it('demand a secret in production from applications in which people sign in', () => {
    expect(mistakesOf({})).toEqual(['boot.secret-missing PLINTH_SECRET'])
    expect(mistakesOf({ PLINTH_SECRET: '' })).toEqual(['boot.secret-missing PLINTH_SECRET'])
    expect(mistakesOf({}, { needsSecret: false })).toEqual([])
    expect(mistakesOf({}, { mode: 'development' })).toEqual([])
    expect(mistakesOf({ PLINTH_SECRET: 'short' }, { mode: 'development' })).toEqual([])
  })

  it.each([
    'x'.repeat(64),
    'abcabcabcabcabcabcabcabcabcabcabcabc',
    'please-change-me-please-change-me-1234',
    `your-secret-${good}`,
  ])('call %s weak', secret => {
    expect(weaknessOf(secret)).not.toBeNull()
    expect(mistakesOf({ PLINTH_SECRET: secret })).toEqual(['boot.secret-weak PLINTH_SECRET'])
  })

  it('leave DATABASE_URL alone when the code brings a store', () => {
    expect(mistakesOf({ PLINTH_SECRET: good, DATABASE_URL: 'postgres://db' }, { hasStore: true })).toEqual([])
  })
})

describe('DATABASE_REPLICA_URLS', () => {
  const environment = { PLINTH_SECRET: good, DATABASE_URL: 'postgres://app:hunter2@db/shop' }
  const [one, two] = ['postgres://app:hunter2@one/shop', 'postgres://app:hunter2@two/shop?sslmode=require']

  it('are divided by commas, spaces and lines', () => {
    const replicas = `${one}, ${two}\n`
    expect(settings({ ...environment, DATABASE_REPLICA_URLS: replicas }).database).toMatchObject({
      store: 'postgres',
      replicaUrls: [one, two],
    })
    expect(settings(environment).database).toMatchObject({ replicaUrls: [] })
  })

  it.each([
    [`${one} postgres://app:hunter2@two/shop?schma=a`, 'number 2 of 2: it has no parameter "schma"'],
    [`${one},${one}`, 'number 2 of 2 is named already'],
    [environment.DATABASE_URL, 'number 1 of 1 is named already'],
    ['mysql://app:hunter2@one/shop', 'number 1 of 1 is no address of PostgreSQL'],
  ])('are refused without repeating a password: %#', (replicas, problem) => {
    let message = ''
    try {
      settings({ ...environment, DATABASE_REPLICA_URLS: replicas, PORT: 'x' })
    } catch (error) {
      message = (error as PlinthError).message
    }
    expect(message).toContain('2 mistakes')
    expect(message).toContain(`DATABASE_REPLICA_URLS cannot be used: ${problem}`)
    expect(message).not.toContain('hunter2')
  })

  it('are refused where they are not read from', () => {
    for (const url of ['mysql://app@db/shop', 'file:./app.db', 'memory:'])
      expect(mistakesOf({ ...environment, DATABASE_URL: url, DATABASE_REPLICA_URLS: one })).toEqual([
        'boot.replicas-invalid DATABASE_REPLICA_URLS',
      ])
  })
})

describe('DATABASE_URL', () => {
  it.each(['', '  '])('that is empty (%j) is not taken for one that is not set', DATABASE_URL => {
    expect(mistakesOf({ PLINTH_SECRET: good, DATABASE_URL })).toEqual(['boot.database-invalid DATABASE_URL'])
    expect(() => settings({ PLINTH_SECRET: good, DATABASE_URL })).toThrow('it is empty; take it away for')
  })

  it.each([
    ['file:./data/app.db', '/srv/data/app.db'],
    ['file:data/app.db', '/srv/data/app.db'],
    ['file:/var/app.db', '/var/app.db'],
    ['file:///var/my%20app.db', '/var/my app.db'],
    ['file://./app.db', '/srv/app.db'],
    ['sqlite:app.db', '/srv/app.db'],
    ['SQLITE:///var/app.db', '/var/app.db'],
    ['app.db', '/srv/app.db'],
    ['/var/app.db', '/var/app.db'],
  ])('%s is the file %s', (text, file) => {
    expect(readDatabaseAddress(text, '/srv')).toEqual({ ok: true, address: { store: 'sqlite', file } })
  })

  it('has a store that is only in memory', () => {
    expect(readDatabaseAddress('memory:', '/srv')).toEqual({ ok: true, address: { store: 'memory' } })
  })

  it.each([
    'postgres://db/shop',
    'postgres://anna@db',
    'postgres://anna@db/shop?sslmode=prefer',
    'postgres://anna@db/shop?ssl=true',
    'postgres://anna@db/shop?sslcert=a.pem',
    'mysql:x',
    'libsql://x',
    'memory:x',
    'file:',
    'file://host/app.db',
    ':memory:',
    'sqlite::memory:',
    'file:./app.db?mode=ro',
    'file:./data/',
    ' ',
  ])('%j is refused', text => {
    expect(readDatabaseAddress(text, '/srv').ok).toBe(false)
  })
})

describe('the secret of a checkout', () => {
  it('is made once, is strong, is private and stays out of git', () => {
    const root = mkdtempSync(join(tmpdir(), 'plinth-secret-'))
    try {
      const secret = developmentSecret(root)
      expect(weaknessOf(secret)).toBeNull()
      expect(developmentSecret(root)).toBe(secret)
      expect(statSync(join(root, '.plinth/secret')).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(root, '.plinth/.gitignore'), 'utf8')).toBe('*\n')
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
