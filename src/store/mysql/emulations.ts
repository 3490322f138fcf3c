/** What MariaDB and MySQL have no word for, and what is done instead. */
import type { Emulation } from '../../query/index.ts'
import type { Variety } from './variety.ts'

export const emulationsOf = (variety: Variety): readonly Emulation[] => [...own[variety.name], ...shared]

const shared: readonly Emulation[] = Object.freeze([
  {
    what: 'updates and deletes that tell what they have changed',
    how: 'one row named by its key is changed, then read; of other changes the rows are found and locked first, then changed by their keys',
    cost: 'a second statement, and where rows are found first a transaction around both; a row that is read may have been changed once more since',
  },
  {
    what: 'nulls last in ascending order',
    how: 'a page by an index is cut from two parts, the rows with a value and, where these do not fill it, those without; elsewhere the order asks first whether there is a value',
    cost: 'no index serves that order where it is not the index to the end (with the key, in one direction), with an offset, and in lists within rows: all rows are read and sorted',
  },
  {
    what: 'unique among rows that are not deleted',
    how: 'an invisible generated column, `plinth_live`, that is null in deleted rows',
    cost: 'a byte or two in each entry of the index',
  },
  {
    what: 'keys of text',
    how: 'columns of at most 255 characters',
    cost: 'a longer value is refused: `store.text-too-long`',
  },
  {
    what: 'inserting what is not there yet',
    how: 'the statement looks for the row itself; `insert ignore` would pass over other mistakes, too',
    cost: 'one look into the index for each row',
  },
  {
    what: 'the next page of a sort by several fields',
    how: 'the comparison of tuples is written out, since no range of an index is read for it',
    cost: 'the first field alone bounds the range that is read',
  },
  {
    what: 'lists of values',
    how: '`json_table` over one bound text',
    cost: 'the list is a table in memory while the statement runs',
  },
  {
    what: 'changing tables in one transaction',
    how: 'each command is committed by itself',
    cost: 'what failed in the middle is completed by running it again',
  },
])

const own: Readonly<Record<Variety['name'], readonly Emulation[]>> = Object.freeze({
  mariadb: [
    {
      what: 'JSON that nests deep',
      how: '`json_valid` knows 31 levels, and a field may have 64; so the check of a column also takes what begins like an object or a list and could nest deeper',
      cost: 'other programs could write a text of 64 characters and more that only begins like JSON, and answers would carry that',
    },
    {
      what: 'nested rows with a limit',
      how: 'they are gathered by `group_concat`, which cuts when it has all; so the last row within the limit is found first, and bounds what is gathered',
      cost: 'the read that meets the first list of a hundred rows is asked again; after that about ten microseconds for each list; where no index has the order within one parent (see nulls last), all rows of the relation are read',
    },
    {
      what: 'indexes of long texts',
      how: 'a unique one holds a hash, another one the first 192 characters',
      cost: 'an order by a long text is sorted; texts are ordered by their first 8,192 bytes',
    },
    {
      what: 'indexes that ignore letter case',
      how: 'an invisible generated column, `plinth_folded_…`, which is stored: beside a virtual one the table would be copied whenever a column comes or goes',
      cost: 'the text a second time in each row; the table is copied once when it is added; a unique one over a text of more than 255 characters finds no rows',
    },
  ],
  mysql: [
    {
      what: 'inserts that tell what they have made',
      how: 'the row is read behind the insert, by its key or by the number that was counted up; several rows with such numbers are listed one by one, so that they are counted without a gap',
      cost: 'a second statement where a row is wanted back; a command for each number of rows, which is not kept prepared; a row that is read may have been changed since',
    },
    {
      what: 'nested rows with a limit',
      how: 'a derived table, which may look at the row around it, holds those within the limit',
      cost: 'a table in memory for each list',
    },
    {
      what: 'indexes of long texts',
      how: 'a unique one holds the first 192 characters and a hash, another one the first 192 characters',
      cost: 'an order by a long text is sorted; texts are ordered by their first 8,192 bytes',
    },
    {
      what: 'indexes that ignore letter case',
      how: 'an invisible virtual column, `plinth_folded_…`',
      cost: 'no room but in the index; its column is renamed by dropping it and making it again',
    },
    {
      what: 'ending a transaction of which nothing is heard any more',
      how: 'the session may be silent for as long as a transaction may, while one is open',
      cost: 'two commands more for each transaction of more than one statement',
    },
    {
      what: 'ending writes that take too long',
      how: 'the server is asked to stop them; it has a limit of its own for reads only',
      cost: 'a write goes on to its end when the application is gone',
    },
  ],
})
