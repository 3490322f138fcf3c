/** Random models, and a second version of them that differs in ways that a migration can make. */
import { defineSchema, field, model, type ModelGraph, graphOf } from '../../src/model/index.ts'
import type { Random } from '../property/random.ts'

export interface FieldSpec {
  readonly name: string
  /** Fixed at birth. */
  readonly column: string
  readonly kind: 'text' | 'integer' | 'bigint' | 'decimal' | 'boolean' | 'enum' | 'datetime' | 'json'
  readonly optional: boolean
  readonly hasDefault: boolean
  readonly unique: boolean
  /** Of a text: its letter case does not count in what is unique, or it has an index of its own in which it does not. */
  readonly ignoresCase: boolean
  /** Characters, digits or words, as the kind has them. */
  readonly size: number
  readonly scale: number
}

export interface ModelSpec {
  readonly name: string
  readonly table: string
  readonly fields: readonly FieldSpec[]
  readonly references: readonly { readonly name: string; readonly column: string; readonly to: string }[]
  /** Names of columns. */
  readonly indexes: readonly string[]
  readonly softDelete: boolean
}

export type Spec = readonly ModelSpec[]

const kinds = ['text', 'integer', 'bigint', 'decimal', 'boolean', 'enum', 'datetime', 'json'] as const
const sized = { text: [20, 60, 300], decimal: [8, 10, 12], enum: [2, 3, 4] } as const

function randomField(random: Random, number: number): FieldSpec {
  const kind = random.pick(kinds)
  const optional = random.chance(0.5)
  return {
    name: `f${number}`,
    column: `f${number}`,
    kind,
    optional,
    hasDefault: !optional && kind !== 'datetime' && kind !== 'json' && random.chance(0.5),
    unique: (kind === 'integer' || kind === 'text') && random.chance(0.2),
    ignoresCase: kind === 'text' && random.chance(0.35),
    size: kind in sized ? random.pick(sized[kind as keyof typeof sized]) : 0,
    scale: 2,
  }
}

export function randomSpec(random: Random): Spec {
  const names = ['Apple', 'Berry', 'Cherry'].slice(0, 1 + random.below(3))
  return names.map((name, place): ModelSpec => {
    const fields = Array.from({ length: 1 + random.below(4) }, (_, number) => randomField(random, number))
    return {
      name,
      table: name.toLowerCase(),
      fields: fields.map(one => ({ ...one, unique: one.unique && !one.hasDefault })),
      references:
        place > 0 && random.chance(0.6) ? [{ name: 'friend', column: 'friend_id', to: names[place - 1] ?? name }] : [],
      indexes: random.some(
        fields
          .filter(({ kind, size }) => kind !== 'json' && (kind !== 'text' || size < 200))
          .map(({ column }) => column),
        random.below(2),
      ),
      softDelete: random.chance(0.2),
    }
  })
}

/** Another version: each change is one that a migration can make. */
export function changedSpec(spec: Spec, random: Random): Spec {
  const models = spec.filter((_, place) => place === 0 || spec.length === 1 || random.chance(0.9))
  const kept = new Set(models.map(({ name }) => name))
  const changed = models.map((one): ModelSpec => ({
    ...one,
    fields: changedFields(one.fields, random),
    references: one.references.filter(({ to }) => kept.has(to) && random.chance(0.8)),
    softDelete: one.softDelete || random.chance(0.15),
  }))
  const withIndexes = changed.map((one): ModelSpec => {
    const columns = one.fields.filter(({ kind, size }) => kind !== 'json' && (kind !== 'text' || size < 200))
    return {
      ...one,
      indexes: random.some(
        columns.map(({ column }) => column),
        random.below(3),
      ),
    }
  })
  if (!random.chance(0.3)) return withIndexes
  const fields = [randomField(random, 0), randomField(random, 1)].map(one => ({ ...one, unique: false }))
  return [
    ...withIndexes,
    {
      name: 'Damson',
      table: 'damson',
      fields,
      references: [{ name: 'of', column: 'of_id', to: withIndexes[0]?.name ?? '' }],
      indexes: [],
      softDelete: false,
    },
  ]
}

