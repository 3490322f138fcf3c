/** Two versions of an application that differ in everything that a migration calls safe. */

const app = `import { createApp } from 'plinth'
import { rules, schema } from './schema.ts'

export default createApp({ name: 'Shop', schema, rules })
`

const rulesFor = (models: readonly string[]): string => `
const open = () => ({ read: everyone, create: everyone, update: everyone, delete: everyone })
export const rules = defineRules(schema, { ${models.map(name => `${name}: open`).join(', ')} })
`

const imports = `import { defineRules, defineSchema, everyone, field, model } from 'plinth'
`

export const firstVersion: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "private": true, "type": "module" }',
  'app.ts': app,
  'schema.ts': `${imports}
const Maker = model({ name: field.text({ max: 80 }) })
const Product = model({
  number: field.integer().key(),
  title: field.text({ max: 100 }),
  code: field.text({ max: 30 }).unique(),
  size: field.enum(['small', 'large']).default('small'),
  price: field.decimal({ precision: 8, scale: 2 }).default('1.00'),
  note: field.text({ max: 60 }).optional(),
  weight: field.integer().default(1),
  legacy: field.text({ max: 20 }),
  sku: field.text({ max: 30 }).optional(),
  grade: field.enum(['a', 'b', 'c']).default('a'),
  maker: field.belongsTo('Maker').optional(),
}, { index: [['legacy']] })
const Voucher = model({ text: field.text({ max: 20 }) })
export const schema = defineSchema({ Maker, Product, Voucher })
${rulesFor(['Maker', 'Product', 'Voucher'])}`,
}

export const secondVersion: Readonly<Record<string, string>> = {
  'schema.ts': `${imports}
const Maker = model({ name: field.text({ max: 80 }), country: field.text({ max: 2 }).optional(), reviews: field.hasMany('Review', 'maker') }, { softDelete: true })
const Product = model({
  number: field.integer().key(),
  headline: field.text({ max: 150 }).renamedFrom('title'),
  code: field.text({ max: 30 }),
  size: field.enum(['small', 'large', 'huge']).default('small'),
  price: field.decimal({ precision: 12, scale: 2 }).default('1.00'),
  note: field.text({ max: 60 }).default('nothing'),
  weight: field.integer().optional(),
  rating: field.integer(),
  stock: field.integer().default(0),
  label: field.text({ max: 30 }).optional().unique(),
  sku: field.text({ max: 30 }).optional().unique(),
  grade: field.enum(['a', 'b']).default('a'),
  maker: field.belongsTo('Maker').optional(),
  successor: field.belongsTo('Product').optional(),
}, { timestamps: true, index: [['price'], ['headline', 'number']] })
const Review = model({ text: field.text({ max: 200 }), maker: field.belongsTo('Maker') })
export const schema = defineSchema({ Maker, Product, Review })
${rulesFor(['Maker', 'Product', 'Review'])}`,
}

/** What has to be said about the change. */
export const decisions: readonly string[] = [
  '--drop',
  'Product.legacy',
  '--drop',
  'Voucher',
  '--fill',
  'Product.rating=3',
]
