/** What a command of the CLI is, and its help. */
import { stripVTControlCharacters } from 'node:util'
import { hasColour } from '../lib/index.ts'
import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs, renderUsage } from 'citty'

export interface CommandOptions<Arguments extends ArgsDef> {
  readonly name: string
  readonly summary: string
  /** Paragraphs for `--help`. */
  readonly details: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  readonly arguments: Arguments
  /** Options that may come more than once; of any other, the earlier value would be lost. */
  readonly repeatable?: readonly string[]
  /** The exit code; 0 when it gives none. `words`: as they were written, for options that may come more than once. */
  readonly run: (given: ParsedArgs<Arguments>, words: readonly string[]) => Promise<number | void>
}

export interface Command {
  readonly name: string
  readonly summary: string
  readonly arguments: ArgsDef
  readonly repeatable: readonly string[]
  readonly definition: CommandDef
  help(): Promise<string>
}

export function command<const Arguments extends ArgsDef>(options: CommandOptions<Arguments>): Command {
  const definition = defineCommand<Arguments>({
    meta: { name: options.name, description: options.summary },
    args: options.arguments,
    run: ({ args, rawArgs }) => options.run(args, rawArgs),
  })
  return {
    name: options.name,
    summary: options.summary,
    arguments: options.arguments,
    repeatable: options.repeatable ?? [],
    definition: definition as unknown as CommandDef,
    async help() {
      const usage = await renderUsage(definition as unknown as CommandDef, { meta: { name: 'plinth' } })
      return `${(hasColour() ? usage : stripVTControlCharacters(usage)).trimEnd()}\n\n${options.details}\n\nEXAMPLES\n\n${columns(options.examples)}`
    },
  }
}

/** Every value of an option that may come more than once. */
export function valuesOf(option: string, words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (word.startsWith(`--${option}=`)) return [word.slice(option.length + 3)]
    return word === `--${option}` ? [words[index + 1] ?? ''] : []
  })
}

/** Two columns, the first as wide as its widest entry. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
