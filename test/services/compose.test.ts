// The compose file offers the servers of the catalogue, where compose.env says that they are.
import { parseYaml } from '@redocly/openapi-core'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../tooling/run.ts'
import { keeperVariable } from './ask.ts'
import { entryOf, serverNames, variableOf, withoutVariable } from './catalog.ts'

interface Service {
  readonly image: string
  readonly ports: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly healthcheck: { readonly test: string }
}

const read = (file: string): string => readFileSync(join(repository, file), 'utf8')
const { services } = parseYaml(read('compose.yaml')) as { services: Readonly<Record<string, Service>> }
const exported = new Map(
  [...read('compose.env').matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = '', url = '']) => [name, new URL(url)]),
)
/** PgBouncer would have to be told of the server behind it. */
const offered = serverNames.filter(name => name !== 'pgbouncer')

test('it offers each server, in the version of its name', () => {
  expect(Object.keys(services)).toEqual(offered)
  expect(Object.values(services).map(({ image }) => image.replace(':', '-'))).toEqual(offered)
  for (const name of offered) expect(`${name.split('-')[1]}.`).toBe(entryOf(name).version)
})

test.each(offered)('compose.env says where %s is, and its password', name => {
  const { ports, environment } = services[name]!
  const url = exported.get(variableOf(name))!
  const inside = entryOf(name).family === 'postgres' ? '5432' : '3306'
  expect(ports).toEqual([`${url.host}:${inside}`])
  expect(Object.values(environment)).toEqual([url.password])
  expect(url.protocol).toBe(`${entryOf(name).family}:`)
})

test('no variable of the tests reads as a setting of an application that they start', () => {
  for (const name of [keeperVariable, withoutVariable, ...serverNames.map(variableOf)])
    expect(name).not.toMatch(/^PLINTH_/)
})

test('compose.env says nothing else', () => {
  expect([...exported.keys()]).toEqual(offered.map(variableOf))
})
