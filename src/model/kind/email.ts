/** `email`: an address of the form that browsers accept (WHATWG HTML), with a domain that has a dot. */
import type { FieldKind } from '../kind.ts'
import { lengthMistake, mistake, parsed, textOperators, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

const max = 254 // RFC 5321 leaves room for no more between < and >
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const pattern = `^[a-zA-Z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@(?:${label}\\.)+${label}$`
const form = new RegExp(pattern)

export const emailKind: FieldKind = textForm({
  name: 'email',
  storage: 'text',
  operators: textOperators,
  expected: 'an e-mail address',
  parse(text, _type, pointer) {
    const wrong = lengthMistake(text, 0, max, pointer)
    if (wrong !== undefined) return mistake(wrong)
    if (!form.test(text)) return wrongType('an e-mail address', pointer)
    // Domains do not tell case apart, local parts may: only the domain has one spelling.
    const at = text.lastIndexOf('@')
    return parsed(text.slice(0, at) + text.slice(at).toLowerCase())
  },
  jsonSchema: () => ({ type: 'string', format: 'email', pattern, maxLength: max }),
})
