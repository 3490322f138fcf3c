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
