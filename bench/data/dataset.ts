// Fills the tables with the same rows on every machine and keeps the file in the temporary folder for the next run.
import { createHash } from 'node:crypto'
import { copyFileSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { random, type Random } from './random.ts'
import { createIndexes, createTables } from './schema.ts'

/** How many rows of each kind. */
export interface Size {
  readonly users: number
  readonly articles: number
  readonly comments: number
  readonly tags: number
}

/** The data set of the published figures: about 1.2 million rows, 530 MB. */
export const fullSize: Size = { users: 10_000, articles: 100_000, comments: 500_000, tags: 200 }

/** Enough for the tests to compare bodies. */
export const tinySize: Size = { users: 20, articles: 200, comments: 1_000, tags: 12 }

const firstDay = Date.UTC(2024, 0, 1)
const twoYears = 2 * 365 * 24 * 60 * 60 * 1000

/** The folder that holds the cached data sets and the copies of a run. */
export function cacheFolder(): string {
  const folder = join(tmpdir(), 'plinth-bench')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** The file with the data set, generated unless this version of it is there already. */
export function datasetFile(size: Size, report: (line: string) => void = () => {}): string {
  const family = `dataset-${size.articles}-`
  const file = join(cacheFolder(), `${family}${version(size)}.sqlite`)
  if (existsSync(file)) return file
  const start = performance.now()
  report(`generating the data set (${size.articles} articles, ${size.comments} comments) …`)
  // Written beside and renamed, so that an interrupted run leaves no half-filled file behind.
  const unfinished = join(cacheFolder(), `unfinished-${process.pid}.sqlite`)
  generate(unfinished, size)
  for (const old of readdirSync(cacheFolder())) if (old.startsWith(family)) rmSync(join(cacheFolder(), old))
  renameSync(unfinished, file)
  report(`data set generated in ${((performance.now() - start) / 1000).toFixed(1)} s: ${file}`)
  return file
}

/** A copy of the data set for one peer to write to; shares its blocks where the file system can. */
export function copyDataset(source: string, target: string): void {
  removeDatabase(target)
  copyFileSync(source, target, constants.COPYFILE_FICLONE)
}

/** Removes a database with its write-ahead log. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
}

// The name of the cached file follows the code that makes it: an edit makes a new data set.
function version(size: Size): string {
  const hash = createHash('sha256').update(JSON.stringify(size))
  for (const file of ['dataset.ts', 'schema.ts', 'random.ts']) {
    hash.update(readFileSync(new URL(file, import.meta.url)))
  }
  return hash.digest('hex').slice(0, 12)
}

function generate(file: string, size: Size): void {
  rmSync(file, { force: true })
  const database = new DatabaseSync(file)
  try {
    // Nothing to lose before the rename; the write-ahead log is switched on at the end, it is a property of the file.
    database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -262144;')
    createTables(database)
    database.exec('begin')
    fill(database, size, random('plinth data set'))
    createIndexes(database)
    database.exec('commit')
    database.exec('analyze')
    database.exec('pragma journal_mode = wal')
  } finally {
    database.close()
  }
}

function fill(database: DatabaseSync, size: Size, sequence: Random): void {
  const writer = wordSource(sequence)
  const userIds = fillUsers(database, size, sequence)
  const tagIds = fillTags(database, size, sequence)
  const articles = fillArticles(database, size, sequence, writer, userIds)
  fillArticleTags(database, sequence, articles, tagIds)
  fillComments(database, size, sequence, writer, userIds, articles)
}

interface Keyed {
  readonly id: string
  readonly time: number
}

const givenNames = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Esi', 'Farid', 'Grace', 'Hana', 'Íris', 'Jun', 'Kofi', 'Linnéa']
const familyNames = ['Abe', 'Berg', 'Castro', "D'Souza", 'Eze', 'Fontaine', 'García', 'Haddad', 'Ito', 'Jansen', 'Kaya']

function fillUsers(database: DatabaseSync, size: Size, sequence: Random): string[] {
  const insert = database.prepare('insert into user values (?, ?, ?, ?, ?, ?)')
  return Array.from({ length: size.users }, (_, index) => {
    const time = firstDay + index
    const id = sequence.uuid(time)
    const name = `${sequence.pick(givenNames)} ${sequence.pick(familyNames)}`
    const role = index % 100 === 0 ? 'admin' : index % 10 === 0 ? 'editor' : 'member'
    insert.run(id, name, `user${index}@example.test`, role, isoTime(time), isoTime(time))
    return id
  })
}

function fillTags(database: DatabaseSync, size: Size, sequence: Random): string[] {
  const insert = database.prepare('insert into tag values (?, ?)')
  return Array.from({ length: size.tags }, (_, index) => {
    const id = sequence.uuid(firstDay + index)
    insert.run(id, `${sequence.pick(words)}-${index}`)
    return id
  })
}

function fillArticles(
  database: DatabaseSync,
  size: Size,
  sequence: Random,
  writer: WordSource,
  userIds: readonly string[],
): Keyed[] {
  const insert = database.prepare('insert into article values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const step = Math.floor(twoYears / size.articles)
  return Array.from({ length: size.articles }, (_, index) => {
    const time = firstDay + index * step + sequence.below(step)
    const id = sequence.uuid(time)
    const title = writer.text(20, 80).replaceAll(/\s+/g, ' ')
    const slug = `${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${index}`
    const state = sequence.below(5) === 0 ? 'draft' : 'published'
    const featured = sequence.below(20) === 0 ? 1 : 0
    const updated = isoTime(time + sequence.below(1_000_000))
    insert.run(id, title, slug, writer.text(900, 1100), state, featured, sequence.pick(userIds), isoTime(time), updated)
    return { id, time }
  })
}

function fillArticleTags(
  database: DatabaseSync,
  sequence: Random,
  articles: readonly Keyed[],
  tagIds: readonly string[],
): void {
  const insert = database.prepare('insert into article_tags values (?, ?)')
  for (const article of articles) {
    const chosen = new Set(Array.from({ length: 1 + sequence.below(5) }, () => sequence.pick(tagIds)))
    for (const tagId of [...chosen].sort()) insert.run(article.id, tagId)
  }
}

function fillComments(
  database: DatabaseSync,
  size: Size,
  sequence: Random,
  writer: WordSource,
  userIds: readonly string[],
  articles: readonly Keyed[],
): void {
  const insert = database.prepare('insert into comment values (?, ?, ?, ?, ?, ?)')
  const step = twoYears / size.comments
  for (let index = 0; index < size.comments; index++) {
    const time = firstDay + twoYears + Math.floor(index * step)
    const article = sequence.pick(articles)
    const written = isoTime(time)
    insert.run(sequence.uuid(time), writer.text(60, 240), article.id, sequence.pick(userIds), written, written)
  }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

const words = [
  ...['amber', 'anchor', 'atlas', 'basalt', 'beacon', 'birch', 'bridge', 'canvas', 'cedar', 'cinder', 'cobalt'],
  ...['copper', 'coral', 'delta', 'ember', 'fable', 'fern', 'flint', 'garnet', 'glacier', 'granite', 'harbor'],
  ...['hazel', 'indigo', 'island', 'ivory', 'jasper', 'juniper', 'lantern', 'linen', 'maple', 'marble', 'meadow'],
  ...['mosaic', 'nectar', 'nickel', 'oak', 'ochre', 'onyx', 'opal', 'orchid', 'pebble', 'pine', 'plinth', 'prairie'],
  ...['quartz', 'quill', 'raven', 'reef', 'river', 'saffron', 'sage', 'slate', 'spruce', 'summit', 'thistle'],
]

interface WordSource {
  /** A text of at least `minimum` and less than `maximum` characters, with quotes, line breaks and accents in it. */
  text(minimum: number, maximum: number): string
}

// Texts are slices of one long text: a million random words would take longer than all the inserts together.
function wordSource(sequence: Random): WordSource {
  let source = ''
  while (source.length < 200_000) {
    const sentence = Array.from({ length: 4 + sequence.below(12) }, () => sequence.pick(words)).join(' ')
    const ending = sequence.pick(['. ', '. ', '. ', ', "so said". ', ' – naïve. ', '.\n'])
    source += sentence.charAt(0).toUpperCase() + sentence.slice(1) + ending
  }
  return {
    text(minimum, maximum) {
      const length = minimum + sequence.below(maximum - minimum)
      const start = sequence.below(source.length - length)
      // Trimmed ends are given back as letters, so that the length holds.
      return source
        .slice(start, start + length)
        .trim()
        .padEnd(minimum, 'x')
    },
  }
}
