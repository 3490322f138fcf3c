/** The builders of fields and relations. */
export {
  type BelongsToDeclaration,
  CallerAttribute,
  type CallerDefault,
  type DeclaredCheck,
  type DeclaredDefault,
  type FieldDeclaration,
  type HasDeclaration,
  type ManyToManyDeclaration,
  noWords,
  type ScalarDeclaration,
} from './declaration.ts'
export { field } from './field.ts'
export { ReferenceField } from './reference-field.ts'
export {
  BelongsToField,
  type BelongsToOptions,
  HasManyField,
  HasOneField,
  ManyToManyField,
  type ManyToManyOptions,
} from './relation-field.ts'
export { ScalarField } from './scalar-field.ts'
