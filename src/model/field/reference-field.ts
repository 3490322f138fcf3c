/** The builder of `field.id('Article')`: a key of some model, as a value without a relation. */
import type { Flag } from '../types/column.ts'
import { type ScalarDeclaration, withWords } from './declaration.ts'
import { nothing, oneText, tellArguments } from './told-arguments.ts'

export class ReferenceField<Target extends string, Flags extends Flag = never> {
  declare readonly '~kind': 'reference'
  declare readonly '~target': Target
  declare readonly '~flags': Flags
  readonly declaration: ScalarDeclaration

  constructor(declaration: ScalarDeclaration) {
    this.declaration = declaration
  }

  /** May be null or left out. */
  optional(): ReferenceField<Target, Flags | 'optional'> {
    return new ReferenceField({ ...this.declaration, nullable: true })
  }

  /** What it means, for OpenAPI and the documents made of it. */
  describe(description: string): ReferenceField<Target, Flags> {
    return new ReferenceField(withWords(this.declaration, { description }))
  }
}

tellArguments(ReferenceField.prototype, { optional: nothing, describe: oneText })
