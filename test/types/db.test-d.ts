/** What `db` accepts and gives back. Checked by tsc: a wrong `@ts-expect-error` is an error too. */
import type { Db, SystemDb } from '../../src/operation/db-types.ts'
import type { schema } from './models.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

declare const db: Db<typeof schema>
declare const system: SystemDb<typeof schema>

const [row] = await db.Article.find()
type ArticleRow = NonNullable<typeof row>
same<ArticleRow['authorId'], string>(true)
same<ArticleRow['editorId'], string | null>(true)
same<ArticleRow['countryCode'], string>(true)
same<ArticleRow['state'], 'draft' | 'published'>(true)
same<ArticleRow['publishedAt'], Date | null>(true)
same<ArticleRow['createdAt'], Date>(true)
same<ArticleRow['deletedAt'], Date | null>(true)
same<ArticleRow['version'], number>(true)
same<ArticleRow['price'], string>(true)
same<ArticleRow['labels'], readonly string[] | null>(true)
same<ArticleRow['picture'], Uint8Array | null>(true)
same<ArticleRow['commentCount'], number>(true)
same<ArticleRow['favourite'], boolean>(true)
same<ArticleRow['byline'], string>(true)
same<ArticleRow['editorName'], string | null>(true)

const people = await db.User.find()
// @ts-expect-error private fields are not there for callers
people[0]!.email
// @ts-expect-error write-only fields neither
people[0]!.secret
const email: string = (await system.User.find())[0]!.email

const found = await db.Article.find({
  select: {
    title: true,
    byline: true,
    author: { select: { name: true, articles: true } },
    editor: { select: { id: true } },
    comments: { select: { body: true, author: true }, where: { body: { icontains: 'x' } }, sort: '-id', limit: 3 },
  },
  where: {
    state: 'draft',
    author: { name: { startsWith: 'A' }, role: { in: ['editor', 'admin'] } },
    comments: { some: { author: { name: 'B' } } },
    publishedAt: { isNull: true },
    createdAt: { gte: new Date(), lt: '2026-11-22T00:00:00Z' },
    or: [{ title: { contains: 'x' } }, { stock: { gt: 3 } }, { commentCount: { gte: 1 } }],
    not: { labels: { has: 'x' } },
  },
  sort: ['-createdAt', 'author.name', 'commentCount'],
  limit: 10,
})
const first = found[0]!
same<typeof first.title, string>(true)
same<null extends typeof first.author ? true : false, true>(true)
const author = first.author!
same<typeof author.name, string>(true)
same<(typeof author.articles)[number]['title'], string>(true)
same<typeof first.editor, { id: string } | null>(true)
same<(typeof first.comments)[number]['body'], string>(true)
same<NonNullable<(typeof first.comments)[number]['author']>['name'], string>(true)
// @ts-expect-error not selected
first.state
// @ts-expect-error not selected in the relation
author.role

const included = await db.Article.find({ include: { author: true, tags: { sort: 'name' } } })
same<(typeof included)[number]['state'], 'draft' | 'published'>(true)
same<NonNullable<(typeof included)[number]['author']>['name'], string>(true)
same<(typeof included)[number]['tags'], { name: string }[]>(true)

const nested = await db.Article.find({
  include: {
    comments: { include: { author: true }, limit: 2 },
    author: {},
    tags: { select: { name: true }, sort: 'name' },
  },
})
same<NonNullable<(typeof nested)[number]['comments'][number]['author']>['name'], string>(true)
same<(typeof nested)[number]['comments'][number]['body'], string>(true)
same<NonNullable<(typeof nested)[number]['author']>['bio'], string | null>(true)
same<(typeof nested)[number]['tags'], { name: string }[]>(true)
const both = await db.Article.find({
  select: { title: true, comments: { select: { body: true }, include: { author: { select: { id: true } } } } },
})
same<(typeof both)[number]['comments'][number]['author'], { id: string } | null>(true)
// @ts-expect-error neither selected nor included
both[0]!.comments[0]!.authorId
// @ts-expect-error no such relation in an include
await db.Article.find({ include: { comments: { include: { autor: true } } } })
// @ts-expect-error no such field in the filter of a relation, beside one that exists
await db.Article.find({ include: { comments: { where: { body: 'x', bodi: 'x' } } } })
// @ts-expect-error no such option of a relation
await db.Article.find({ include: { comments: { limt: 3, limit: 3 } } })

