/** Columns of types that each database has for itself: what they hold, how it reads, and what may be written there. */
import type { Engine } from '../fixtures/engines.ts'

export interface OwnType {
  /** As a column definition. */
  readonly column: string
  /** The SQL of a value. */
  readonly value: string
  readonly read: unknown
  /** Written over REST, and read back as it is. */
  readonly write: unknown
  /** What does not fit the column, as a field and the database tell it apart. */
  readonly refuse?: unknown
}

const own = (column: string, value: string, read: unknown, write?: unknown, refuse?: unknown): OwnType => ({
  column,
  value,
  read,
  write: write ?? read,
  ...(refuse === undefined ? {} : { refuse }),
})

const sqlite: readonly OwnType[] = [
  own('varchar(20)', "'Größe'", 'Größe', 'a "b" \\ c', 'x'.repeat(21)),
  own('datetime', '1700000000123', '2023-11-14T22:13:20.123Z', '2024-02-29T01:02:03.004Z'),
  own('timestamp', "'2024-01-01T10:00:00Z'", '2024-01-01T10:00:00.000Z', '2024-02-29T01:02:03.000Z'),
  own('date', "'2024-02-29'", '2024-02-29', '0001-01-01', '2023-02-29'),
  own('time', "'09:30:00'", '09:30:00.000', '23:59:59.000'),
  own('bigint', '9007199254740993', '9007199254740993', '-9223372036854775808'),
  own('decimal(18,4)', '0.1', '0.1000', '-12345678.0001'),
  own('double', '1', 1, 0.1),
  own('json', `'{"a":[1,"x"]}'`, { a: [1, 'x'] }, [null]),
  own('blob', "x'00ff'", 'AP8=', ''),
  own('boolean', '1', true, false),
  own('', "'free'", 'free', 'other'),
  own('text collate nocase', "'Case'", 'Case', 'CASE'),
  own(`text check (own in ('x', 'y'))`, "'x'", 'x', 'y', 'z'),
]

const postgres: readonly OwnType[] = [
  own('varchar(20)', "'Größe'", 'Größe', 'a "b" \\ c', 'x'.repeat(21)),
  own('character(5)', "'ab'", 'ab', 'xyz'),
  own('name', "'pg'", 'pg', 'other'),
  own('smallint', '7', 7, -32_768, 40_000),
  own('bigint', '9007199254740993', '9007199254740993', '-9223372036854775808'),
  own('numeric', '1.25', '1.2500000000', '-3.0000000001'),
  own('numeric(40,2)', '1.25', '1.2500000000', '2.5000000000'),
  own('real', '0.1', 0.1, 1.5),
  own('money', '12.5', '12.50', '-3.00'),
  own('timestamp', "'2024-01-01 10:00:00.123456'", '2024-01-01T10:00:00.123Z', '2024-02-29T01:02:03.004Z'),
  own('timestamp(0)', "'2024-01-01 10:00:00'", '2024-01-01T10:00:00.000Z', '2024-02-29T01:02:03.000Z'),
  own('timestamptz', "'2024-01-01 10:00:00.123999+00'", '2024-01-01T10:00:00.123Z', '2024-02-29T01:02:03.004Z'),
  own('time', "'09:30:00.123456'", '09:30:00.123', '23:59:59.999'),
  own('date', "'2024-02-29'", '2024-02-29', '0001-01-01', '2023-02-29'),
  own('interval', "'2 days'", '2 days', '01:30:00', 'soon'),
  own('inet', "'10.0.0.1'", '10.0.0.1', '192.168.0.0/16', 'nowhere'),
  own('point', "'(1,2)'", '(1,2)', '(3,4)', 'there'),
  own('int4range', "'[1,5)'", '[1,5)', '[2,7)', '5'),
  own('tsvector', "'a b'", "'a' 'b'", "'c'"),
  own('bit(3)', "'101'", '101', '011', '1'),
  own('json', `'{"a":[1,"x"]}'`, { a: [1, 'x'] }, [null]),
  own('bytea', "'\\x00ff'", 'AP8=', ''),
  own('text[]', `'{a,"b,c"}'`, ['a', 'b,c'], ['"', '{}', '']),
  own('integer[]', "'{3,1}'", [3, 1], []),
  own('numeric(10,2)[]', "'{1.5}'", ['1.50'], ['-0.10', '2.00']),
  own('boolean[]', "'{t,f}'", [true, false], [false]),
  own('integer[][]', "'{{1,2},{3,4}}'", '{{1,2},{3,4}}', '{{5}}', '{'),
  own(`text check (own in ('x', 'y'))`, "'x'", 'x', 'y', 'z'),
  own(`varchar(9) check (own in ('x', 'y''s'))`, "'x'", 'x', "y's", 'z'),
  own('uuid', "'0199a1b2-0d0e-7a11-8c21-5b1e6f3a9d01'", '0199a1b2-0d0e-7a11-8c21-5b1e6f3a9d01', undefined, 'x'),
]

