/** Random models through the public builders: keys of all forms, every field kind, relations of all kinds, options. */
import {
  type Condition,
  defineSchema,
  field,
  type FieldType,
  model,
  type ModelGraph,
  not,
} from '../../src/model/index.ts'
import type { Random } from './random.ts'

/** Builders of one kind each, with what they can be. */
const kinds = {
  text: () => field.text(),
  slug: () => field.slug('label'),
  email: () => field.email(),
  url: () => field.url(),
  integer: () => field.integer(),
  bigint: () => field.bigint(),
  decimal: (random: Random) => field.decimal({ precision: 18, scale: random.below(4) }),
  float: () => field.float(),
  boolean: () => field.boolean(),
  date: () => field.date(),
  time: () => field.time(),
  datetime: () => field.datetime(),
  enum: () => field.enum(['red', 'green', 'Blue', 'blue']),
  json: () => field.json(),
  bytes: () => field.bytes(),
  ip: () => field.ip(),
  uuid: () => field.uuid(),
  array: (random: Random) =>
    random.pick([
      () => field.array(field.text()),
      () => field.array(field.integer()),
      () => field.array(field.enum(['a', 'b', 'c'])),
    ])(),
}

type Builder = { optional(): unknown; private(): unknown; writeOnly(): unknown }
type Fields = Record<string, unknown>

const keyForms = ['uuid', 'sequence', 'text', 'integer', 'bigint', 'date', 'composite'] as const
type KeyForm = (typeof keyForms)[number]

interface Draft {
  readonly name: string
  readonly fields: Fields
  readonly options: Record<string, unknown>
  readonly keyForm: KeyForm
}

const names = ['User', 'Album', 'Branch', 'Crate', 'Device'] as const

/** A schema of two to five models; the first is the callers'. */
export function randomGraph(random: Random): ModelGraph {
  const drafts: Draft[] = []
  for (const name of names.slice(0, 2 + random.below(4))) drafts.push(draftModel(name, random))
  for (const [index, draft] of drafts.entries()) relate(draft, drafts.slice(0, index + 1), random)
  for (const draft of drafts) if (random.chance(0.4)) link(draft, random.pick(drafts), random)
  if (drafts.length > 2 && random.chance(0.5)) joinThrough(drafts, random)
  const models = Object.fromEntries(
    drafts.map(({ name, fields, options }) => [name, model(fields as never, options as never)]),
  )
  return defineSchema(models as never, { caller: 'User' as never }).graph
}

function draftModel(name: string, random: Random): Draft {
  const keyForm = random.pick(keyForms)
  const options: Record<string, unknown> = {}
  const fields: Fields = { ...keyFields(keyForm, options) }
  fields['label'] = field.text()
  const names = Object.keys(kinds) as (keyof typeof kinds)[]
  for (const kind of random.some(names, 3 + random.below(4))) {
    let builder = kinds[kind](random) as Builder
    if (isText(kind) && random.chance(0.5)) builder = ignoringCase(builder as unknown as TextBuilder, random)
    if (random.chance(0.6)) builder = builder.optional() as Builder
    const secret = random.below(12)
    if (secret === 0) builder = builder.private() as Builder
    else if (secret === 1) builder = builder.writeOnly() as Builder
    fields[`${kind}Field`] = builder
  }
  // What rules about callers are made of.
  if (name === 'User') {
    fields['role'] = field.enum(['member', 'editor', 'admin']).optional()
    fields['level'] = field.integer().optional()
  }
  if (random.chance(0.4)) options['softDelete'] = true
  if (random.chance(0.3)) options['version'] = true
  if (random.chance(0.3)) {
    options['scopes'] = {
      labelled: (row: { label: { startsWith(part: string): Condition } }) => not(row.label.startsWith('a')),
    }
  }
  return { name, fields, options, keyForm }
}

type TextBuilder = ReturnType<typeof field.text>

const isText = (kind: keyof typeof kinds): boolean => kind === 'text' || kind === 'email' || kind === 'url'

/** Indexed without its letter case: what is found must not depend on it. */
const ignoringCase = (builder: TextBuilder, random: Random): Builder =>
  random.chance(0.4) ? builder.unique({ ignoreCase: true }) : builder.index({ ignoreCase: true })

function keyFields(form: KeyForm, options: Record<string, unknown>): Fields {
  switch (form) {
    case 'uuid':
      return {}
    case 'sequence':
      return { id: field.sequence() }
    case 'text':
      return { code: field.text().key() }
    case 'integer':
      return { number: field.integer().key() }
    case 'bigint':
      return { serial: field.bigint().key() }
    case 'date':
      return { day: field.date().key() }
    case 'composite':
      options['key'] = ['area', 'place']
      return { area: field.text(), place: field.integer() }
  }
}

/** Relations to models that come earlier, or to itself; two to one model sometimes. */
function relate(draft: Draft, targets: readonly Draft[], random: Random): void {
  for (const [index, name] of ['owner', 'source', 'peer'].entries()) {
    if (random.chance(index === 0 ? 0.15 : 0.5)) continue
    const target = random.pick(targets)
    let relation = field.belongsTo(target.name) as { optional(): unknown; unique(): unknown }
    const unique = random.chance(0.15)
    if (unique) relation = relation.unique() as typeof relation
    // A row that has to belong to one of its own model could never be the first.
    if (target === draft || unique || random.chance(0.6)) relation = relation.optional() as typeof relation
    draft.fields[name] = relation
    const inverse = `${name}Of${draft.name}`
    if (random.chance(0.85))
      target.fields[inverse] = unique ? field.hasOne(draft.name, name) : field.hasMany(draft.name, name)
  }
}

function link(draft: Draft, target: Draft, random: Random): void {
  // Two links between the same two models would have to be told apart by "inverse".
  if (draft.fields[`marked${target.name}`] !== undefined || target.fields[`marked${draft.name}`] !== undefined) return
  draft.fields[`marked${target.name}`] = field.manyToMany(target.name)
  if (draft !== target && random.chance(0.5)) target.fields[`marked${draft.name}`] = field.manyToMany(draft.name)
}

/** A join model with a field of its own and a row rule of its own. */
function joinThrough(drafts: Draft[], random: Random): void {
  const [left, right] = [random.pick(drafts), random.pick(drafts)]
  if (left === right) return
  drafts.push({
    name: 'Entry',
    fields: {
      left: field.belongsTo(left.name, { onDelete: 'cascade' }),
      right: field.belongsTo(right.name, { onDelete: 'cascade' }),
      weight: field.integer().optional(),
      label: field.text(),
    },
    options: random.chance(0.4) ? { softDelete: true } : {},
    keyForm: 'uuid',
  })
  left.fields['entries'] = field.manyToMany(right.name, { through: 'Entry' })
}

/** Whether values of the type can be compared by size. */
export const isOrdered = (type: FieldType): boolean => !['boolean', 'json', 'bytes', 'array'].includes(type.kind)
