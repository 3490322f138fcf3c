/**
 * What was there before its model outlives it: a model or field that goes leaves its table or column behind, unless it is dropped by name.
 * Others may be using it.
 */
import { columnOf, type PhysicalColumn, type PhysicalTable } from '../../store/sql/index.ts'
import { pairTables } from './pair-tables.ts'

export interface Tables {
  readonly before: readonly PhysicalTable[]
  readonly after: readonly PhysicalTable[]
}

/** `drops`: `Article.title` or `Article`. */
export function keepAdopted({ before, after }: Tables, drops: ReadonlySet<string>): Tables {
  const kept = pairTables(before, after).map(({ before: old, after: fresh }) => {
    if (old?.adopted !== true) return { old, fresh }
    if (fresh === null) return { old: drops.has(old.model) ? old : null, fresh }
    return fresh.adopted ? keptColumns(old, fresh, drops) : { old, fresh }
  })
  return {
    before: kept.flatMap(({ old }) => (old === null ? [] : [old])),
    after: kept.flatMap(({ fresh }) => (fresh === null ? [] : [fresh])),
  }
}

function keptColumns(old: PhysicalTable, fresh: PhysicalTable, drops: ReadonlySet<string>) {
  const left = old.columns.filter(
    ({ name, field }) =>
      columnOf(fresh, name) === undefined && !old.key.includes(name) && !drops.has(`${fresh.model}.${field.name}`),
  )
  // Nobody gives it a value any more.
  const required = left.filter(({ nullable, default: value }) => !nullable && value === null)
  const forgotten = left.filter(column => !required.includes(column))
  return {
    old: without(old, forgotten),
    fresh: {
      ...fresh,
      columns: [...fresh.columns, ...required.map(column => ({ ...column, nullable: true }))],
      constraints: [
        ...fresh.constraints,
        ...old.constraints.filter(({ columns }) => columns.some(name => required.some(column => column.name === name))),
      ],
      indexes: [
        ...fresh.indexes,
        ...old.indexes.filter(({ columns }) => columns.some(name => required.some(column => column.name === name))),
      ],
    },
  }
}

function without(table: PhysicalTable, forgotten: readonly PhysicalColumn[]): PhysicalTable {
  const stays = ({ columns }: { readonly columns: readonly string[] }): boolean =>
    !columns.some(name => forgotten.some(column => column.name === name))
  return {
    ...table,
    columns: table.columns.filter(column => !forgotten.includes(column)),
    constraints: table.constraints.filter(stays),
    indexes: table.indexes.filter(stays),
  }
}
