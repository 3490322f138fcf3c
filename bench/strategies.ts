// `node bench/strategies.ts <url>`: what the forms of a statement cost on a server, in CPU of the server and of Node, one statement at a time.
//
// Two questions that the planner and the stores ask: how JSON is made of rows, and how to-many children are fetched: by a subselect for each
// parent, by a second statement for all parents, or by a join of one statement. Tables are made, filled and dropped in the database of the URL.
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

import { random } from './data/random.ts'
import { cpuMicrosecondsBetween, usageOfTree } from './database/process-usage.ts'
import { serverAt } from './database/server.ts'
import { median } from './harness/statistics.ts'

type Cells = readonly (string | number | null)[]

interface Session {
  run(sql: string, values: readonly unknown[]): Promise<readonly Cells[]>
  script(sql: string): Promise<void>
  close(): Promise<void>
}

/** One way to answer a request; gives the body, which must be the same in all ways. */
interface Way {
  readonly name: string
  answer(start: string): Promise<string>
}

/** A boolean of PostgreSQL is no number; MariaDB takes both. */
const flagColumn = 5

const parents = 4_000
const rounds = 5
const [url] = process.argv.slice(2)
if (url === undefined) throw new Error('node bench/strategies.ts <url of a database>')
const server = await serverAt(url)
if (server.pid === undefined) throw new Error('the server has to run on this machine')
const { family, pid } = server
const session = family === 'postgres' ? await postgresSession(url) : await mysqlSession(url)
try {
  process.stdout.write(`${server.version}; CPU µs per request, median of ${rounds} rounds: server + Node = sum\n`)
  const ids = await makeTables()
  await measure('20 rows of twelve fields as JSON', family === 'postgres' ? postgresRows() : mysqlRows(), ids)
  for (const children of [5, 50]) {
    for (const limit of [20, 200]) {
      const ways = family === 'postgres' ? postgresChildren(children, limit) : mysqlChildren(children, limit)
      await measure(`${limit} parents with ${children} children each`, ways, ids)
    }
  }
} finally {
  await session.script('drop table if exists strategy_child_5, strategy_child_50, strategy_parent')
  await session.close()
}

async function measure(title: string, ways: readonly Way[], ids: readonly string[]): Promise<void> {
  const usable = ids.slice(0, -200)
  const figures = ways.map(way => ({ way, server: [] as number[], node: [] as number[] }))
  const bodies: string[] = []
  for (const way of ways) bodies.push(JSON.stringify(JSON.parse(await way.answer(usable[0] ?? ''))))
  for (const [index, body] of bodies.entries()) {
    if (body !== bodies[0])
      throw new Error(`${ways[index]?.name} differs:\n${body.slice(0, 600)}\n${bodies[0]?.slice(0, 600)}`)
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { way, server: servers, node } of figures) {
      const sequence = random(`${title} ${round}`)
      const count = title.startsWith('200') ? 25 : 100
      const before = usageOfTree(pid ?? 0)
      const own = process.cpuUsage()
      for (let index = 0; index < count; index++) await way.answer(sequence.pick(usable))
      const used = process.cpuUsage(own)
      const ofServer = cpuMicrosecondsBetween(before, usageOfTree(pid ?? 0))
      // The first round warms both ends up.
      if (round === 0) continue
      servers.push(ofServer / count)
      node.push((used.user + used.system) / count)
    }
  }
  process.stdout.write(`\n${title}\n`)
  for (const { way, server: ofServer, node } of figures) {
    const [a, b] = [median(ofServer), median(node)]
    process.stdout.write(
      `  ${way.name.padEnd(64)} ${a.toFixed(0).padStart(6)} + ${b.toFixed(0).padStart(5)} = ${(a + b).toFixed(0).padStart(6)}\n`,
    )
  }
}

