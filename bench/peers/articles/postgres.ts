// The statements of the yardsticks on PostgreSQL: named, one per request, over a pool of ten. PostgreSQL makes the JSON of each row by concat(),
// which was measured as the form that costs least (strategies.ts); joining twenty rows is done in JavaScript, at the same price.
import { Pool, type CustomTypesConfig } from 'pg'

import { pageToken } from '../../shape.ts'
import { type Articles, pageOfRows } from './articles.ts'

const time = (column: string) => `to_char(${column} at time zone 'UTC','YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const article = `concat('{"id":"',id,'","title":',to_json(title),',"slug":',to_json(slug),',"body":',to_json(body),',"state":"',state,
  '","featured":',featured::text,',"authorId":"',author_id,'","createdAt":"',${time('created_at')},
  '","updatedAt":"',${time('updated_at')},'"}')`

const listed = `concat('{"id":"',id,'","title":',to_json(title),',"slug":',to_json(slug),',"state":"',state,
  '","featured":',featured::text,',"authorId":"',author_id,'","createdAt":"',${time('created_at')},
  '","updatedAt":"',${time('updated_at')},'"}')`

const before = '(article.created_at, article.id) < ($1, $2)'
// A limit that is not known counts as a tenth of the table, and then each page is planned anew: it stands within one of the largest size.
const page = (columns: string, rest: string) =>
  `select * from (select ${columns} from ${rest} order by article.created_at desc, article.id desc limit 200) page limit $3`

// Tags of the whole page are joined and gathered at once: for each article by itself they cost a third more.
const nested = `with page as materialized (${page('article.*', `article where ${before}`)}),
  tags as materialized (select article_tags.article_id,
    string_agg(concat('{"id":"',tag.id,'","name":',to_json(tag.name),'}'),',' order by article_tags.tag_id) as list
    from page join article_tags on article_tags.article_id = page.id join tag on tag.id = article_tags.tag_id group by 1)
  select concat('{"id":"',article.id,'","title":',to_json(title),',"slug":',to_json(slug),',"state":"',state,
  '","createdAt":"',${time('article.created_at')},'","author":{"id":"',author_id,'","name":',to_json(author.name),'},"tags":[',tags.list,
  '],"commentCount":',(select count(*) from comment where comment.article_id = article.id),'}')
  from page article join "user" author on author.id = author_id left join tags on tags.article_id = article.id
  order by article.created_at desc, article.id desc`

const statements = {
  find: `select ${article} from article where id = $1`,
  list: page(listed, `article where ${before}`),
  rule: page(listed, `article where ${before} and (state = 'published' or author_id = $4)`),
  nested,
  create: `insert into article (id, title, slug, body, state, featured, author_id, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${article}`,
  update: `update article set title = $2, updated_at = $3 where id = $1 returning ${article}`,
}

/** Comes before every id. */
const noId = '00000000-0000-0000-0000-000000000000'

export function postgresArticles(url: string, paged: boolean): Articles {
  const pool = new Pool({ connectionString: url, max: 10 })
  const text: CustomTypesConfig = { getTypeParser: () => (value: string) => value }
  async function run(name: keyof typeof statements, values: readonly unknown[]) {
    const query = { name, text: statements[name], values: [...values], rowMode: 'array' as const, types: text }
    return (await pool.query<[string]>(query)).rows
  }
  const answer = async (name: 'list' | 'nested' | 'rule', limit: number, values: readonly unknown[]) =>
    pageOfRows(await run(name, values), limit, paged, pageToken)
  return {
    find: async id => (await run('find', [id]))[0]?.[0],
    list: (place, id, limit) => answer('list', limit, [place, id === '' ? noId : id, limit]),
    nested: (place, id, limit) => answer('nested', limit, [place, id === '' ? noId : id, limit]),
    rule: (place, id, limit, caller) => answer('rule', limit, [place, id === '' ? noId : id, limit, caller]),
    async create({ id, title, slug, body, state, featured, authorId, now }) {
      return (await run('create', [id, title, slug, body, state, featured, authorId, now]))[0]?.[0]
    },
    update: async (id, title, now) => (await run('update', [id, title, now]))[0]?.[0],
    // SQLSTATE, appendix A of PostgreSQL's manual.
    brokenBy: error => broken[codeOf(error)],
  }
}

const broken: Readonly<Record<string, 'foreign-key' | 'unique' | undefined>> = {
  '23503': 'foreign-key',
  '23505': 'unique',
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')
