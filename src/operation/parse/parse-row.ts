/** A row in the body of a write, with what is written along with it. */
import type { ModelNode } from '../../model/index.ts'
import { parseFields } from './parse-fields.ts'
import { parseNested } from './parse-nested.ts'
import type { Parse, ParseOptions } from './parsed-row.ts'

/** `before`: the mistakes of the rows before it. */
export const parseRow = (options: ParseOptions, model: ModelNode, input: unknown, pointer: string, before = 0): Parse =>
  parseFields(options, model, input, pointer, before, (relation, given, place) =>
    parseNested(options, relation, given, place),
  )
