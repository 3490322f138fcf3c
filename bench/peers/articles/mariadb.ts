// The statements of the yardsticks on MariaDB: prepared, one per request, over a pool of ten. MariaDB makes the JSON of each row by concat(); a
// list over a derived table would cost three times as much, since a long text sends the table to the disk (strategies.ts).
import { createPool } from 'mysql2'

import { pageToken } from '../../shape.ts'
import { type Articles, pageOfRows } from './articles.ts'

const time = (column: string) => `replace(${column},' ','T'),'Z'`

const quoted = (column: string) => `json_quote(${column}) collate utf8mb4_nopad_bin`

const columns = (body: boolean) =>
  `concat('{"id":"',id,'","title":',${quoted('title')},',"slug":',${quoted('slug')},${body ? `',"body":',${quoted('body')},` : ''}
  ',"state":"',state,if(featured,'","featured":true,"authorId":"','","featured":false,"authorId":"'),author_id,
  '","createdAt":"',${time('created_at')},'","updatedAt":"',${time('updated_at')},'"}')`

// A value that the server takes for one of more than 512 characters makes it keep the rows of group_concat() on the disk: a third of the statement.
const tags = `ifnull((select group_concat('{"id":"',tag.id,'","name":',left(${quoted('tag.name')},302),'}' order by article_tags.tag_id)
  from article_tags join tag on tag.id = article_tags.tag_id where article_tags.article_id = article.id),'')`

const nested = `concat('{"id":"',article.id,'","title":',${quoted('title')},',"slug":',${quoted('slug')},',"state":"',state,
  '","createdAt":"',${time('article.created_at')},'","author":{"id":"',author_id,'","name":',${quoted('author.name')},'},"tags":[',${tags},
  '],"commentCount":',(select count(*) from comment where comment.article_id = article.id),'}')`

// MariaDB does not turn a comparison of pairs into a range of the index: the first condition is what it reads by.
const before = 'article.created_at <= ? and (article.created_at < ? or article.id < ?)'
const newest = 'order by article.created_at desc, article.id desc limit ?'

const statements = {
  find: `select ${columns(true)} from article where id = ?`,
  list: `select ${columns(false)} from article where ${before} ${newest}`,
  rule: `select ${columns(false)} from article where ${before} and (state = 'published' or author_id = ?) ${newest}`,
  nested: `select ${nested} from article join user author on author.id = author_id where ${before} ${newest}`,
  create: `insert into article (id, title, slug, body, state, featured, author_id, created_at, updated_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning ${columns(true)}`,
  update: 'update article set title = ?, updated_at = ? where id = ?',
}

export function mariadbArticles(url: string, paged: boolean): Articles {
  const pool = createPool({
    ...{ uri: url, connectionLimit: 10, rowsAsArray: true, dateStrings: true, charset: 'utf8mb4', timezone: 'Z' },
  })
  pool.on('connection', connection => {
    connection.query(
      "set tx_isolation = 'READ-COMMITTED', group_concat_max_len = @@max_allowed_packet, collation_connection = utf8mb4_nopad_bin",
    )
  })
  // By callbacks: the promises of mysql2 keep a stack trace for each statement, which is a twelfth of a point read.
  function run(name: keyof typeof statements, values: readonly (string | number)[]): Promise<[string][]> {
    return new Promise((resolve, reject) => {
      pool.execute(statements[name], [...values], (error, rows) => {
        if (error === null) resolve(rows as unknown as [string][])
        else reject(error)
      })
    })
  }
  const page = async (name: 'list' | 'nested' | 'rule', limit: number, values: readonly (string | number)[]) =>
    pageOfRows(await run(name, values), limit, paged, pageToken)
  const find = async (id: string) => (await run('find', [id]))[0]?.[0]
  return {
    find,
    list: (place, id, limit) => page('list', limit, [...placeOf(place, id), limit]),
    nested: (place, id, limit) => page('nested', limit, [...placeOf(place, id), limit]),
    rule: (place, id, limit, caller) => page('rule', limit, [...placeOf(place, id), caller, limit]),
    async create({ id, title, slug, body, state, featured, authorId, now }) {
      const at = momentOf(now)
      return (await run('create', [id, title, slug, body, state, featured ? 1 : 0, authorId, at, at]))[0]?.[0]
    },
    // MariaDB 10.11 returns no rows from an update.
    async update(id, title, now) {
      await run('update', [title, momentOf(now), id])
      return await find(id)
    },
    brokenBy: error => broken[numberOf(error)],
  }
}

const placeOf = (time: string, id: string): string[] => [momentOf(time), momentOf(time), id]

const momentOf = (time: string): string => time.slice(0, -1).replace('T', ' ')

// ER_NO_REFERENCED_ROW_2 and ER_DUP_ENTRY.
const broken: Readonly<Record<number, 'foreign-key' | 'unique' | undefined>> = { 1452: 'foreign-key', 1062: 'unique' }

const numberOf = (error: unknown): number => (error instanceof Error && 'errno' in error ? Number(error.errno) : 0)
