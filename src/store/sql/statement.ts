/** A statement in the making: gives out aliases and places for bound values, and puts the placeholders in at the end. */
import type { FieldType, ModelGraph } from '../../model/index.ts'
import type { Parameter } from '../../query/index.ts'
import { isOwnTable } from './checked.ts'
import type { Binding, SqlDialect } from './dialect.ts'

/** A finished command: the n-th placeholder takes the n-th binding. */
export interface Command {
  readonly sql: string
  readonly bindings: readonly Binding[]
}

// Parts of a statement are written in another order than they stand in, so a place is marked by number until the text is complete. No
// name and no literal can hold U+0000: the dialects refuse it.
const mark = '\u0000'
const marks = /\u0000(\d+)\u0000/g // eslint-disable-line no-control-regex

export const integerType: FieldType = Object.freeze({ kind: 'integer', options: Object.freeze({}) })
export const booleanType: FieldType = Object.freeze({ kind: 'boolean', options: Object.freeze({}) })
export const floatType: FieldType = Object.freeze({ kind: 'float', options: Object.freeze({}) })
/** Of a list of tuples, whose binding has the types of their places. */
export const tupleType: FieldType = Object.freeze({ kind: 'tuple', options: Object.freeze({}) })
export const bigintType: FieldType = Object.freeze({ kind: 'bigint', options: Object.freeze({}) })

export class Statement {
  readonly dialect: SqlDialect
  readonly graph: ModelGraph
  readonly parameters: readonly Parameter[]
  /** No table was made by others, and there is no view: whatever a value was read from, it is of its kind. */
  readonly ownsAll: boolean
  /** Lists are told where they end. */
  readonly longLists: boolean
  /** Lists that are being written, one in the other. */
  openLists = 0
  /** Some list is only gathered when it is short, or names an index. */
  adapts = false
  readonly #bindings: Binding[] = []
  readonly #aliases = new Map<string, number>()

  constructor(dialect: SqlDialect, graph: ModelGraph, parameters: readonly Parameter[], longLists = false) {
    this.dialect = dialect
    this.graph = graph
    this.parameters = parameters
    this.ownsAll = Object.values(graph.models).every(isOwnTable)
    this.longLists = longLists
  }

  /** `t1` for the first row of depth 1, then `t1_2` and so on. */
  alias(name: string): string {
    const count = (this.#aliases.get(name) ?? 0) + 1
    this.#aliases.set(name, count)
    return count === 1 ? name : `${name}_${count}`
  }

  bind(binding: Binding): string {
    this.#bindings.push(binding)
    return `${mark}${this.#bindings.length - 1}${mark}`
  }

  parameterType(index: number): FieldType {
    const parameter = this.parameters[index]
    if (parameter === undefined) throw new Error(`The plan names parameter ${index}, which it does not have.`)
    return parameter.source === 'limit' || parameter.source === 'offset' ? integerType : parameter.type
  }

  finish(text: string): Command {
    const bindings: Binding[] = []
    const numbered = new Map<string, string>()
    const sql = text.replace(marks, (_mark, index: string) => {
      const known = numbered.get(index)
      if (known !== undefined) return known
      const binding = this.#bindings[Number(index)]
      if (binding === undefined) throw new Error('A place for a value was given out by another statement.')
      bindings.push(binding)
      const placeholder = this.dialect.placeholder(bindings.length, binding)
      if (this.dialect.numberedPlaceholders) numbered.set(index, placeholder)
      return placeholder
    })
    return { sql, bindings }
  }
}
