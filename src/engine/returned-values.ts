/** What writes give back, the keys of their rows above all, in canonical form: stores keep kinds with a codec encoded and know nothing of it. */
import { whenSettled } from '../lib/index.ts'
import { canonicalForm, kindOf, type ModelGraph, type Value } from '../model/index.ts'
import type { WriteResult, WriteStep } from '../query/index.ts'
import type { Prepared, PreparedInsert } from '../store/contract/index.ts'

type Decoder = (result: WriteResult) => WriteResult

/** Null when what the store gives back is canonical already. */
function decoderOf(graph: ModelGraph, { model, returning }: WriteStep): Decoder | null {
  const types = returning.map(name => graph.models[model]?.fields[name]?.type)
  if (types.every(type => type === undefined || kindOf(type).codec === undefined)) return null
  const decode = (value: Value, place: number): Value => {
    const type = types[place]
    return type === undefined ? value : canonicalForm(value, type)
  }
  return result => ({ ...result, returned: result.returned.map(values => values.map(decode)) })
}

export function returningCanonical(
  prepared: Prepared<WriteResult>,
  graph: ModelGraph,
  plan: WriteStep,
): Prepared<WriteResult> {
  const decode = decoderOf(graph, plan)
  if (decode === null) return prepared
  return {
    command: prepared.command,
    run: (values, context) => whenSettled(prepared.run(values, context), decode),
    explain: values => prepared.explain(values),
    release: () => prepared.release(),
  }
}

export function insertReturningCanonical(prepared: PreparedInsert, graph: ModelGraph, plan: WriteStep): PreparedInsert {
  const decode = decoderOf(graph, plan)
  if (decode === null) return prepared
  return {
    command: prepared.command,
    run: (rows, values, context) => whenSettled(prepared.run(rows, values, context), decode),
    release: () => prepared.release(),
  }
}
