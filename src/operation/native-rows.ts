/** The answer of a plan as rows in JavaScript form: dates as `Date`, 64-bit integers as `bigint`, bytes as `Uint8Array`. */
import { kindOf, type FieldType, type Value } from '../model/index.ts'
import type { FindPlan, Output } from '../query/index.ts'

type Row = Record<string, unknown>
type RowConverter = (row: Row) => void

const converters = new WeakMap<FindPlan, RowConverter | null>()

/** Parses the JSON of a plan. Plans whose rows need no conversion pay for none. */
export function nativeRows(plan: FindPlan, json: string): Row[] {
  const parsed: unknown = JSON.parse(json)
  // The plan made this text, so its form is known.
  const rows = (Array.isArray(parsed) ? parsed : [parsed]) as Row[]
  let convert = converters.get(plan)
  if (convert === undefined) {
    convert = rowConverter(plan.root.outputs)
    converters.set(plan, convert)
  }
  if (convert !== null) rows.forEach(convert)
  return rows
}

function rowConverter(outputs: readonly Output[]): RowConverter | null {
  const steps = outputs.map(outputConverter).filter(step => step !== null)
  if (steps.length === 0) return null
  return row => {
    for (const step of steps) step(row)
  }
}

function outputConverter(output: Output): RowConverter | null {
  const name = output.output
  switch (output.kind) {
    case 'value': {
      const convert = valueConverter(output.type)
      return convert === null ? null : row => (row[name] = convert(row[name] as Value))
    }
    case 'list': {
      const [element] = output.node.outputs
      const convert = element?.kind === 'value' ? valueConverter(element.type) : null
      return convert === null ? null : row => (row[name] = (row[name] as Value[] | null)?.map(convert) ?? null)
    }
    case 'object':
    case 'one': {
      const convert = rowConverter(output.kind === 'object' ? output.outputs : output.node.outputs)
      return convert === null ? null : row => inside(row[name], convert)
    }
    case 'many': {
      const convert = rowConverter(output.node.outputs)
      return convert === null ? null : row => (row[name] as unknown[] | null)?.forEach(each => inside(each, convert))
    }
    default:
      return output satisfies never
  }
}

function inside(value: unknown, convert: RowConverter): void {
  if (typeof value === 'object' && value !== null) convert(value as Row)
}

function valueConverter(type: FieldType): ((value: Value) => unknown) | null {
  const { toNative } = kindOf(type)
  return toNative === undefined ? null : value => (value === null ? null : toNative(value, type))
}
