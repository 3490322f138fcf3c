// A model with a field of every kind, for the table of what they are kept as.
import { defineSchema, field, model } from '../src/index.ts'
import { graphOf, type ModelGraph, type ModelNode } from '../src/model/index.ts'

/** The names of its fields, by the builders as the page spells them. */
export const sampleFields = {
  'field.id()': 'id',
  'field.uuid()': 'uuid',
  'field.sequence()': 'sequence',
  'field.text()': 'text',
  'field.text({ max: 80 })': 'shortText',
  "field.slug('text')": 'slug',
  'field.email()': 'email',
  'field.url()': 'url',
  'field.integer()': 'integer',
  'field.bigint()': 'bigint',
  'field.decimal({ precision: 12, scale: 2 })': 'decimal',
  'field.float()': 'float',
  'field.boolean()': 'boolean',
  'field.date()': 'date',
  'field.time()': 'time',
  'field.datetime()': 'datetime',
  "field.enum(['draft', 'published'])": 'enum',
  'field.json()': 'json',
  'field.bytes()': 'bytes',
  'field.array(field.text())': 'array',
  'field.array(field.integer())': 'integers',
  'field.ip()': 'ip',
} as const

const Sample = model({
  id: field.id(),
  uuid: field.uuid(),
  text: field.text(),
  shortText: field.text({ max: 80 }),
  slug: field.slug('text'),
  email: field.email(),
  url: field.url(),
  integer: field.integer(),
  bigint: field.bigint(),
  decimal: field.decimal({ precision: 12, scale: 2 }),
  float: field.float(),
  boolean: field.boolean(),
  date: field.date(),
  time: field.time(),
  datetime: field.datetime(),
  enum: field.enum(['draft', 'published']),
  json: field.json(),
  bytes: field.bytes(),
  array: field.array(field.text()),
  integers: field.array(field.integer()),
  ip: field.ip(),
})
/** What counts up is a key, and a model has one. */
const Counted = model({ sequence: field.sequence() })

export const sampleGraph: ModelGraph = graphOf(defineSchema({ Sample, Counted }))

function modelOf(name: string): ModelNode {
  const found = sampleGraph.models[name]
  if (found === undefined) throw new Error(`There is no model ${name}`)
  return found
}

export const sampleModel: ModelNode = {
  ...modelOf('Sample'),
  fields: { ...modelOf('Counted').fields, ...modelOf('Sample').fields },
}
