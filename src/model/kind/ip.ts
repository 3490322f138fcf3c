/** `ip`: an IPv4 or IPv6 address, stored as the 32 hex digits of its IPv6 form, so that addresses sort and ranges can be asked for. */
import { isIPv4, isIPv6 } from 'node:net'
import { defineKind } from './define-kind.ts'
import { orderOperators } from './support.ts'

/** The eight groups of an address; IPv4 is mapped (::ffff:0:0/96, RFC 4291 section 2.5.5.2). */
function groups(text: string): number[] {
  if (isIPv4(text)) return groups(`::ffff:${text}`)
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  const plain =
    dotted === null
      ? text
      : `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const read = (part: string): number[] => (part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16)))
  const [left, right] = [read(head), read(tail ?? '')]
  return tail === undefined ? left : [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups is `::`. Mapped IPv4 is dotted. */
function print(all: readonly number[]): string {
  if (all.slice(0, 5).every(group => group === 0) && all[5] === 0xffff) {
    const [high = 0, low = 0] = all.slice(6)
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  let start = -1
  let length = 1
  for (let from = 0; from < 8; from++) {
    let run = 0
    while (from + run < 8 && all[from + run] === 0) run++
    if (run > length) [start, length] = [from, run]
  }
  const hex = all.map(group => group.toString(16))
  return start === -1 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

const encode = (text: string): string =>
  groups(text)
    .map(group => group.toString(16).padStart(4, '0'))
    .join('')

export const ipKind = defineKind({
  name: 'ip',
  storage: 'text',
  operators: orderOperators,
  expected: 'an IPv4 or IPv6 address',
  parse: text => (isIPv4(text) || (isIPv6(text) && !text.includes('%')) ? print(groups(text)) : undefined),
  jsonSchema: {
    anyOf: [
      { type: 'string', format: 'ipv4' },
      { type: 'string', format: 'ipv6' },
    ],
  },
  codec: {
    encode,
    decode: stored => print((stored.match(/.{4}/g) ?? []).map(group => Number.parseInt(group, 16))),
  },
})
