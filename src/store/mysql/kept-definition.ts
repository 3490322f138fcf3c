/**
 * `modify column` of MariaDB and MySQL says a column anew, and what it does not say is gone: a comment, `on update`, a default that is an
 * expression. So what a column says beside its change is taken from the database when the step runs.
 */
import { identifier } from '../sql/index.ts'
import {
  clausesOf,
  type ColumnDefinition,
  columnIn,
  type ColumnPart,
  columnText,
  readColumn,
  UnreadableColumn,
} from './column-definition.ts'

/** Changes of a column of which more may be said than Plinth knows, as they stand in a step's file, in the words of other databases. */
export const editWords = {
  dropNotNull: (name: string): string => `alter column ${identifier(name)} drop not null`,
  setNotNull: (name: string): string => `alter column ${identifier(name)} set not null`,
  dropDefault: (name: string): string => `alter column ${identifier(name)} drop default`,
  setDefault: (name: string, value: string): string => `alter column ${identifier(name)} set default ${value}`,
  changeType: (name: string, type: string): string => `alter column ${identifier(name)} type ${type}`,
}

const headForm = /^alter table "(?:[^"]|"")+" /iu
const editForm =
  /^alter column ("(?:[^"]|"")+") (?:(drop not null)|(set not null)|(drop default)|set default ([\s\S]+)|type ([\s\S]+))$/iu

/** As Plinth writes it for columns of its own: with a type, and whether it may be null. */
const modifyForm = /^modify column ("(?:[^"]|"")+" [\s\S]+)$/iu

/** Whether columns are said anew in this command, of which something may have to be kept. */
export const saysColumns = (sql: string): boolean =>
  headForm.test(sql) && clausesOf(sql.replace(headForm, '')).some(clause => modifyForm.test(clause))

/** A command of a step that is an edit: each changed column as a whole. `created`: what made the table, as the server prints it. */
export function editedCommand(sql: string, created: string): string {
  const [head = ''] = headForm.exec(sql) ?? []
  const columns = new Map<string, ColumnDefinition>()
  const clauses = clausesOf(sql.slice(head.length)).flatMap((clause): readonly (string | (() => string))[] => {
    const [, quoted, ...change] = editForm.exec(clause) ?? []
    if (quoted === undefined) return [clause]
    const name = quoted.slice(1, -1).replaceAll('""', '"')
    const old = columns.get(name)
    const found = old ?? columnIn(created, name)
    if (found === undefined) throw new UnreadableColumn(`there is no column "${name}"`)
    columns.set(name, changed(found, change))
    // Several changes of one column are one.
    return old === undefined ? [() => `modify column ${columnText(columns.get(name) ?? found)}`] : []
  })
  return head + clauses.map(clause => (typeof clause === 'string' ? clause : clause())).join(', ')
}

function changed(
  column: ColumnDefinition,
  [dropNotNull, setNotNull, dropDefault, value, type]: readonly (string | undefined)[],
): ColumnDefinition {
  const { parts } = column
  const isNullDefault = ({ kind, text }: ColumnPart): boolean => kind === 'default' && /^default\s+null$/iu.test(text)
  const others = (...kinds: readonly ColumnPart['kind'][]) => parts.filter(({ kind }) => !kinds.includes(kind))
  // What is made of other columns may be null if it does not say otherwise, and MariaDB does not let it say so.
  if (dropNotNull !== undefined) {
    const isGenerated = parts.some(({ kind }) => kind === 'generated')
    return { ...column, parts: isGenerated ? others('null') : [...others('null'), { kind: 'null', text: 'null' }] }
  }
  if (setNotNull !== undefined) {
    const kept = others('null').filter(part => !isNullDefault(part))
    return { ...column, parts: [...kept, { kind: 'null', text: 'not null' }] }
  }
  if (dropDefault !== undefined) return { ...column, parts: others('default') }
  if (value !== undefined)
    return { ...column, parts: [...others('default'), { kind: 'default', text: `default ${value}` }] }
  return type === undefined
    ? column
    : { ...column, type: likeBefore(type, column.type), parts: parts.map(inDigitsOf(type)) }
}

/** The current moment has to have as many digits as the column that it is given to. */
const inDigitsOf = (type: string) => {
  const [isMoment, digits = '0'] = /^(?:timestamp|datetime)\b(?:\((\d)\))?/iu.exec(type) ?? []
  return (part: ColumnPart): ColumnPart =>
    isMoment === undefined ? part : { ...part, text: part.text.replace(currentMoment, `$1(${digits})`) }
}

const currentMoment = /^((?:default|on update) current_timestamp)(?:\(\d?\))?$/iu

const isText = (type: string): boolean => /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)\b/iu.test(type)

const isPlace = (type: string): boolean => /^(?:geometry|point|linestring|polygon|multi\w+)\b/iu.test(type)

/** A type that says no character set and collation would get those of the table, and one without a system of coordinates gets none. */
function likeBefore(type: string, old: string): string {
  if (isPlace(type)) return `${type}${/ ref_system_id=\d+$/u.exec(old)?.[0] ?? ''}`
  if (!isText(type) || / (?:character set|collate) /iu.test(type)) return type
  return `${type}${/( character set \S+)?(?: collate \S+)?$/iu.exec(old)?.[0] ?? ''}`
}

/** Parts that Plinth knows of its own columns: they are as the command says, also where it says nothing. */
const ownKinds: readonly ColumnPart['kind'][] = ['null', 'default', 'counter', 'check']

/** A command about columns of Plinth's own, with what somebody else has said of them. */
export function keptCommand(sql: string, created: string): string {
  const [head = ''] = headForm.exec(sql) ?? []
  const clauses = clausesOf(sql.slice(head.length)).map(clause => {
    const [, definition] = modifyForm.exec(clause) ?? []
    if (definition === undefined) return clause
    const said = readColumn(definition)
    // Another form is of somebody who knows better, or a column that is for indexes alone.
    if (said.parts.some(({ kind }) => !ownKinds.includes(kind))) return clause
    const kept = columnIn(created, said.name)?.parts.filter(({ kind }) => !ownKinds.includes(kind)) ?? []
    return kept.length === 0 ? clause : `modify column ${columnText({ ...said, parts: [...said.parts, ...kept] })}`
  })
  return head + clauses.join(', ')
}
