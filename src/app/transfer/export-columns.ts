/** What an export holds of each row. */
import type { ModelNode } from '../../model/index.ts'
import type { OutputRequest, Selection } from '../../query/index.ts'

export interface ExportColumns {
  readonly outputs: readonly OutputRequest[]
  /** Fields that are left out because nobody reads them. */
  readonly withheld: readonly string[]
}

const fieldOutput = (field: string): OutputRequest => ({ kind: 'field', output: field, field })

/**
 * All stored fields unless something is selected: computed ones could not be imported again. Fields that no caller may read are left out
 * unless they are asked for, because a file goes further than one thinks.
 */
export function exportColumns(model: ModelNode, select: Selection | null, withPrivate: boolean): ExportColumns {
  const fields = Object.values(model.fields)
  const secret = fields.filter(field => field.private || field.writeOnly).map(({ name }) => name)
  if (select !== null && !select.defaults) return { outputs: select.outputs, withheld: [] }
  const named = select?.outputs ?? []
  const withheld = withPrivate ? [] : secret.filter(name => !named.some(({ output }) => output === name))
  const own = fields.map(({ name }) => name).filter(name => !withheld.includes(name))
  const others = named.filter(({ output }) => !own.includes(output))
  return { outputs: [...own.map(fieldOutput), ...others], withheld }
}
