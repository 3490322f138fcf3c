/** Declarations as TypeScript, in the form that a formatter of lines of 120 characters leaves alone. */
import { type Argument, type Call, Chain, type ModelDeclaration, theMoment } from './declaration.ts'

const width = 120
const indent = (depth: number): string => '  '.repeat(depth)

export function printModel({ name, fields, options }: ModelDeclaration): string {
  const printed = fields.map(({ name: own, chain }) => `${indent(2)}${own}: ${printChain(chain, 2, own.length + 2)},\n`)
  const symbols = printed.some(line => line.includes('.default(now)')) ? 'field, model, now' : 'field, model'
  return [
    `import { ${symbols} } from 'plinth'\n\n`,
    `export const ${name} = model(\n  {\n`,
    ...printed,
    `  },\n  ${print(options, 1, 0)},\n)\n`,
  ].join('')
}

/** `before`: characters that stand in its line already, and a comma follows. */
function printChain({ calls }: Chain, depth: number, before: number): string {
  const flat = `field${calls.map(flatCall).join('')}`
  const isPlain = calls.length < 3 || !calls.some(({ given }) => given.some(nests))
  if (isPlain && fits(flat, depth, before) && !calls.some(({ given }) => given.some(breaks))) return flat
  const [only] = calls
  if (calls.length > 1 || only === undefined) {
    const lines = calls.map(call => `\n${indent(depth + 1)}.${call.method}(${printGiven(call, depth + 1)})`)
    return `field${lines.join('')}`
  }
  return `field.${only.method}(${printGiven(only, depth)})`
}

const flatCall = ({ method, given }: Call): string => `.${method}(${given.map(flatText).join(', ')})`

/** Arguments of a call at the beginning of a line; the last one opens when they do not fit. */
function printGiven({ method, given }: Call, depth: number): string {
  const flat = given.map(flatText).join(', ')
  const last = given.at(-1)
  if (last === undefined || (fits(`.${method}(${flat})`, depth, 0) && !given.some(breaks))) return flat
  const first = given.slice(0, -1).map(one => `${flatText(one)}, `)
  return `${first.join('')}${isOpenable(last) ? open(last, depth) : flatText(last)}`
}

function print(argument: Argument, depth: number, before: number): string {
  if (argument instanceof Chain) return printChain(argument, depth, before)
  const flat = flatText(argument)
  return isOpenable(argument) && (breaks(argument) || !fits(flat, depth, before)) ? open(argument, depth) : flat
}

const fits = (text: string, depth: number, before: number): boolean => depth * 2 + before + text.length + 1 <= width

type Openable = readonly Argument[] | { readonly [name: string]: Argument }

const isOpenable = (argument: Argument): argument is Openable =>
  typeof argument === 'object' && argument !== null && !(argument instanceof Chain)

const isList = (argument: Argument): argument is readonly Argument[] => Array.isArray(argument)

/** A list of several lists of several things stands in lines whatever its length. */
function breaks(argument: Argument): boolean {
  if (!isOpenable(argument)) return false
  const inside = isList(argument) ? argument : Object.values(argument)
  const isTable = isList(argument) && argument.length > 1 && argument.every(one => isList(one) && one.length > 1)
  return isTable || inside.some(breaks)
}

/** An object in an object: formatters want a chain of three calls with such a one in lines. */
const nests = (argument: Argument): boolean =>
  isOpenable(argument) && !isList(argument) && Object.values(argument).some(one => isOpenable(one) && !isList(one))

function open(argument: Openable, depth: number): string {
  const line = (text: string): string => `\n${indent(depth + 1)}${text},`
  const [left, right] = isList(argument) ? '[]' : '{}'
  const lines = isList(argument)
    ? argument.map(one => line(print(one, depth + 1, 0)))
    : Object.entries(argument).map(([name, one]) => line(`${name}: ${print(one, depth + 1, name.length + 2)}`))
  return `${left}${lines.join('')}\n${indent(depth)}${right}`
}

function flatText(argument: Argument): string {
  if (argument === theMoment) return 'now'
  if (typeof argument === 'string') return quoted(argument)
  if (typeof argument === 'number') return numeral(argument)
  if (argument instanceof Chain) return `field${argument.calls.map(flatCall).join('')}`
  if (isList(argument)) return `[${argument.map(flatText).join(', ')}]`
  if (typeof argument === 'object' && argument !== null) {
    const members = Object.entries(argument).map(([name, one]) => `${name}: ${flatText(one)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return String(argument)
}

/** In single quotes, unless there are more of them inside than of the others. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
  const count = (mark: string): number => escaped.split(mark).length - 1
  const mark = count("'") > count('"') ? '"' : "'"
  return `${mark}${escaped.replaceAll(mark, `\\${mark}`)}${mark}`
}

const numeral = (number: number): string =>
  Number.isSafeInteger(number) && Math.abs(number) >= 100_000
    ? String(number).replaceAll(/\B(?=(?:\d{3})+$)/gu, '_')
    : String(number)
