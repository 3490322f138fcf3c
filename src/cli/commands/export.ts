/** `plinth export`: rows of the database into a file. */
import { command } from '../command.ts'
import { findApplication, loadApplication } from '../find-application.ts'
import { withProgress } from '../progress.ts'
import { applicationOption } from '../shared-arguments.ts'
import { countOf, number, rows, stopped, stopSignal, transferArguments } from '../transfer-arguments.ts'

const { format, delimiter } = transferArguments

export const exportRows = command({
  name: 'export',
  summary: 'Exports rows to a file',
  details: [
    'Writes the rows of a model in the order of its key, as CSV with a header or as JSON lines, to standard output or to a file, which is',
    'there when it is whole. All rows are those of one moment, whoever writes meanwhile. "plinth import" reads back what was written.',
    'It acts for the system, so no rule hides anything; fields that no caller may read are left out unless --private asks for them.',
  ].join('\n'),
  examples: [
    ['plinth export Article --to articles.csv', 'all rows'],
    [
      'plinth export Article --where "state=published&createdAt[gte]=2026-01-01T00:00:00Z"',
      'some, as REST filters them',
    ],
    ['plinth export Article --format jsonl --select "id,title,author(name)"', 'rows of relations inside them'],
    ['plinth export Article.tags --to article-tags.csv', 'the links of a manyToMany'],
  ],
  arguments: {
    model: {
      type: 'positional',
      required: true,
      description: 'The model, or the links of one: Article.tags',
      valueHint: 'Article',
    },
    to: { type: 'string', valueHint: 'file', description: 'The file; standard output without it' },
    format,
    delimiter,
    where: { type: 'string', valueHint: 'query', description: 'Which rows: filters as in a URL of the REST API' },
    select: { type: 'string', valueHint: 'fields', description: 'What of them: a list as in a URL of the REST API' },
    limit: { type: 'string', valueHint: 'number', description: 'The most rows' },
    'with-deleted': { type: 'boolean', description: 'Also rows that were deleted softly' },
    private: { type: 'boolean', description: 'Also fields that no caller may read' },
    app: applicationOption,
  },
  async run(given) {
    const found = findApplication(given.app, process.cwd(), 'export')
    const { runExport } = await import('../../app/index.ts')
    const loaded = await loadApplication(found)
    const signal = stopSignal()
    let done = 0
    const options = {
      root: found.root,
      environment: process.env,
      model: given.model,
      file: given.to === '-' ? null : (given.to ?? null),
      standardOutput: process.stdout,
      format: given.format,
      delimiter: given.delimiter,
      where: given.where ?? '',
      select: given.select ?? null,
      withDeleted: given['with-deleted'] === true,
      withPrivate: given.private === true,
      most: countOf('--limit', given.limit),
      signal,
      onProgress: (count: number) => {
        done = count
      },
    }
    const begun = performance.now()
    const report = await withProgress(`Exporting ${given.model}`, () => runExport(loaded, options), {
      standing: () => `${rows(done)}, ${number(Math.round(done / ((performance.now() - begun) / 1000)))} rows/s`,
    })
    // Standard output may be the file itself.
    if (report.withheld.length > 0)
      process.stderr.write(
        `Left out, as no caller may read them: ${report.withheld.join(', ')}. --private writes them too.\n`,
      )
    if (signal.aborted) {
      process.stderr.write(
        `Stopped after ${rows(report.rows)}.${options.file === null ? '' : ` ${options.file} was not written.`}\n`,
      )
      return stopped
    }
    process.stderr.write(`${given.model}: ${rows(report.rows)}${options.file === null ? '' : ` in ${options.file}`}\n`)
    return 0
  },
})
