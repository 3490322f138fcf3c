/** Where something stands in a plan: among the rows around it, of which the innermost is its own. */
import { type FieldExpression, fieldOf, type FieldType, type ModelNode } from '../model/index.ts'
import type { Planning } from './planning.ts'

export class Standpoint {
  readonly planning: Planning
  /** The models of the rows from the outside in; a row's number is its place here. */
  readonly models: readonly ModelNode[]
  /** That of the own row. */
  readonly model: ModelNode

  private constructor(planning: Planning, around: readonly ModelNode[], model: ModelNode) {
    this.planning = planning
    this.models = Object.freeze([...around, model])
    this.model = model
  }

  /** The row that a plan is about. */
  static root(planning: Planning, model: string): Standpoint {
    return new Standpoint(planning, [], planning.model(model))
  }

  /** A row of this model around which the rows of this standpoint are. */
  inside(model: string): Standpoint {
    return new Standpoint(this.planning, this.models, this.planning.model(model))
  }

  /** The number of the own row. */
  get row(): number {
    return this.models.length - 1
  }

  /** A field of the own row. */
  field(field: string): FieldExpression {
    return { kind: 'field', row: this.row, path: [], field }
  }

  typeOf(field: string): FieldType {
    return fieldOf(this.model, field).type
  }
}