async function makeTables(): Promise<readonly string[]> {
  const sequence = random('strategies')
  const text = family === 'postgres' ? 'text' : 'varchar(255) character set utf8mb4 collate utf8mb4_nopad_bin'
  const long = family === 'postgres' ? 'text' : 'longtext character set utf8mb4 collate utf8mb4_nopad_bin'
  const id = family === 'postgres' ? 'uuid' : 'char(36) character set ascii collate ascii_bin'
  const moment = family === 'postgres' ? 'timestamp(3) with time zone' : 'datetime(3)'
  await session.script('drop table if exists strategy_child_5, strategy_child_50, strategy_parent')
  await session.script(
    `create table strategy_parent (id ${id} primary key, title ${text} not null, slug ${text} not null, summary ${long} not null,
      state ${text} not null, featured boolean not null, size bigint not null, rank bigint not null, author_id ${id} not null,
      created_at ${moment} not null, updated_at ${moment} not null, note ${text})`,
  )
  const ids = Array.from({ length: parents }, (_, index) => sequence.uuid(1_700_000_000_000 + index))
  const words = 'It was "noted" that the naïve reading is seldom the fastest of all.'
  await insert(
    'strategy_parent',
    ids.map((key, index) => [
      ...[
        key,
        `Title of ${index}: ${words}`,
        `title-of-${index}`,
        words.repeat(3),
        index % 5 === 0 ? 'draft' : 'published',
      ],
      ...[index % 20 === 0 ? 1 : 0, index * 7, index % 100, sequence.pick(ids), momentOf(index), momentOf(index * 2)],
      index % 3 === 0 ? null : `note ${index}`,
    ]),
  )
  for (const each of [5, 50]) {
    const table = `strategy_child_${each}`
    await session.script(
      `create table ${table} (id ${id} primary key, parent_id ${id} not null, body ${long} not null, state ${text} not null,
        size bigint not null, created_at ${moment} not null)`,
    )
    await session.script(`create index ${table}_parent on ${table} (parent_id, id)`)
    // Written in turns, as they would come: the children of one parent are not neighbours.
    const rows = Array.from({ length: each * parents }, (_, index) => [
      ...[sequence.uuid(1_700_000_000_000 + index), ids[index % parents] ?? null, `${words} ${index}`],
      ...[index % 2 === 0 ? 'open' : 'closed', index, momentOf(index)],
    ])
    for (let start = 0; start < rows.length; start += 5_000) await insert(table, rows.slice(start, start + 5_000))
  }
  const all = ['strategy_parent', 'strategy_child_5', 'strategy_child_50']
  for (const table of all) {
    await session.script(
      family === 'postgres' ? `vacuum analyze ${table}` : `analyze table ${table} persistent for all`,
    )
  }
  return ids
}

function momentOf(index: number): string {
  const text = new Date(1_700_000_000_000 + index * 61_007).toISOString()
  return family === 'postgres' ? text : text.slice(0, -1).replace('T', ' ')
}

async function insert(table: string, rows: readonly Cells[]): Promise<void> {
  const value = (cell: string | number | null) => (typeof cell === 'string' ? `'${cell}'` : String(cell))
  const flagged = table === 'strategy_parent'
  const texts = rows.map(row =>
    row.map((cell, index) => (flagged && index === flagColumn ? `${cell === 1}` : value(cell))),
  )
  await session.script(`insert into ${table} values ${texts.map(row => `(${row.join(',')})`).join(',')}`)
}

// ---- PostgreSQL

