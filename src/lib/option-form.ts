/** What an option has to be: types say it to TypeScript, this to JavaScript, where what does not fit would mean nothing, or the opposite. */

export interface OptionForm {
  fits(value: unknown): boolean
  /** Completes "It has to be …". */
  readonly words: string
}

export const truth: OptionForm = { fits: value => typeof value === 'boolean', words: 'true or false' }

/** No database takes U+0000 in a name. */
export const filledText: OptionForm = {
  fits: value => typeof value === 'string' && value !== '' && !value.includes('\u0000'),
  words: 'a text',
}
