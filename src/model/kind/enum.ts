/** `enum`: one word of a list. */
import { nearest } from '../../lib/index.ts'
import type { FieldKind } from '../kind.ts'
import type { FieldType } from '../value.ts'
import { parsed, refused, textOperators } from './support.ts'
import { textForm } from './text-form.ts'

export function enumValues(type: FieldType): readonly string[] {
  const values = type.options['values']
  return Array.isArray(values) ? values.filter(value => typeof value === 'string') : []
}

export const enumKind: FieldKind = textForm({
  name: 'enum',
  storage: 'text',
  operators: textOperators.filter(
    operator => operator !== 'contains' && operator !== 'startsWith' && operator !== 'endsWith',
  ),
  expected: 'a text',
  parse(text, type, pointer) {
    const values = enumValues(type)
    if (values.includes(text)) return parsed(text)
    return refused(
      'values.not-in-list',
      { value: text.slice(0, 100), options: values.join(', '), nearest: nearest(text, values) },
      pointer,
    )
  },
  jsonSchema: type => ({ type: 'string', enum: [...enumValues(type)] }),
})
