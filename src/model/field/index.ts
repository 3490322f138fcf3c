/** The builders of fields and relations. */
export {
  type BelongsToDeclaration,
  CallerAttribute,
  type DeclaredDefault,
  type FieldDeclaration,
  type HasDeclaration,
  type JoinTable,
  type ManyToManyDeclaration,
  noWords,
  type ScalarDeclaration,
} from './declaration.ts'
export { field } from './field.ts'
export type { ReferenceField } from './reference-field.ts'
export type { BelongsToField, HasManyField, HasOneField, ManyToManyField } from './relation-field.ts'
export type { ScalarField } from './scalar-field.ts'
