/** The tables that a graph needs, as plain data: what any SQL database is told to create and is compared with. */
import {
  type DeleteBehaviour,
  type FieldNode,
  fieldOf,
  type ModelGraph,
  type ModelNode,
  modelOf,
  type Predicate,
  storedForm,
  type Value,
} from '../../model/index.ts'
import { nameInTable, referenceName } from './table-words.ts'

export interface TableShape {
  readonly model: ModelNode
  readonly columns: readonly FieldNode[]
  readonly key: readonly FieldNode[]
  readonly references: readonly ReferenceShape[]
  readonly checks: readonly { readonly name: string; readonly predicate: Predicate }[]
  readonly indexes: readonly IndexShape[]
}

export interface ReferenceShape {
  readonly name: string
  readonly relation: string
  readonly columns: readonly FieldNode[]
  readonly target: ModelNode
  readonly targetColumns: readonly FieldNode[]
  readonly onDelete: DeleteBehaviour
}

export interface IndexShape {
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly IndexPart[]
  /** The soft-delete field, when the index holds only rows that are not deleted. */
  readonly liveOnly: FieldNode | null
}

export interface IndexPart {
  readonly field: FieldNode
  readonly descending: boolean
  /** Letter case is left out. */
  readonly ignoreCase: boolean
}

export function tableShapes(graph: ModelGraph): readonly TableShape[] {
  return Object.values(graph.models).map(model => {
    const named = (name: string): string => nameInTable(model, name)
    const references = Object.values(model.relations)
      .filter(({ kind }) => kind === 'belongsTo')
      .map((relation): ReferenceShape => {
        const target = modelOf(graph, relation.target)
        const columns = relation.on.map(({ local }) => fieldOf(model, local))
        const name = referenceName(
          model,
          columns.map(({ column }) => column),
        )
        return {
          name,
          relation: relation.name,
          columns,
          target,
          targetColumns: relation.on.map(({ remote }) => fieldOf(target, remote)),
          onDelete: relation.onDelete,
        }
      })
    return {
      model,
      columns: Object.values(model.fields),
      key: model.key.map(name => fieldOf(model, name)),
      references,
      checks: model.checks.map(({ name, predicate }) => ({ name: named(name), predicate })),
      indexes: indexShapes(model, references, named),
    }
  })
}

/** The constant that a column gets by itself, as it is stored; null where there is none. */
export const columnDefault = ({ default: given, type }: FieldNode): Value =>
  given?.from === 'literal' ? storedForm(given.value, type) : null

function indexShapes(
  model: ModelNode,
  references: readonly ReferenceShape[],
  named: (name: string) => string,
): IndexShape[] {
  const live = model.softDeleteField === null ? null : fieldOf(model, model.softDeleteField)
  const ascending = (name: string): IndexPart => ({
    field: fieldOf(model, name),
    descending: false,
    ignoreCase: false,
  })
  // Rows that refer to one row are found by the reference and come in the order of their key.
  const referring = (model.adopted ? [] : references).map(({ columns }) => {
    const names = columns.map(({ name }) => name)
    return { names, path: [...names, ...model.key.filter(name => !names.includes(name))] }
  })
  const indexes: IndexShape[] = [
    ...model.uniques.map(unique => ({
      name: named(unique.name),
      unique: true,
      columns: unique.fields.map(name => ({
        ...ascending(name),
        ignoreCase: unique.ignoreCase?.includes(name) === true,
      })),
      liveOnly: unique.liveOnly ? live : null,
    })),
    ...model.indexes.map(index => {
      const own = index.fields.map(({ field, direction }) => ({
        field: fieldOf(model, field),
        descending: direction === 'descending',
        ignoreCase: index.ignoreCase?.includes(field) === true,
      }))
      const reference = referring.find(({ names }) => names.join() === own.map(({ field }) => field.name).join())
      const columns =
        reference === undefined || own.some(({ descending }) => descending) ? own : reference.path.map(ascending)
      return { name: named(index.name), unique: false, columns, liveOnly: null }
    }),
  ]
  for (const { names, path } of referring) {
    const served = [
      model.key,
      ...indexes
        .filter(({ liveOnly, columns }) => liveOnly === null && !columns.some(({ ignoreCase }) => ignoreCase))
        .map(index => index.columns.map(({ field }) => field.name)),
    ]
    if (served.some(one => startsWith(one, path))) continue
    const columns = names.map(name => fieldOf(model, name).column).join('_')
    indexes.push({
      name: named(`${columns}_reference_index`),
      unique: false,
      columns: path.map(ascending),
      liveOnly: null,
    })
  }
  return indexes
}

const startsWith = (path: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((name, index) => path[index] === name)
