/** Computed fields keep the kind of what they are made of. Checked by tsc: a wrong `@ts-expect-error` is an error too. */
import { coalesce, concat, defineRules, defineSchema, everyone, field, maskable, model } from '../../src/model/index.ts'
import type { Db, SystemDb } from '../../src/operation/db-types.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const Crate = model({
  state: field.enum(['packed', 'sent']),
  day: field.date(),
  at: field.datetime().optional(),
  price: field.decimal({ precision: 9, scale: 2 }),
  units: field.integer(),
  spare: field.integer().optional(),
  atoms: field.bigint(),
  weight: field.float(),
  extra: field.float().optional(),
  fragile: field.boolean(),
  labels: field.array(field.text()),
  seal: field.bytes(),
  notes: field.json<{ text: string }>(),
  ship: field.belongsTo('Ship'),
})
const Ship = model({ name: field.text(), port: field.text().optional(), crates: field.hasMany('Crate', 'ship') })

const schema = defineSchema(
  { Crate, Ship },
  {
    computed: {
      Crate: ({ row }) => ({
        ownState: row.state,
        ownDay: row.day,
        ownAt: row.at,
        ownLabels: row.labels,
        ownSeal: row.seal,
        ownNotes: row.notes,
        ownFragile: row.fragile,
        dearer: row.price.plus('1.00'),
        moreAtoms: row.atoms.plus(1n),
        value: row.units.times(row.price),
        mixed: row.units.plus(row.atoms),
        both: row.units.plus(row.spare),
        heavier: row.units.plus(row.weight),
        heaviest: row.weight.plus(row.extra),
        perhaps: coalesce(row.spare, row.units.plus(row.spare)),
        surely: coalesce(row.spare, 0),
        masked: maskable(row.price),
      }),
      Ship: ({ row }) => ({
        best: row.crates.max(crate => crate.price),
        bestTwice: row.crates.max(crate => crate.price).times('2'),
        firstState: row.crates.min(crate => crate.state),
        title: concat(row.name, row.port),
      }),
    },
  },
)
declare const db: Db<typeof schema>
declare const system: SystemDb<typeof schema>

const [crate] = await db.Crate.find()
type CrateRow = NonNullable<typeof crate>
same<CrateRow['ownState'], 'packed' | 'sent'>(true)
same<CrateRow['ownAt'], Date | null>(true)
same<CrateRow['ownLabels'], readonly string[]>(true)
same<CrateRow['ownNotes'], { text: string }>(true)
same<CrateRow['dearer'], string>(true)
same<CrateRow['moreAtoms'], bigint>(true)
same<CrateRow['value'], string>(true)
same<CrateRow['mixed'], bigint>(true)
same<CrateRow['both'], number | null>(true)
same<CrateRow['heavier'], number>(true)
same<CrateRow['heaviest'], number | null>(true)
same<CrateRow['perhaps'], number | null>(true)
same<CrateRow['surely'], number>(true)
same<CrateRow['masked'], string | null>(true)
same<(typeof ships)[number]['best'], string | null>(true)
same<(typeof ships)[number]['bestTwice'], string | null>(true)
same<(typeof ships)[number]['firstState'], 'packed' | 'sent' | null>(true)
const ships = await db.Ship.find({ select: { best: true, bestTwice: true, firstState: true } })
const stored = await system.Crate.get('x', { select: { masked: true } })
same<typeof stored, { masked: string }>(true)

// Filters and sorting are those of the kind.
await db.Crate.find({
  where: {
    ownState: { in: ['packed'] },
    ownAt: { lt: '2030-01-01T00:00:00Z' },
    ownLabels: { has: 'x' },
    ownNotes: { isNull: false },
    ownFragile: true,
    moreAtoms: { gt: '7' },
    dearer: { lte: '9.00' },
  },
  sort: ['ownState', '-dearer', 'ownFragile'],
})
// @ts-expect-error no such value
await db.Crate.find({ where: { ownState: 'lost' } })
// @ts-expect-error the words of an enum have no parts
await db.Crate.find({ where: { ownState: { contains: 'x' } } })
// @ts-expect-error nor have decimals
await db.Crate.find({ where: { dearer: { contains: 'x' } } })
// @ts-expect-error nor have days
await db.Crate.find({ where: { ownDay: { contains: 'x' } } })
// @ts-expect-error lists have no order
await db.Crate.find({ where: { ownLabels: { lt: ['x'] } } })
// @ts-expect-error JSON is only tested for null
await db.Crate.find({ where: { ownNotes: { eq: { text: 'x' } } } })
// @ts-expect-error lists have no order
await db.Crate.find({ sort: 'ownLabels' })
// @ts-expect-error nor have bytes
await db.Crate.find({ sort: '-seal' })
// @ts-expect-error nor has JSON
await db.Crate.find({ sort: 'notes' })

// Figures over computed fields.
const figures = await db.Crate.aggregate({
  groupBy: ['ownState', 'ship.name'],
  count: true,
  sum: ['dearer', 'heavier', 'both'],
  min: ['ownFragile', 'at'],
  sort: ['-count', 'sum.dearer', '-ship.name'],
})
type Figures = (typeof figures)[number]
same<Figures['ownState'], 'packed' | 'sent'>(true)
same<Figures['sum'], { dearer: string | null; heavier: number | null; both: bigint | null }>(true)
same<Figures['min'], { ownFragile: boolean | null; at: Date | null }>(true)
// The ship may be one that the caller may not read.
same<Figures['ship.name'], string | null>(true)
const all = await system.Crate.aggregate({ groupBy: ['ship.name'], count: true })
same<(typeof all)[number], { 'ship.name': string; count: number }>(true)
// @ts-expect-error lists make no groups
await db.Crate.aggregate({ groupBy: ['labels'], count: true })
// @ts-expect-error bytes have no least value
await db.Crate.aggregate({ min: ['seal'] })
// @ts-expect-error there is no such figure
await db.Crate.aggregate({ count: true, sort: 'sum.price' })

// Rules calculate and compare with them.
defineRules(schema, {
  Crate: ({ row }) => ({
    read: row.dearer.plus('1').gt(row.units),
    update: row.ownState.is('packed'),
    fields: { masked: { read: row.units.lt(row.price) } },
  }),
  Ship: () => ({ read: everyone }),
})
// @ts-expect-error no such value
defineRules(schema, { Crate: ({ row }) => ({ read: row.ownState.is('lost') }) })
// @ts-expect-error a text is no number
defineRules(schema, { Ship: ({ row }) => ({ read: row.best.gt(row.title) }) })
