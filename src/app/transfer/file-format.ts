/** How rows stand in a file. */
import { refusal } from '../../error/index.ts'
import { perhaps } from '../../lib/index.ts'

export type FileFormat = 'csv' | 'jsonl'

const endings: Readonly<Record<string, FileFormat>> = { csv: 'csv', tsv: 'csv', jsonl: 'jsonl', ndjson: 'jsonl' }
const formats: readonly string[] = ['csv', 'jsonl']

/** What was said, or what the name's ending says. `file` is null for standard input and output. */
export function formatOf(file: string | null, given: string | undefined): FileFormat {
  if (given !== undefined) {
    if (given === 'csv' || given === 'jsonl') return given
    const reason = `there is no format "${given}"${perhaps(given, formats)}; there are ${formats.join(' and ')}`
    throw refusal('transfer.option-invalid', { option: '--format', reason })
  }
  const ending = file === null ? undefined : /\.(\w+)$/.exec(file.toLowerCase())?.[1]
  const format = ending === undefined || !Object.hasOwn(endings, ending) ? undefined : endings[ending]
  if (format === undefined) throw refusal('transfer.format-unknown', { file: file ?? 'standard input' })
  return format
}

/** The one character between cells: what was said, a tab for files that are called `.tsv`, or a comma. */
export function delimiterOf(file: string | null, given: string | undefined): string {
  const word = given ?? (file?.toLowerCase().endsWith('.tsv') === true ? 'tab' : ',')
  const delimiter = word === 'tab' || word === '\\t' ? '\t' : word
  if (delimiter.length === 1 && !/["\r\n\0\w]/.test(delimiter) && delimiter < '\u007f') return delimiter
  const reason = 'it is one character, such as ";", or the word tab'
  throw refusal('transfer.option-invalid', { option: '--delimiter', reason })
}
