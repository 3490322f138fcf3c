/** What the planner keeps while one plan is being made: parameters, questions and dependencies gather here. */
import {
  datetimeType,
  type Expression,
  type FieldType,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type ParameterExpression,
  type Predicate,
  type RelationNode,
} from '../model/index.ts'
import type { Parameter, PlanReads } from '../query/index.ts'
import { callerAttributeType, type PlanEnvironment } from './environment.ts'

/** A condition that was decided while planning, and how. */
export interface Question {
  readonly predicate: Predicate
  readonly answer: boolean
}

export class Planning {
  readonly environment: PlanEnvironment
  readonly questions: Question[] = []
  readonly #parameters: Parameter[] = []
  readonly #shared = new Map<string, ParameterExpression>()
  readonly #reads = new Map<string, Set<string>>()
  readonly #callerReads = new Set<string>()
  readonly #calculated = new Set<string>()
  #readsNow = false
  #calculations = 0
  #conditions = 0

  constructor(environment: PlanEnvironment) {
    this.environment = environment
  }

  get graph(): ModelGraph {
    return this.environment.graph
  }

  /** No rule binds the system. */
  get isSystem(): boolean {
    return this.environment.caller === 'system'
  }

  get parameters(): readonly Parameter[] {
    return this.#parameters
  }

  model(name: string): ModelNode {
    return modelOf(this.graph, name)
  }

  parameter(parameter: Parameter): ParameterExpression {
    const key = JSON.stringify(parameter)
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const expression: ParameterExpression = { kind: 'parameter', index: this.#parameters.length }
    this.#parameters.push(parameter)
    this.#shared.set(key, expression)
    return expression
  }

  /** An attribute of the caller: bound for whoever is signed in, null for everybody else. */
  callerAttribute(attribute: string): Expression {
    const type = callerAttributeType(this.graph, attribute)
    this.#callerReads.add(attribute)
    if (this.environment.caller !== 'signedIn') return { kind: 'literal', value: null, type }
    return this.parameter({ source: 'caller', attribute, type })
  }

  /** A value that the engine gives to a step of a write. */
  stepValue(name: string, type: FieldType): ParameterExpression {
    return this.parameter({ source: 'step', name, type, list: false })
  }

  moment(): Expression {
    this.#readsNow = true
    return this.parameter({ source: 'now', type: datetimeType })
  }

  /** Decides a condition that only the caller decides. */
  ask(question: Predicate, attributes: readonly string[]): boolean {
    for (const attribute of attributes) this.#callerReads.add(attribute)
    const answer = this.environment.answer(question)
    if (this.environment.caller === 'signedIn' && attributes.length > 0) {
      this.questions.push({ predicate: question, answer })
    }
    return answer
  }

  /** Counts a condition of the request; a rule's conditions are not counted. */
  countCondition(): number {
    this.#conditions += 1
    return this.#conditions
  }

  get calculates(): boolean {
    return this.#calculations > 0
  }

  /** Somewhere in an expression numbers are calculated, and may leave their type. */
  countCalculation(): void {
    this.#calculations += 1
  }

  /** What `make` gives, noted under this name if there are calculations in it. */
  calculating<T>(name: string, make: () => T): T {
    const before = this.#calculations
    const made = make()
    if (this.#calculations > before) this.#calculated.add(name)
    return made
  }

  noteRead(model: string, field: string): void {
    const fields = this.#reads.get(model)
    if (fields === undefined) this.#reads.set(model, new Set([field]))
    else fields.add(field)
  }

  noteModel(model: string): void {
    if (!this.#reads.has(model)) this.#reads.set(model, new Set())
  }

  /** The fields that tie two rows together. */
  noteLink(model: ModelNode, { on, target, through }: RelationNode): void {
    for (const { local, remote } of on) {
      this.noteRead(model.name, local)
      this.noteRead(target, remote)
    }
    if (through === null) return
    for (const pair of [...through.local, ...through.remote]) this.noteRead(through.model, pair.through)
  }

  /** Whether anybody is signed in counts like an attribute of the caller. */
  noteSignedIn(): void {
    this.#callerReads.add('(signed in)')
  }

  reads(): PlanReads {
    const models: Record<string, readonly string[]> = {}
    for (const name of [...this.#reads.keys()].toSorted()) models[name] = [...(this.#reads.get(name) ?? [])].toSorted()
    const calculated = [...this.#calculated].toSorted()
    return {
      models,
      caller: [...this.#callerReads].toSorted(),
      now: this.#readsNow,
      ...(calculated.length === 0 ? {} : { calculated }),
    }
  }
}
