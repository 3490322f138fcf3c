// Nothing is timed before every peer has given the same bodies for the same requests.
import { random } from '../data/random.ts'
import type { BenchRequest, Row, Samples } from '../rows.ts'
import { comparable } from '../shape.ts'

/** A peer that serves. */
export interface Served {
  readonly name: string
  readonly port: number
}

/** Two peers that answer the same request differently. */
export class BodyMismatch extends Error {
  override readonly name = 'BodyMismatch'
}

/**
 * Asks every peer the same requests of a row and throws a {@link BodyMismatch} at the first difference. Peers that share
 * a database write one after the other, and `undo` takes back what each has created.
 */
export async function compareBodies(
  row: Row,
  peers: readonly Served[],
  samples: Samples,
  requests: number = 5,
  undo?: () => Promise<void>,
): Promise<void> {
  const sequence = random(`compare ${row.name}`)
  for (let index = 0; index < requests; index++) {
    const request = row.request(sequence, samples, `compare-${index}`)
    const answers: { peer: string; value: unknown }[] = []
    for (const peer of peers) {
      answers.push({ peer: peer.name, value: await answerOf(peer, row, request) })
      await undo?.()
    }
    const [first, ...others] = answers
    for (const other of others) {
      const difference = firstDifference(first?.value, other.value)
      if (difference === undefined) continue
      throw new BodyMismatch(
        `row ${row.name}, ${request.method} ${request.path}\n` +
          `at ${difference.path === '' ? 'the top' : difference.path}\n` +
          `  ${first?.peer}: ${inJson(difference.left)}\n  ${other.peer}: ${inJson(difference.right)}`,
      )
    }
  }
}

async function answerOf(peer: Served, row: Row, request: BenchRequest): Promise<unknown> {
  const headers = new Headers({ accept: 'application/json' })
  if (request.token !== undefined) headers.set('authorization', `Bearer ${request.token}`)
  if (request.body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(`http://127.0.0.1:${peer.port}${request.path}`, {
    method: request.method,
    headers,
    body: request.body ?? null,
  })
  const text = await response.text()
  if (response.status !== row.status) {
    throw new BodyMismatch(
      `row ${row.name}, ${request.method} ${request.path}\n` +
        `  ${peer.name} answered ${response.status}, expected ${row.status}: ${text.slice(0, 500)}`,
    )
  }
  return withoutVolatile(comparable(JSON.parse(text)), row.volatile)
}

const volatileForms = {
  id: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  time: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
} as const

/** Replaces what each server makes itself by its form, so that a wrong form is still a difference. */
function withoutVolatile(value: unknown, volatile: Row['volatile']): unknown {
  if (volatile === undefined || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => {
    const form = volatile[key]
    return form !== undefined && typeof part === 'string' && volatileForms[form].test(part)
      ? [key, `<${form}>`]
      : [key, part]
  })
  return Object.fromEntries(entries)
}

interface Difference {
  readonly path: string
  readonly left: unknown
  readonly right: unknown
}

/** Where two JSON values first differ; the order of an object's keys does not count. */
export function firstDifference(left: unknown, right: unknown, path: string = ''): Difference | undefined {
  if (Object.is(left, right)) return undefined
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return { path, left, right }
  }
  if (Array.isArray(left) !== Array.isArray(right)) return { path, left, right }
  const leftEntries = new Map<string, unknown>(Object.entries(left))
  const rightEntries = new Map<string, unknown>(Object.entries(right))
  for (const key of new Set([...leftEntries.keys(), ...rightEntries.keys()])) {
    const difference = firstDifference(leftEntries.get(key), rightEntries.get(key), `${path}/${key}`)
    if (difference !== undefined) return difference
  }
  return undefined
}

function inJson(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value).slice(0, 500)
}
