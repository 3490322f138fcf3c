/** What the last pull wrote, in a file that is committed: without it nobody could tell what was changed by hand. */
import { isObject, jsonObject } from '../../lib/index.ts'

export const lastPullFile = 'plinth.pull.json'
const format = 1

export interface LastPull {
  /** The texts by path. */
  readonly files: ReadonlyMap<string, string>
}

/** Lines stand in lines, so that a merge of two branches is a merge of lines. */
export function printLastPull({ files }: LastPull): string {
  const texts = [...files].toSorted(([one], [other]) => (one < other ? -1 : 1))
  const content = { format, files: Object.fromEntries(texts.map(([path, text]) => [path, text.split('\n')])) }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** Null when the text is something else or of a later format. */
export function readLastPull(text: string): LastPull | null {
  const value = jsonObject(text)
  if (value === null || value['format'] !== format || !isObject(value['files'])) return null
  const files = Object.entries(value['files'])
  if (!files.every((entry): entry is [string, string[]] => isLines(entry[1]))) return null
  return { files: new Map(files.map(([path, lines]) => [path, lines.join('\n')])) }
}

const isLines = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(line => typeof line === 'string')
