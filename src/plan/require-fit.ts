/** Refuses at boot what the models alone show: constraints and keys that the store cannot keep. */
import { refusal } from '../error/index.ts'
import { asksLists, type ModelGraph, type ModelNode, toldCheck } from '../model/index.ts'
import type { Capabilities } from '../query/index.ts'

export function requireFit(graph: ModelGraph, capabilities: Capabilities, store: string): void {
  for (const model of Object.values(graph.models)) {
    const reason = misfit(model, capabilities)
    if (reason !== null) throw refusal('boot.store-unable', { store, model: model.name, reason })
  }
}

function misfit(model: ModelNode, capabilities: Capabilities): string | null {
  const [unique] = model.uniques
  if (!capabilities.unique && unique !== undefined) {
    return `it cannot keep ${unique.fields.join(', ')} unique`
  }
  const check = model.checks.find(asksLists)
  if (!capabilities.checksLists && check !== undefined)
    return `its check "${toldCheck(check).name}" asks what a list holds, and no check of that database can; a beforeCreate and a beforeUpdate hook could`
  const reference = Object.values(model.relations).find(relation => relation.kind === 'belongsTo')
  if (!capabilities.foreignKeys && reference !== undefined)
    return `it cannot keep the reference ${reference.name} whole`
  for (const { name, column, type, default: value } of Object.values(model.fields)) {
    if (capabilities.reservedColumns.has(column))
      return `${name} would be kept in a column "${column}", and every table has one by itself`
    if (!capabilities.sequences && value?.from === 'sequence') return `it cannot count up ${name}`
    const { precision } = type.options
    if (type.kind === 'decimal' && typeof precision === 'number' && precision > capabilities.decimalPrecision) {
      return `${name} has ${precision} digits, and it keeps at most ${capabilities.decimalPrecision}`
    }
  }
  return null
}
