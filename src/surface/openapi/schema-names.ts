/** What schemas are called: after their models, with a word more where the application has a model of that name. */
import type { ModelGraph, ModelNode, SchemaObject } from '../../model/index.ts'

/** The schema of a refusal. */
export const problemName = (graph: ModelGraph): string => freeName(graph, 'Problem')

/** `part`: what of the model is described, as in `BookCreate`. */
export function schemaName(graph: ModelGraph, model: ModelNode, part: string): string {
  // `BookNestedCreate` is what is sent of a BookNested.
  const owner = part.startsWith('Nested') && `${model.name}Nested` in graph.models ? `${model.name}Schema` : model.name
  return freeName(graph, `${owner}${part}`)
}

const freeName = (graph: ModelGraph, name: string): string =>
  name in graph.models ? freeName(graph, `${name}Schema`) : name

export const schemaRef = (name: string): SchemaObject => ({ $ref: `#/components/schemas/${name}` })

export const partRef = (graph: ModelGraph, model: ModelNode, part: string): SchemaObject =>
  schemaRef(schemaName(graph, model, part))