// @ts-expect-error no such field, beside one that exists
await db.Article.find({ select: { title: true, titel: true } })
// @ts-expect-error no such field in a relation
await db.Article.find({ select: { title: true, author: { select: { name: true, nam: true } } } })
// @ts-expect-error no such relation
await db.Article.find({ include: { autor: true } })
// @ts-expect-error private
await db.User.find({ select: { email: true } })
// @ts-expect-error fields are not included, they are selected
await db.Article.find({ include: { title: true } })
declare const perhaps: boolean
// @ts-expect-error what comes back would not be known
await db.Article.find({ include: { author: perhaps } })
// @ts-expect-error what comes back would not be known
await db.Article.find({ select: { title: true, comments: perhaps } })
// @ts-expect-error what comes back would not be known
await db.Article.find({ select: { title: perhaps } })
const chosen = await db.Article.find({
  select: { title: true, ...(perhaps ? { state: true } : {}) },
})
same<(typeof chosen)[number]['state'], 'draft' | 'published' | undefined>(true)
// @ts-expect-error a to-one relation has no limit
await db.Article.find({ include: { author: { limit: 3 } } })
// @ts-expect-error no such field in a filter
await db.Article.find({ where: { titel: 'x' } })
// @ts-expect-error no such field in a filter on a relation
await db.Article.find({ where: { author: { nam: 'x' } } })
// @ts-expect-error no such value
await db.Article.find({ where: { state: 'publishd' } })
// @ts-expect-error numbers have no contains
await db.Article.find({ where: { stock: { contains: 'x' } } })
// @ts-expect-error null is asked for by isNull
await db.Article.find({ where: { bio: null } })
// @ts-expect-error no such field to sort by
await db.Article.find({ sort: 'titel' })
// @ts-expect-error a relation is no field to sort by
await db.Article.find({ sort: 'author' })

const page = await db.Article.page({ select: { title: true }, after: 'x', count: true })
same<typeof page.rows, { title: string }[]>(true)
same<typeof page.page.after, string | null>(true)

await db.Tag.get('news')
await db.Comment.get(3)
await db.Article.get({ slug: 'hello' })
await db.Article.get({ authorId: 'x', title: 'y' })
// @ts-expect-error half of what is unique together
await db.Article.get({ authorId: 'x' })
await db.Line.get({ order: 'A', line: 1 })
// @ts-expect-error the key is a number
await db.Comment.get('3')
// @ts-expect-error a key of two fields
await db.Line.get({ order: 'A' })
const line = await db.Line.get({ order: 'A', line: 1 }, { include: { parts: true } })
same<(typeof line.parts)[number]['ofOrder'], string>(true)
same<(typeof line.parts)[number]['ofLine'], number>(true)

await db.Article.create({ title: 'x', countryCode: 'de', price: '1.00' })
await db.Article.create({
  title: 'x',
  country: { connect: 'de' },
  price: '1.00',
  editorId: null,
  tags: { connectOrCreate: [{ name: 'a' }] },
})
await db.Article.create({
  title: 'x',
  country: { create: { code: 'de', name: 'Deutschland' } },
  price: '1.00',
  comments: { create: { body: 'x', authorId: 'x' } },
})
await db.Article.create([{ title: 'x', countryCode: 'de', price: '1.00', publishedAt: new Date() }])
// @ts-expect-error the country is missing
await db.Article.create({ title: 'x', price: '1.00' })
// @ts-expect-error the title is missing
await db.Article.create({ countryCode: 'de', price: '1.00' })
// @ts-expect-error one or the other
await db.Article.create({ title: 'x', countryCode: 'de', country: { connect: 'de' }, price: '1.00' })
// @ts-expect-error set by the server
await db.Article.create({ title: 'x', countryCode: 'de', price: '1.00', createdAt: new Date() })
// @ts-expect-error no such field
await db.Article.create({ title: 'x', countryCode: 'de', price: '1.00', titel: 'x' })
// @ts-expect-error decimals are texts
await db.Article.create({ title: 'x', countryCode: 'de', price: 1 })
// @ts-expect-error role is read-only
await db.User.create({ name: 'x', email: 'x@y.z', secret: 'x', role: 'admin' })
await system.User.create({ name: 'x', email: 'x@y.z', secret: 'x', role: 'admin' })
await db.Part.create({ ofOrder: 'A', ofLine: 1, weight: 1.5 })
await db.Part.create({ of: { connect: { order: 'A', line: 1 } }, weight: 1.5 })
// @ts-expect-error half of a key
await db.Part.create({ ofOrder: 'A', weight: 1.5 })

