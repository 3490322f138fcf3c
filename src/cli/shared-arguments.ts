/** Arguments that several commands have. */

export const applicationArgument = {
  type: 'positional',
  required: false,
  description: 'The file of the application or its folder',
  valueHint: 'app.ts',
} as const

/** The same for commands whose first words are something else. */
export const applicationOption = {
  type: 'string',
  valueHint: 'app.ts',
  description: 'The file of the application or its folder',
} as const

export const jsonOption = { type: 'boolean', description: 'Print JSON' } as const

export const addressArguments = {
  port: { type: 'string', valueHint: 'number', description: 'The port; before PORT' },
  host: { type: 'string', valueHint: 'address', description: 'The address to listen at; before HOST' },
} as const

/** The options as variables, so that they are checked together with all other settings. */
export function addressVariables(given: {
  readonly port?: string | undefined
  readonly host?: string | undefined
}): Record<string, string> {
  return {
    ...(given.port === undefined ? {} : { PORT: given.port }),
    ...(given.host === undefined ? {} : { HOST: given.host }),
  }
}
