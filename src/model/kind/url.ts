/** `url`: an absolute http or https URL, kept as it was written. */
import type { FieldKind } from '../kind.ts'
import { lengthMistake, mistake, numberOption, parsed, textOperators, wrongType } from './support.ts'
import { textForm } from './text-form.ts'

export interface UrlOptions {
  /** The most characters; 2,048 by default. */
  readonly max?: number
}

const urlDefaultMax = 2048
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const host = `(?:(?:${label}\\.)*[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?|${octet}(?:\\.${octet}){3})`
const port = '(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?'
const pattern = `^https?://${host}${port}(?:[/?#][^\\s\\u0000-\\u0020\\u007f]*)?$`
const form = new RegExp(pattern, 'u')

export const urlKind: FieldKind = textForm({
  name: 'url',
  storage: 'text',
  operators: textOperators,
  expected: 'an http or https URL',
  parse(text, type, pointer) {
    const wrong = lengthMistake(text, 0, numberOption(type, 'max') ?? urlDefaultMax, pointer)
    if (wrong !== undefined) return mistake(wrong)
    // The pattern is what clients are told; canParse also looks into labels that begin with xn--.
    return form.test(text) && URL.canParse(text) ? parsed(text) : wrongType('an http or https URL', pointer)
  },
  jsonSchema: type => ({
    type: 'string',
    format: 'uri',
    pattern,
    maxLength: numberOption(type, 'max') ?? urlDefaultMax,
  }),
})
