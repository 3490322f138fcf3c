/** Writes the program that the budget of types is measured with: many models, each related to others, and nested selections on them. */

export interface Size {
  readonly models: number
  readonly selections: number
}

const name = (index: number, { models }: Size): string => `Model${((index % models) + models) % models}`

function modelText(index: number, size: Size): string {
  return `export const ${name(index, size)} = model({
  title: field.text({ max: 200 }),
  state: field.enum(['draft', 'published', 'archived']).default('draft'),
  amount: field.decimal({ precision: 12, scale: 2 }).optional(),
  at: field.datetime().optional(),
  ${index % 5 === 0 ? 'secret: field.text().private(),' : `number${index}: field.integer(),`}
  parent: field.belongsTo('${name(index - 1, size)}'),
  other: field.belongsTo('${name(index + 7, size)}').optional(),
  children: field.hasMany('${name(index + 1, size)}', 'parent'),
  others: field.hasMany('${name(index - 7, size)}', 'other'),
}${index % 2 === 0 ? ', { timestamps: true, softDelete: true }' : ''})`
}

/** A query with a nested selection, to one row and to many in turns, whose result is read; some are filtered. */
function selectionText(index: number, size: Size): string {
  const toOne = index % 2 === 0
  const nested = toOne
    ? 'parent: { select: { title: true, amount: true } }'
    : 'children: { select: { title: true, at: true }, limit: 3 }'
  const read = toOne ? `row${index}.parent?.amount ?? ''` : `row${index}.children[0]?.title ?? ''`
  return `const [row${index}] = await db.${name(index, size)}.find({
  select: { title: true, state: true, parentId: true, ${nested} },${index % 4 === 0 ? "\n  where: { state: 'draft', amount: { gte: '1.00' } }," : ''}
})
export const value${index}: string = row${index} === undefined ? '' : row${index}.title + row${index}.parentId + (${read})`
}

/** The files of the program by name; `plinth` is the folder of Plinth's declarations, as an import sees it. */
export function budgetProgram(size: Size, plinth: string): Readonly<Record<string, string>> {
  const indexes = Array.from({ length: size.models }, (_, index) => index)
  const names = indexes.map(index => name(index, size))
  return {
    'models.ts': `import { defineSchema, field, model } from '${plinth}/model/index.js'
${indexes.map(index => modelText(index, size)).join('\n')}
export const schema = defineSchema({ ${names.join(', ')} }, { caller: 'Model0' })
`,
    'selections.ts': `import type { Db } from '${plinth}/operation/db-types.js'
import type { schema } from './models.ts'
declare const db: Db<typeof schema>
${Array.from({ length: size.selections }, (_, index) => selectionText(index, size)).join('\n')}
`,
  }
}