function postgresRows(): Way[] {
  const time = (column: string) => `to_char(${column} at time zone 'UTC','YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const page = `from strategy_parent where id > $1 order by id limit $2`
  const columns = `id, title, slug, summary, state, featured, size, rank, author_id, created_at, updated_at, note`
  const named = `id, title, slug, summary, state, featured, size, rank, author_id as "authorId",
    ${time('created_at')} as "createdAt", ${time('updated_at')} as "updatedAt", note`
  const concat = `concat('{"id":"',id,'","title":',to_json(title),',"slug":',to_json(slug),',"summary":',to_json(summary),
    ',"state":"',state,'","featured":',featured::text,',"size":',size,',"rank":',rank,',"authorId":"',author_id,
    '","createdAt":"',${time('created_at')},'","updatedAt":"',${time('updated_at')},'","note":',coalesce(to_json(note)::text,'null'),'}')`
  return [
    one(
      'text: concat + string_agg',
      `select concat('[',string_agg(${concat},','),']') from (select ${columns} ${page}) page`,
      20,
    ),
    rowsJoined('text: concat, one row each, joined in JavaScript', `select ${concat} ${page}`, 20),
    one('json_agg of row_to_json', `select json_agg(row_to_json(page))::text from (select ${named} ${page}) page`, 20),
  ]
}

function postgresChildren(children: number, limit: number): Way[] {
  const table = `strategy_child_${children}`
  const child = `concat('{"id":"',c.id,'","body":',to_json(c.body),',"state":"',c.state,'","size":',c.size,'}')`
  const parent = (inner: string) => `concat('{"id":"',p.id,'","title":',to_json(p.title),',"children":[',${inner},']}')`
  const page = `select id, title from strategy_parent where id > $1 order by id limit $2`
  const ofParent = `from ${table} c where c.parent_id = p.id`
  const pageRows = `select p.id, concat('{"id":"',p.id,'","title":',to_json(p.title),',"children":[') from (${page}) p`
  const rowEach = (rest: string) =>
    `select concat('{"id":"',p.id,'","title":',to_json(p.title),',"children":[',(select string_agg(j,',') from (select ${child} as j ${ofParent} order by c.id ${rest}) l),']}')
      from strategy_parent p where p.id > $1 order by p.id limit $2`
  return [
    rowsJoined('one statement: subselect per parent, a row each', rowEach(''), limit),
    rowsJoined('one statement: subselect per parent, a row each, limit 100', rowEach('limit 100'), limit),
    one(
      'one statement: subselect per parent, ordered in the aggregate',
      `select concat('[',string_agg(${parent(`(select string_agg(${child},',' order by c.id) ${ofParent})`)},','),']') from (${page}) p`,
      limit,
    ),
    one(
      'one statement: subselect per parent, ordered below it',
      `select concat('[',string_agg(${parent(`(select string_agg(j,',') from (select ${child} as j ${ofParent} order by c.id) l)`)},','),']') from (${page}) p`,
      limit,
    ),
    one(
      'one statement: join with children grouped by parent',
      `with p as materialized (${page}), l as (select c.parent_id, string_agg(${child},',' order by c.id) as j from p join ${table} c on c.parent_id = p.id group by c.parent_id)
        select concat('[',string_agg(${parent('l.j')},',' order by p.id),']') from p left join l on l.parent_id = p.id`,
      limit,
    ),
    merged(
      'two statements: = any(ids), grouped by parent',
      pageRows,
      `select parent_id, string_agg(${child},',' order by c.id) from ${table} c where parent_id = any($1::uuid[]) group by parent_id`,
      limit,
    ),
    merged(
      'two statements: = any(ids), ordered below the grouping',
      pageRows,
      `select parent_id, string_agg(j,',') from (select parent_id, ${child} as j from ${table} c where parent_id = any($1::uuid[]) order by parent_id, id) l group by parent_id`,
      limit,
    ),
    merged(
      'two statements: unnest(ids) and a subselect for each',
      pageRows,
      `select p.id, (select string_agg(j,',') from (select ${child} as j ${ofParent} order by c.id) l) from unnest($1::uuid[]) as p(id)`,
      limit,
    ),
    merged(
      'two statements: a row for each child, joined in JavaScript',
      pageRows,
      `select parent_id, ${child} from ${table} c where parent_id = any($1::uuid[]) order by parent_id, id`,
      limit,
    ),
    merged(
      'two statements: grouped, with row_number() <= 100 for each',
      pageRows,
      `select parent_id, string_agg(j,',' order by n) from (select parent_id, ${child} as j, row_number() over (partition by parent_id order by id) as n
        from ${table} c where parent_id = any($1::uuid[])) l where n <= 100 group by parent_id`,
      limit,
    ),
  ]
}

// ---- MariaDB

function mysqlRows(): Way[] {
  const time = (column: string) => `concat(replace(${column},' ','T'),'Z')`
  const quoted = (column: string) => `json_quote(${column}) collate utf8mb4_nopad_bin`
  const page = `from strategy_parent where id > ? order by id limit ?`
  const columns = `id, title, slug, summary, state, featured, size, rank, author_id, created_at, updated_at, note`
  const concat = `concat('{"id":"',id,'","title":',${quoted('title')},',"slug":',${quoted('slug')},',"summary":',${quoted('summary')},
    ',"state":"',state,'","featured":',if(featured,'true','false'),',"size":',size,',"rank":',rank,',"authorId":"',author_id,
    '","createdAt":"',${time('created_at')},'","updatedAt":"',${time('updated_at')},'","note":',ifnull(${quoted('note')},'null'),'}')`
  const object = `json_object('id',id,'title',title,'slug',slug,'summary',summary,'state',state,
    'featured',json_extract(if(featured,'true','false'),'$'),'size',size,'rank',rank,'authorId',author_id,
    'createdAt',${time('created_at')},'updatedAt',${time('updated_at')},'note',note)`
  const rows = `select ${columns} ${page}`
  return [
    one(
      'text: concat + group_concat',
      `select concat('[',group_concat(${concat} separator ','),']') from (${rows}) page`,
      20,
    ),
    one(
      'text: concat + group_concat, each row or something too long',
      `select concat('[',group_concat(ifnull(${concat},repeat(' ',@@max_allowed_packet)) separator ','),']') from (${rows}) page`,
      20,
    ),
    rowsJoined('text: concat, one row each, joined in JavaScript', `select ${concat} ${page}`, 20),
    one('JSON_ARRAYAGG of JSON_OBJECT', `select json_arrayagg(${object}) from (${rows}) page`, 20),
    rowsJoined('JSON_OBJECT, one row each, joined in JavaScript', `select ${object} ${page}`, 20),
    {
      name: 'plain columns and JSON.stringify',
      async answer(start) {
        const found = await session.run(rows, [start, 20])
        return JSON.stringify(
          found.map(row => ({
            ...{ id: row[0], title: row[1], slug: row[2], summary: row[3], state: row[4], featured: row[5] === 1 },
            ...{ size: row[6], rank: row[7], authorId: row[8] },
            ...{
              createdAt: `${String(row[9]).replace(' ', 'T')}Z`,
              updatedAt: `${String(row[10]).replace(' ', 'T')}Z`,
              note: row[11],
            },
          })),
        )
      },
    },
  ]
}

function mysqlChildren(children: number, limit: number): Way[] {
  const table = `strategy_child_${children}`
  const quoted = (column: string) => `json_quote(${column}) collate utf8mb4_nopad_bin`
  const child = `concat('{"id":"',c.id,'","body":',${quoted('c.body')},',"state":"',c.state,'","size":',c.size,'}')`
  const head = `concat('{"id":"',p.id,'","title":',${quoted('p.title')},',"children":[')`
  const page = `select id, title from strategy_parent where id > ? order by id limit ?`
  const pageRows = `select p.id, ${head} from (${page}) p`
  const ofParent = `from ${table} c where c.parent_id = p.id`
  const list = (rest: string) => `select group_concat(${child} order by c.id separator ',' ${rest})`
  const inside = (inner: string) =>
    `select concat('[',group_concat(concat(${head},${inner},']}') order by p.id separator ','),']') from (${page}) p`
  const rowEach = (rest: string) =>
    `select concat(${head},ifnull((${list(rest)} ${ofParent}),''),']}') from strategy_parent p where p.id > ? order by p.id limit ?`
  const idsOf = `json_table(?, '$[*]' columns(id char(36) character set ascii collate ascii_bin path '$')) i`
  // Texts whose length the types tell: what the server takes for a long text it gathers on the disk.
  const shortChild = `concat('{"id":"',c.id,'","body":',left(${quoted('c.body')},300),',"state":"',left(c.state,20),'","size":',c.size,'}')`
  const shortEach = `select concat(${head},ifnull((select group_concat(${shortChild} order by c.id separator ',') ${ofParent}),''),']}')
    from strategy_parent p where p.id > ? order by p.id limit ?`
  return [
    rowsJoined('one statement: subselect per parent, a row each', rowEach(''), limit),
    rowsJoined('one statement: subselect per parent, a row each, in short texts', shortEach, limit),
    rowsJoined('one statement: subselect per parent, a row each, limit 100', rowEach('limit 100'), limit),
    one('one statement: subselect per parent, one body', inside(`ifnull((${list('')} ${ofParent}),'')`), limit),
    one(
      'one statement: join with children grouped by parent',
      `select concat('[',group_concat(concat(${head},ifnull(l.j,''),']}') order by p.id separator ','),']') from (${page}) p
        left join (select c.parent_id, group_concat(${child} order by c.id separator ',') as j
          from (select id from strategy_parent where id > ? order by id limit ?) k straight_join ${table} c on c.parent_id = k.id group by c.parent_id) l on l.parent_id = p.id`,
      limit,
      true,
    ),
    merged(
      'two statements: json_table of ids, grouped by parent',
      pageRows,
      `select c.parent_id, group_concat(${child} order by c.id separator ',') from ${idsOf} straight_join ${table} c on c.parent_id = i.id group by c.parent_id`,
      limit,
    ),
    merged(
      'two statements: json_table of ids, grouped, limit 100 for each',
      pageRows,
      `select c.parent_id, group_concat(${child} order by c.id separator ',' limit 100) from ${idsOf} straight_join ${table} c on c.parent_id = i.id group by c.parent_id`,
      limit,
    ),
    merged(
      'two statements: json_table of ids and a subselect for each',
      pageRows,
      `select p.id, (${list('')} ${ofParent}) from json_table(?, '$[*]' columns(id char(36) character set ascii collate ascii_bin path '$')) p`,
      limit,
    ),
    merged(
      'two statements: in (?, ?, …), grouped by parent',
      pageRows,
      `select c.parent_id, group_concat(${child} order by c.id separator ',') from ${table} c where c.parent_id in (${Array.from({ length: limit }, () => '?').join(',')}) group by c.parent_id`,
      limit,
      true,
    ),
    merged(
      'two statements: a row for each child, joined in JavaScript',
      pageRows,
      `select c.parent_id, ${child} from ${idsOf} straight_join ${table} c on c.parent_id = i.id order by c.parent_id, c.id`,
      limit,
    ),
  ]
}

// ---- ways

/** The server makes the whole body. `twice`: the values stand in the statement two times. */
function one(name: string, sql: string, limit: number, twice: boolean = false): Way {
  return {
    name,
    async answer(start) {
      const values = twice ? [start, limit, start, limit] : [start, limit]
      const [row] = await session.run(sql, values)
      return String(row?.[0])
    },
  }
}

function rowsJoined(name: string, sql: string, limit: number): Way {
  return {
    name,
    async answer(start) {
      let body = ''
      for (const [row] of await session.run(sql, [start, limit])) body += body === '' ? `[${row}` : `,${row}`
      return `${body}]`
    },
  }
}

/** Parents, then the children of all of them. Parents come as pieces of JSON that end where the children belong. */
function merged(name: string, parentsSql: string, childrenSql: string, limit: number, spread: boolean = false): Way {
  return {
    name,
    async answer(start) {
      const found = await session.run(parentsSql, [start, limit])
      const ids = found.map(row => row[0])
      const values = spread ? ids : [family === 'postgres' ? `{${ids.join(',')}}` : JSON.stringify(ids)]
      const lists = new Map<unknown, string>()
      for (const [parent, text] of await session.run(childrenSql, values)) {
        const before = lists.get(parent)
        lists.set(parent, before === undefined ? String(text) : `${before},${text}`)
      }
      let body = ''
      for (const [id, head] of found) body += `${body === '' ? '[' : ','}${head}${lists.get(id) ?? ''}]}`
      return `${body}]`
    },
  }
}

// ---- sessions

async function postgresSession(at: string): Promise<Session> {
  const client = new Client({ connectionString: at })
  await client.connect()
  const names = new Map<string, string>()
  return {
    async run(sql, values) {
      let name = names.get(sql)
      if (name === undefined) names.set(sql, (name = `s${names.size}`))
      const { rows } = await client.query<(string | number | null)[]>({
        name,
        text: sql,
        values: [...values],
        rowMode: 'array',
      })
      return rows
    },
    script: async sql => void (await client.query(sql)),
    close: () => client.end(),
  }
}

async function mysqlSession(at: string): Promise<Session> {
  const connection = await createConnection({
    uri: at,
    rowsAsArray: true,
    dateStrings: true,
    jsonStrings: true,
    charset: 'utf8mb4',
  })
  await connection.query(
    "set collation_connection = utf8mb4_nopad_bin, group_concat_max_len = @@max_allowed_packet, tx_isolation = 'READ-COMMITTED'",
  )
  return {
    async run(sql, values) {
      const [rows] = await connection.execute(sql, values as (string | number)[])
      return rows as unknown as readonly Cells[]
    },
    script: async sql => void (await connection.query(sql)),
    close: () => connection.end(),
  }
}
