// Fills in the variables of a suite, in plain text and in JSON.
import type { Scalar } from './suite.ts'

export type Variables = Map<string, Scalar>

/** Text with every `{{variable}}` replaced by its value. An unknown variable is an error, as is what else stands in braces. */
export function fill(template: string, variables: Variables): string {
  return replaceVariables(template, variables, value => String(value))
}

/** JSON with every variable replaced: inside quotes escaped as JSON text, elsewhere as a JSON value. */
export function fillJson(template: string, variables: Variables): string {
  const text = template.replaceAll(/"(?:[^"\\]|\\.)*"|[^"]+/gu, part => {
    if (!part.startsWith('"')) return replaceVariables(part, variables, value => JSON.stringify(value))
    return replaceVariables(part, variables, value => JSON.stringify(String(value)).slice(1, -1))
  })
  JSON.parse(text)
  return text
}

function replaceVariables(template: string, variables: Variables, write: (value: Scalar) => string): string {
  return template.replaceAll(/\{\{(.*?)\}\}/gu, (_, inner: string) => {
    const value = variables.get(inner.trim())
    if (value === undefined) throw new Error(`the variable ${inner.trim()} is not set`)
    return write(value)
  })
}
