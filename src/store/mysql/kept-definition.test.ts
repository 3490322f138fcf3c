/** What becomes of a column's definition, as the server prints it, when one thing of it changes. */
import { expect, it } from 'vitest'
import { editedCommand, keptCommand } from './kept-definition.ts'

const created = `CREATE TABLE "t" (
  "a""b" varchar(9) NOT NULL DEFAULT concat('x, null','\\'') COMMENT 'not null, default 1',
  "made" datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
  "sum" int(11) GENERATED ALWAYS AS (if("c" is null,1,2)) VIRTUAL COMMENT 'made',
  "c" int(11) DEFAULT NULL CHECK ("c" > 0),
  "strange" int(11) DEFAULT 1 DEFAULT 2,
  PRIMARY KEY ("c")
) ENGINE=InnoDB`

it.each([
  [
    'alter column "a""b" drop not null',
    `modify column "a""b" varchar(9) null DEFAULT concat('x, null','\\'') COMMENT 'not null, default 1'`,
  ],
  [
    'alter column "a""b" type varchar(20), alter column "a""b" drop default, algorithm = instant',
    `modify column "a""b" varchar(20) NOT NULL COMMENT 'not null, default 1', algorithm = instant`,
  ],
  [
    'alter column "made" type datetime(6)',
    'modify column "made" datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6)',
  ],
  [
    'alter column "sum" drop not null',
    `modify column "sum" int(11) GENERATED ALWAYS AS (if("c" is null,1,2)) VIRTUAL COMMENT 'made'`,
  ],
  ['alter column "c" set not null', 'modify column "c" int(11) not null CHECK ("c" > 0)'],
])('%s', (edit, whole) => {
  expect(editedCommand(`alter table "t" ${edit}`, created)).toBe(`alter table "t" ${whole}`)
})

it('a definition that is not understood is a refusal, and one that does not change is nothing to read', () => {
  expect(() => editedCommand('alter table "t" alter column "strange" drop not null', created)).toThrow('"strange"')
})

it('a column of our own is as the command says, with what else somebody has said', () => {
  expect(keptCommand('alter table "t" modify column "a""b" varchar(20) null, algorithm = instant', created)).toBe(
    `alter table "t" modify column "a""b" varchar(20) null COMMENT 'not null, default 1', algorithm = instant`,
  )
})