await db.Article.update('id', {
  title: 'x',
  tags: { set: ['a', { name: 'b' }], disconnect: 'c' },
  editor: { disconnect: true },
})
// @ts-expect-error immutable
await db.Article.update('id', { authorId: 'x' })
// @ts-expect-error no such field
await db.Article.update('id', { titel: 'x' })
// @ts-expect-error a needed relation cannot be disconnected
await db.Article.update('id', { country: { disconnect: true } })
const changed = await db.Article.update({ slug: 'x' }, { stock: 2 }, { select: { stock: true } })
same<typeof changed, { stock: number } | null>(true)

await db.Article.updateMany({ where: { state: 'draft' }, changes: { stock: 1 } })
// @ts-expect-error nested writes are for one row
await db.Article.updateMany({ where: { state: 'draft' }, changes: { tags: { set: ['a'] } } })
await db.Article.deleteMany({ where: { state: 'draft' } })
await db.Article.upsert({
  on: ['slug'],
  create: { title: 'x', countryCode: 'de', price: '1.00' },
  update: { stock: 1 },
})
const total: number = await db.Article.count({ where: { state: 'draft' } })

const groups = await db.Article.aggregate({
  groupBy: ['state'],
  count: true,
  sum: ['price', 'stock'],
  min: ['createdAt'],
  avg: ['stock'],
})
const group = groups[0]!
same<typeof group.state, 'draft' | 'published'>(true)
same<typeof group.count, number>(true)
same<typeof group.sum.price, string | null>(true)
same<typeof group.min.createdAt, Date | null>(true)
same<typeof group.avg.stock, number | null>(true)
// @ts-expect-error not summed
group.sum.title
same<typeof group.sum.stock, bigint | null>(true)
const weights = await db.Part.aggregate({ sum: ['weight'], max: ['weight'] })
same<(typeof weights)[number]['sum']['weight'], number | null>(true)
// @ts-expect-error not counted
weights[0]!.count
const byAuthor = await db.Article.aggregate({ groupBy: ['author.role', 'editor.name', 'favourite'], count: true })
same<(typeof byAuthor)[number]['author.role'], 'admin' | 'editor' | 'member' | null>(true)
same<(typeof byAuthor)[number]['editor.name'], string | null>(true)
same<(typeof byAuthor)[number]['favourite'], boolean>(true)
// @ts-expect-error no such field to group by, beside one that exists
await db.Article.aggregate({ groupBy: ['state', 'stat'], count: true })
// @ts-expect-error no such field in the filter
await db.Article.aggregate({ count: true, where: { titel: 'x' } })
// @ts-expect-error no such option
await db.Article.aggregate({ count: true, cuont: true })
// @ts-expect-error texts have no sum
await db.Article.aggregate({ sum: ['title'] })

await db.transaction(async inner => {
  await inner.Article.count()
  return inner.asSystem('test').User.find({ select: { email: true } })
})

// What was softly deleted is not there for the system either.
const [remark] = await system.Comment.find({ include: { article: { select: { title: true } }, author: true } })
same<NonNullable<typeof remark>['article'], { title: string } | null>(true)
same<null extends NonNullable<typeof remark>['author'] ? true : false, false>(true)
const remarks = await system.Comment.aggregate({ groupBy: ['article.title', 'author.name'] })
same<(typeof remarks)[number], { 'article.title': string | null; 'author.name': string }>(true)

// A figure is counted up by SQL, from what it is in the database.
const sql = await db.asSystem('test').sql('Article')
await sql
  .updateTable('Article')
  .set(eb => ({ version: eb('version', '+', 1) }))
  // @ts-expect-error no such column
  .where('veiws', '<', 10)
  .execute()

void [email, total]
