/** Functions over symbols, for computed fields and projections. */
import type { CallExpression, Expression } from '../expression.ts'
import { kindOf } from '../kind/index.ts'
import { type Below, comparable, type ExpressionSymbol, isExpressionSymbol, misused, operand } from './literal.ts'
import { datetimeType, integerType, longTextType } from './expression-type.ts'
import { ValueSymbol } from './value-symbol.ts'

/** The request's one moment. Also a default: `field.datetime().default(now)`. */
export const nowSymbol: ValueSymbol = new ValueSymbol({ kind: 'now' }, datetimeType, false, 'now')

const isText = (symbol: ExpressionSymbol): boolean =>
  kindOf(symbol['~type']).operators.includes('contains') || symbol['~type'].kind === 'enum'

function textOperand(given: unknown, name: string, below: Below): Expression {
  if (isExpressionSymbol(given) && !isText(given)) throw misused(name, `${given['~type'].kind} is no text`, below)
  return isExpressionSymbol(given) ? given['~expression'] : operand(given, longTextType, name, below)
}

const nullable = (given: unknown): boolean => isExpressionSymbol(given) && given['~nullable']

export function concatSymbols(parts: readonly unknown[], below: Below): ValueSymbol {
  const call: CallExpression = {
    kind: 'call',
    function: 'concat',
    arguments: parts.map(part => textOperand(part, 'concat()', below)),
    type: longTextType,
  }
  return new ValueSymbol(call, longTextType, parts.some(nullable), 'concat()')
}

export function textFunction(name: 'lower' | 'upper' | 'length', given: unknown, below: Below): ValueSymbol {
  const type = name === 'length' ? integerType : longTextType
  const call: CallExpression = {
    kind: 'call',
    function: name,
    arguments: [textOperand(given, `${name}()`, below)],
    type,
  }
  return new ValueSymbol(call, type, nullable(given), `${name}()`)
}

export function coalesceSymbols(parts: readonly unknown[], below: Below): ValueSymbol {
  const first = parts.find(isExpressionSymbol)
  if (first === undefined) throw misused('coalesce()', 'none of its arguments is a symbol', below)
  const type = first['~type']
  for (const part of parts) {
    if (isExpressionSymbol(part) && !comparable(type, part['~type'])) {
      throw misused('coalesce()', `${type.kind} and ${part['~type'].kind} do not mix`, below)
    }
  }
  const call: CallExpression = {
    kind: 'call',
    function: 'coalesce',
    arguments: parts.map(part => operand(part, type, 'coalesce()', below)),
    type,
  }
  return new ValueSymbol(call, type, parts.every(nullable), 'coalesce()')
}