const mysql: readonly OwnType[] = [
  own('varchar(20) character set utf8mb4 collate utf8mb4_general_ci', "'Größe'", 'Größe', 'a "b" \\ c', 'x'.repeat(21)),
  own('varchar(20) character set latin1', "'Größe'", 'Größe', 'é', '漢'),
  own('char(5) character set latin1', "'ab'", 'ab', 'xyz'),
  own('mediumtext character set utf8mb4 collate utf8mb4_unicode_ci', "'🎈'", '🎈', '🎉'),
  own('tinyint', '-7', -7, 127, 128),
  own('tinyint(1)', '1', true, false),
  own('smallint unsigned', '65535', 65_535, 0, -1),
  own('int', '7', 7, -2_147_483_648, 2_147_483_648),
  own('bigint', '9007199254740993', '9007199254740993', '-9223372036854775808'),
  own('bigint unsigned', '18446744073709551615', '18446744073709551615', '0'),
  own('decimal(10,3) unsigned', '1.5', '1.500', '0.001', '-1'),
  own('float', '0.1', 0.1, 1.5),
  own('double', '0.1', 0.1, 1e300),
  own('datetime', "'2024-01-01 10:00:00'", '2024-01-01T10:00:00.000Z', '2024-02-29T01:02:03.000Z'),
  own('datetime(6)', "'2024-01-01 10:00:00.123999'", '2024-01-01T10:00:00.123Z', '2024-02-29T01:02:03.004Z'),
  own('timestamp null', "'2024-01-01 10:00:00'", '2024-01-01T10:00:00.000Z', '2024-02-29T01:02:03.000Z'),
  own('time', "'09:30:00'", '09:30:00.000', '23:59:59.000'),
  own('date', "'2024-02-29'", '2024-02-29', '0001-01-01', '2023-02-29'),
  own('year', '1999', 1999, 2024, 1),
  own('bit(1)', "b'1'", true, false),
  own('bit(8)', "b'101'", 5, 255, 256),
  own(`enum('x', 'y''s')`, "'x'", 'x', "y's", 'z'),
  own(`set('a', 'b')`, "'a,b'", 'a,b', 'b', 'c'),
  own(`varchar(9) check (own in ('x', 'y'))`, "'x'", 'x', 'y', 'z'),
  own('json', `'{"a":[1,"x"]}'`, { a: [1, 'x'] }, [null]),
  own('varbinary(20)', "x'00ff'", 'AP8=', ''),
  own('uuid', "'0199a1b2-0d0e-7a11-8c21-5b1e6f3a9d01'", '0199a1b2-0d0e-7a11-8c21-5b1e6f3a9d01', undefined, 'x'),
  own('inet6', "'::1'", '::1', '10::2', 'nowhere'),
  own('point', 'point(1,2)', 'POINT(1 2)', 'POINT(3 4)'),
]

/** MySQL has no types of these names. */
const mariadbOnly = ['uuid', 'inet6']

export function ownTypesOf(engine: Engine): readonly OwnType[] {
  if (engine === 'sqlite') return sqlite
  if (engine.startsWith('postgres')) return postgres
  return engine.startsWith('mysql') ? mysql.filter(({ column }) => !mariadbOnly.includes(column)) : mysql
}
