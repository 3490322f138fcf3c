/** Declarations of models as data, that can be printed as TypeScript and be made into the models themselves: both say the same. */
import { defineSchema, field, model, type ModelGraph, now } from '../../model/index.ts'

/** What stands between brackets. */
export type Argument =
  | string
  | number
  | boolean
  | null
  | Chain
  | typeof theMoment
  | readonly Argument[]
  | { readonly [name: string]: Argument }

/** The symbol `now`. */
export const theMoment = Symbol('now')

export interface Call {
  readonly method: string
  readonly given: readonly Argument[]
}

/** `field.text().optional()`: the calls after `field`. */
export class Chain {
  readonly calls: readonly Call[]

  constructor(...calls: readonly Call[]) {
    this.calls = calls
  }
}

export interface ModelDeclaration {
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly chain: Chain }[]
  readonly options: Readonly<Record<string, Argument>>
}

/** The schema that the declarations make; what it refuses is a mistake of ours, told before anything is written. */
export function graphOfDeclarations(declarations: readonly ModelDeclaration[]): ModelGraph {
  const models = declarations.map(({ name, fields, options }) => {
    const built = Object.fromEntries(fields.map(({ name: own, chain }) => [own, valueOf(chain)]))
    return [name, model(built as never, valueOf(options) as never)] as const
  })
  return defineSchema(Object.fromEntries(models) as never).graph
}

type Builders = Readonly<Record<string, (...given: readonly unknown[]) => Builders>>

function valueOf(argument: Argument): unknown {
  if (argument === theMoment) return now
  if (argument instanceof Chain)
    return argument.calls.reduce<Builders>(
      (built, { method, given }) => called(built, method, given.map(valueOf)),
      field as unknown as Builders,
    )
  if (Array.isArray(argument)) return argument.map((one: Argument) => valueOf(one))
  if (typeof argument === 'object' && argument !== null)
    return Object.fromEntries(Object.entries(argument).map(([name, one]) => [name, valueOf(one)]))
  return argument
}

function called(built: Builders, method: string, given: readonly unknown[]): Builders {
  const build = built[method]
  if (build === undefined) throw new TypeError(`There is no builder "${method}".`)
  return build.apply(built, [...given])
}
