/** What a command of the CLI is, and its help. */
import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs, renderUsage } from 'citty'

export interface CommandOptions<Arguments extends ArgsDef> {
  readonly name: string
  readonly summary: string
  /** Paragraphs for `--help`. */
  readonly details: string
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  readonly arguments: Arguments
  /** The exit code; 0 when it gives none. */
  readonly run: (given: ParsedArgs<Arguments>) => Promise<number | void>
}

export interface Command {
  readonly name: string
  readonly summary: string
  readonly arguments: ArgsDef
  readonly definition: CommandDef
  help(): Promise<string>
}

export function command<const Arguments extends ArgsDef>(options: CommandOptions<Arguments>): Command {
  const definition = defineCommand<Arguments>({
    meta: { name: options.name, description: options.summary },
    args: options.arguments,
    run: ({ args }) => options.run(args),
  })
  return {
    name: options.name,
    summary: options.summary,
    arguments: options.arguments,
    definition: definition as unknown as CommandDef,
    async help() {
      const usage = await renderUsage(definition as unknown as CommandDef, { meta: { name: 'plinth' } })
      return `${usage.trimEnd()}\n\n${options.details}\n\nEXAMPLES\n\n${columns(options.examples)}`
    },
  }
}

/** Two columns, the first as wide as its widest entry. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
