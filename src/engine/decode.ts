/** The second way of assembling a result (semantics 16): what the database cannot write into JSON is made here, row by row. */
import { type FieldType, kindOf, type Value } from '../model/index.ts'
import type { AggregatePlan, FindPlan, Output } from '../query/index.ts'
import type { Store } from '../store/contract/index.ts'

type Row = Record<string, Value>
type RowDecoder = (row: Row) => void

/** Turns the store's JSON into the answer's JSON; null when the store's JSON already is the answer. */
export function resultDecoder(plan: FindPlan, store: Store): ((json: string) => string) | null {
  if (!plan.decodes) return null
  const decode = rowDecoder(plan.root.outputs, store)
  if (decode === null) return null
  return json => {
    // The store made this text from the plan's outputs, so its form is known.
    const parsed = JSON.parse(json) as Row | Row[] | null
    if (Array.isArray(parsed)) for (const row of parsed) decode(row)
    else if (parsed !== null) decode(parsed)
    return JSON.stringify(parsed)
  }
}

/** The same for the groups of an aggregate: group values, and extremes of fields that the store keeps in another form. */
export function groupDecoder(plan: AggregatePlan, store: Store): ((json: string) => string) | null {
  const outputs = [...plan.groupBy, ...plan.measures].filter(({ type }) => {
    const { codec, storage } = kindOf(type)
    return codec !== undefined || !store.capabilities.jsonClasses.has(storage)
  })
  if (outputs.length === 0) return null
  const decoders = outputs.map(({ output, type }) => ({ output, decode: valueDecoder(type, store) }))
  return json => {
    const groups = JSON.parse(json) as Row[]
    for (const group of groups) {
      for (const { output, decode } of decoders) {
        const stored = group[output] ?? null
        if (stored !== null) group[output] = decode(stored)
      }
    }
    return JSON.stringify(groups)
  }
}

function rowDecoder(outputs: readonly Output[], store: Store): RowDecoder | null {
  const decoders = outputs.map(output => outputDecoder(output, store)).filter(decoder => decoder !== null)
  if (decoders.length === 0) return null
  return row => {
    for (const decoder of decoders) decoder(row)
  }
}

function outputDecoder(output: Output, store: Store): RowDecoder | null {
  switch (output.kind) {
    case 'value': {
      if (output.assemble === 'store') return null
      const decode = valueDecoder(output.type, store)
      return row => {
        const stored = row[output.output] ?? null
        if (stored !== null) row[output.output] = decode(stored)
      }
    }
    case 'object':
    case 'one': {
      const decode = rowDecoder(output.kind === 'object' ? output.outputs : output.node.outputs, store)
      if (decode === null) return null
      return row => {
        const inner = row[output.output]
        if (isRow(inner)) decode(inner)
      }
    }
    case 'many': {
      const decode = rowDecoder(output.node.outputs, store)
      if (decode === null) return null
      return row => {
        const inner = row[output.output]
        if (Array.isArray(inner)) inner.filter(isRow).forEach(decode)
      }
    }
    case 'list': {
      const [element] = output.node.outputs
      if (element?.kind !== 'value' || element.assemble === 'store') return null
      const decode = valueDecoder(element.type, store)
      return row => {
        const inner = row[output.output]
        if (Array.isArray(inner)) row[output.output] = inner.map((each: Value) => (each === null ? null : decode(each)))
      }
    }
    default:
      return output satisfies never
  }
}

function isRow(value: Value | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueDecoder(type: FieldType, store: Store): (stored: Value) => Value {
  const kind = kindOf(type)
  const { element } = type
  const decodeElement = element === undefined ? null : kindOf(element)
  return stored => {
    const canonical = store.capabilities.jsonClasses.has(kind.storage) ? stored : store.fromStored(kind.storage, stored)
    if (decodeElement?.codec !== undefined && element !== undefined && Array.isArray(canonical)) {
      const { codec } = decodeElement
      return canonical.map((each: Value) => (each === null ? null : codec.decode(each, element)))
    }
    return kind.codec === undefined ? canonical : kind.codec.decode(canonical, type)
  }
}
