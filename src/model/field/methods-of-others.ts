/** `.nullable()` is refused with the word that it is called here, and `.index()` of a relation with where it belongs. */
import { type OtherWords, wordsOfOthers } from '../../error/index.ts'

const need = { instead: 'no word at all, as a field is needed that is not optional()' }
const bound = { instead: 'as an option of the builder, as in field.text({ max: 80 })' }

const ofAll: OtherWords = {
  nullable: 'optional',
  nullish: 'optional',
  required: need,
  notNull: need,
  defaultTo: 'default',
  hidden: 'private',
  comment: 'describe',
}

const ofScalars: OtherWords = {
  ...ofAll,
  primaryKey: 'key',
  primary: 'key',
  defaultNow: 'default(now)',
  readonly: 'readOnly',
  references: { instead: "field.belongsTo('Author'), which makes the field that refers" },
  min: bound,
  max: bound,
  minLength: bound,
  maxLength: bound,
}

const onDelete = { instead: "as an option, as in field.belongsTo('Author', { onDelete: 'cascade' })" }
const index = { instead: 'no word at all, as what refers has an index of its own' }

const ofRelations: OtherWords = { ...ofAll, onDelete, cascade: onDelete, index }

export function tellOthersOfScalars(prototype: object): void {
  Object.setPrototypeOf(prototype, wordsOfOthers('a field', ofScalars))
}

export function tellOthersOfRelations(...prototypes: readonly object[]): void {
  for (const each of prototypes) Object.setPrototypeOf(each, wordsOfOthers('a relation', ofRelations))
}
