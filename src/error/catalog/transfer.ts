/** Errors of `plinth import`, `export` and `seed`: files that cannot be read, and lines that hold no row. */
import type { CatalogEntry } from './catalog-entry.ts'

export const transfer = {
  'transfer.model-unknown': {
    status: 400,
    message: 'There is no model "{name}".',
    hint: 'Did you mean "{nearest}"?',
  },
  'transfer.format-unknown': {
    status: 400,
    message: 'The name of {file} does not tell in which format it is.',
    hint: 'Say it: --format csv or --format jsonl.',
  },
  'transfer.option-invalid': {
    status: 400,
    message: '{option} cannot be used: {reason}.',
  },
  'transfer.file-unreadable': {
    status: 400,
    message: '{file} cannot be read: {reason}.',
  },
  'transfer.file-unwritable': {
    status: 400,
    message: '{file} cannot be written: {reason}.',
  },
  'transfer.header-missing': {
    status: 422,
    message: 'The first line has to name the columns, and there is none.',
  },
  'transfer.header-unreadable': {
    status: 422,
    message: 'The first line has to name the columns, and cannot be read: {reason}.',
  },
  'transfer.column-unknown': {
    status: 422,
    message: 'The column "{column}" is no field of {model}.',
    hint: 'Did you mean "{nearest}"? Then say so: --map "{written}={nearest}". To pass over it: --ignore "{written}".',
  },
  'transfer.column-generated': {
    status: 422,
    message: 'The column "{column}" is made by the database and cannot be written.',
    hint: '--ignore "{written}" passes over it.',
  },
  'transfer.column-repeated': {
    status: 422,
    message: 'Two columns are the field "{name}".',
    hint: 'Pass over one of them with --ignore, or give one another name.',
  },
  'transfer.delimiter': {
    status: 422,
    message: 'The header is one column, "{column}", so its cells are not separated by "{delimiter}".',
    hint: 'Say what separates them: --delimiter "{other}"',
  },
  'transfer.encoding': {
    status: 422,
    message: 'The file is {encoding}.',
    hint: 'Convert it to UTF-8 first: iconv -f {encoding} -t UTF-8',
  },
  'transfer.not-utf8': {
    status: 422,
    message: 'This is not UTF-8: the byte {byte} at character {position}.',
    hint: 'Convert the file to UTF-8 first, as in: iconv -f WINDOWS-1252 -t UTF-8',
  },
  'transfer.cells': {
    status: 422,
    message: 'The row has {count} cells, and the header {expected}.',
  },
  'transfer.cells-cut-off': {
    status: 422,
    message: 'The file ends within a row: it has {count} cells, and the header {expected}.',
  },
  'transfer.quote': {
    status: 422,
    message: 'A quote stands where none can be, so where the next row begins is not known.',
    hint: 'A cell with quotes in it is quoted as a whole, and each quote in it is doubled: "5"" pipe"',
  },
  'transfer.quote-open': {
    status: 422,
    message: 'A quote is opened and never closed.',
  },
  'transfer.line-too-long': {
    status: 422,
    message: 'The row is longer than {limit} bytes.',
  },
  'transfer.not-json': {
    status: 422,
    message: 'The line is not JSON: {reason} at character {position}.',
  },
  'transfer.seed-missing': {
    status: 400,
    message: 'The application has no seed.',
    hint: 'Give createApp the option "seed": a function that is handed the db.',
  },
  'transfer.rows-there': {
    status: 409,
    message: 'The database has rows already: {rows}.',
    hint: 'To run the seed all the same: plinth seed --add',
  },
} as const satisfies Record<string, CatalogEntry>