function changedFields(fields: readonly FieldSpec[], random: Random): readonly FieldSpec[] {
  const kept = fields.filter((_, place) => place === 0 || random.chance(0.85)).map(one => changedField(one, random))
  const added = Array.from({ length: random.below(3) }, (_, number): FieldSpec => ({
    ...randomField(random, 10 + number),
    unique: false,
  }))
  return [...kept, ...added]
}

function changedField(one: FieldSpec, random: Random): FieldSpec {
  if (random.chance(0.15)) return { ...one, name: `${one.name}New` }
  if (one.kind === 'text' && random.chance(0.3)) return { ...one, ignoresCase: !one.ignoresCase }
  if (random.chance(0.25)) return { ...one, optional: !one.optional, hasDefault: false, unique: false }
  if (random.chance(0.3)) {
    const larger = sized[one.kind as keyof typeof sized]?.find(size => size > one.size)
    if (larger !== undefined) return { ...one, size: larger }
    if (one.kind === 'integer' && !one.unique)
      return { ...one, kind: random.pick(['bigint', 'text', 'decimal']), size: 12, hasDefault: false }
  }
  if (one.kind === 'decimal' && random.chance(0.2))
    return { ...one, size: one.size + 1, scale: one.scale + 1, hasDefault: false }
  if (one.kind === 'integer' || one.kind === 'text')
    return { ...one, unique: !one.unique && !one.hasDefault && random.chance(0.3) }
  return one
}

const words = ['red', 'green', 'blue', 'transparent']

/** Any value of the field; `number` makes it unlike others. */
export function valueOf(one: FieldSpec, number: number): unknown {
  switch (one.kind) {
    case 'text':
      return `text ${number}`
    case 'integer':
      return number
    case 'bigint':
      return `900719925474099${number % 10}`
    case 'decimal':
      return `${number}.50`.padEnd(`${number}.`.length + one.scale, '0')
    case 'boolean':
      return number % 2 === 0
    case 'enum':
      return words[number % one.size]
    case 'datetime':
      return `2026-11-${String(1 + (number % 28)).padStart(2, '0')}T00:00:00.000Z`
    case 'json':
      return { number }
  }
}

/** What rows get in the field where it is required from now on. */
export function fillOf(one: FieldSpec): unknown {
  return valueOf(one, 0)
}

function declared(one: FieldSpec) {
  const base = {
    text: () => field.text({ max: one.size }),
    integer: () => field.integer(),
    bigint: () => field.bigint(),
    decimal: () => field.decimal({ precision: one.size, scale: one.scale }),
    boolean: () => field.boolean(),
    enum: () => field.enum(words.slice(0, one.size) as [string, ...string[]]),
    datetime: () => field.datetime(),
    json: () => field.json(),
  }[one.kind]() as ReturnType<typeof field.integer>
  let made: unknown = base.column(one.column)
  if (one.hasDefault) made = (made as typeof base).default(fillOf(one) as never)
  const text = made as ReturnType<typeof field.text>
  if (one.unique && one.kind === 'text') made = text.unique({ ignoreCase: one.ignoresCase })
  else if (one.unique) made = (made as typeof base).unique()
  else if (one.ignoresCase) made = text.index({ ignoreCase: true })
  if (one.optional) made = (made as typeof base).optional()
  return made
}

export function graphOfSpec(spec: Spec): ModelGraph {
  const models = spec.map(one => {
    const fields = Object.fromEntries([
      ['number', field.integer().key()],
      ...one.fields.map(each => [each.name, declared(each)] as const),
      ...one.references.map(({ name, to }) => [name, field.belongsTo(to).optional()] as const),
    ])
    const nameOf = (column: string): string => one.fields.find(each => each.column === column)?.name ?? column
    const options = { table: one.table, index: one.indexes.map(column => [nameOf(column)]), softDelete: one.softDelete }
    return [one.name, model(fields as never, options as never)] as const
  })
  return graphOf(defineSchema(Object.fromEntries(models) as never) as never)
}
