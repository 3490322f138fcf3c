/**
 * Whether the rows behind links (manyToMany) are fetched as a set: the links of each row of a page by themselves, then what they lead to for
 * all of them at once. It is chosen where the links alone tell which rows a list holds and in which order, so that a limit still cuts each list
 * before anything else is read, and where nothing else is asked of the rows than what they hold.
 */
import { isAlways, isUnique, type ModelNode, type RelationNode } from '../model/index.ts'
import type { Output, ReadNode } from '../query/index.ts'
import type { Planning } from './planning.ts'

export function isFetchedAsSet(planning: Planning, { through, target }: RelationNode, node: ReadNode): boolean {
  if (!planning.environment.capabilities.linksAsSet || through === null) return false
  const join = planning.model(through.model)
  const far = planning.model(target)
  const links = [...through.local.map(pair => pair.through), ...through.remote.map(pair => pair.through)]
  return (
    isAlways(node.where) &&
    // In tables that Plinth has made every link leads to a row, and none is there twice.
    !join.adopted &&
    isUnique(join, links) &&
    through.remote.every(pair => isKeptAlike(join, pair.through) && isKeptAlike(far, pair.remote)) &&
    node.order.every(
      ({ of }) =>
        of.kind === 'field' &&
        of.row === node.row &&
        of.path.length === 0 &&
        through.remote.some(({ remote }) => remote === of.field),
    ) &&
    node.outputs.every(output => isOwnField(output, node.row))
  )
}

const isKeptAlike = (model: ModelNode, field: string): boolean => model.fields[field]?.native === null

const isOwnField = (output: Output, row: number): boolean =>
  output.kind === 'value' &&
  output.visible === null &&
  output.of.kind === 'field' &&
  output.of.row === row &&
  output.of.path.length === 0
