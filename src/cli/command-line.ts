/** From the words of the command line to a command: whatever is not known is refused, with the nearest word that is. */
import { runCommand } from 'citty'
import { nearest } from '../lib/index.ts'
import { type Command, columns } from './command.ts'

export interface CommandLine {
  readonly commands: readonly Command[]
  readonly version: string
  /** For results. */
  readonly print: (text: string) => void
  /** For what went wrong. */
  readonly complain: (text: string) => void
}

const meant = (near: string): string => (near === '' ? '' : ` Did you mean "${near}"?`)

const opposite = (option: string): string =>
  option.startsWith('--no-') ? option.replace('--no-', '--') : option.replace('--', '--no-')

/** The code of wrong usage, as shells have it. */
const wrongUsage = 2

/** Runs the words and gives the exit code. What the command itself throws goes through. */
export async function runCommandLine(words: readonly string[], line: CommandLine): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    if (first === 'help' && rest.length > 0) return runCommandLine([...rest, '--help'], line)
    line.print(overview(line))
    return first === undefined ? wrongUsage : 0
  }
  if (first === '--version' || first === '-v') {
    line.print(line.version)
    return 0
  }
  const [second = '', ...further] = rest
  const inGroup = line.commands.filter(({ name }) => name.startsWith(`${first} `))
  if (inGroup.length > 0) return runInGroup(first, second, further, line)
  const command = line.commands.find(({ name }) => name === first)
  if (command === undefined) {
    const names = [...new Set(line.commands.map(({ name }) => name.split(' ')[0] ?? '')), 'help']
    const what = first.startsWith('-') ? 'option' : 'command'
    const known = first.startsWith('-') ? ['--help', '--version'] : names
    line.complain(`There is no ${what} "${first}".${meant(nearest(first, known))}\n\n${overview(line)}`)
    return wrongUsage
  }
  return runWords(command, rest, line)
}

/** `plinth migrate up`: commands of one name that have a second word. */
async function runInGroup(group: string, word: string, rest: readonly string[], line: CommandLine): Promise<number> {
  const commands = line.commands.filter(({ name }) => name.startsWith(`${group} `))
  const help = `USAGE  plinth ${group} <command> [options]\n\n${columns(commands.map(({ name, summary }) => [name.slice(group.length + 1), summary] as const))}\n\nplinth ${group} <command> --help has options and examples of each.`
  if (word === '' || word === '--help' || word === '-h') {
    line.print(help)
    return word === '' ? wrongUsage : 0
  }
  const command = commands.find(({ name }) => name === `${group} ${word}`)
  if (command !== undefined) return runWords(command, rest, line)
  const names = commands.map(({ name }) => name)
  line.complain(`There is no command "${group} ${word}".${meant(nearest(`${group} ${word}`, names))}\n\n${help}`)
  return wrongUsage
}

async function runWords(command: Command, rest: readonly string[], line: CommandLine): Promise<number> {
  if (beforeDashes(rest).some(word => word === '--help' || word === '-h')) {
    line.print(await command.help())
    return 0
  }
  const mistake = mistakeIn(rest, command)
  if (mistake !== null) {
    line.complain(`${mistake}\nSee: plinth ${command.name} --help`)
    return wrongUsage
  }
  const { result } = await runCommand(command.definition, { rawArgs: [...rest] })
  return typeof result === 'number' ? result : 0
}

function overview({ commands, version }: CommandLine): string {
  return [
    `Plinth ${version}: declare data, rules and actions; Plinth plans and runs the rest.`,
    '',
    'USAGE  plinth <command> [options]',
    '',
    columns(commands.map(({ name, summary }) => [name, summary] as const)),
    '',
    'plinth <command> --help has options and examples of each.',
  ].join('\n')
}

function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--')
  return end === -1 ? words : words.slice(0, end)
}

function mistakeIn(words: readonly string[], command: Command): string | null {
  const definitions = Object.entries(command.arguments)
  const options = definitions.filter(([, { type }]) => type !== 'positional')
  const names = options.flatMap(([name, { type }]) =>
    type === 'boolean' ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  )
  const short = options
    .flatMap(([, definition]) => ('alias' in definition ? [definition.alias ?? []].flat() : []))
    .map(name => `-${name}`)
  const takesValue = new Map(options.map(([name, { type }]) => [`--${name}`, type !== 'boolean']))
  const limit = definitions.length - options.length

  const given = new Set<string>()
  let positionals = 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') positionals += words.length - index - 1
    if (word === '--') break
    if (!word.startsWith('-') || word === '-') {
      positionals++
      continue
    }
    const [name = '', value] = word.split('=', 2)
    if (![...names, ...short].includes(name)) {
      const near = nearest(name, [...names, '--help'])
      return `There is no option "${name}" for "plinth ${command.name}".${meant(near)}`
    }
    if (takesValue.get(name) !== true && value !== undefined)
      return `The option "${name}" takes no value; ${opposite(name)} is its opposite.`
    if (takesValue.get(name) !== true) continue
    if (given.has(name) && !command.repeatable.includes(name.slice(2)))
      return `The option "${name}" stands here twice; it has one value.`
    given.add(name)
    if (value === undefined) {
      index++
      if (index >= words.length || words[index]?.startsWith('--'))
        return `The option "${name}" needs a value, as in ${name}=<value>.`
    }
  }
  if (positionals > limit)
    return `"plinth ${command.name}" takes ${limit === 0 ? 'no arguments' : `at most ${limit}`}; quote what has spaces in it.`
  const needed = definitions.filter(([, { type, required }]) => type === 'positional' && required !== false)
  const missing = needed.slice(positionals).map(([name]) => `<${name}>`)
  return missing.length === 0 ? null : `"plinth ${command.name}" needs ${missing.join(' and ')}.`
}
