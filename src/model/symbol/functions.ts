/** Functions over symbols, for computed fields and projections. */
import type { CallExpression, Expression } from '../expression.ts'
import { kindOf } from '../kind/index.ts'
import { type Below, comparable, type ExpressionSymbol, isExpressionSymbol, misused, operand } from './literal.ts'
import { datetimeType, integerType, longTextType } from './expression-type.ts'
import { given, hand } from './trial.ts'
import { ValueSymbol } from './value-symbol.ts'

/** The request's one moment. Also a default: `field.datetime().default(now)`. */
export const nowSymbol: ValueSymbol = new ValueSymbol({ kind: 'now' }, datetimeType, false, 'now')

const isText = (symbol: ExpressionSymbol): boolean =>
  kindOf(symbol['~type']).operators.includes('contains') || symbol['~type'].kind === 'enum'

function textOperand(part: unknown, name: string, below: Below): Expression {
  if (isExpressionSymbol(part) && !isText(part)) throw misused(name, `${part['~type'].kind} is no text`, below)
  return isExpressionSymbol(part) ? part['~expression'] : operand(part, longTextType, name, below)
}

const nullable = (part: unknown): boolean => isExpressionSymbol(part) && part['~nullable']

export function concatSymbols(written: readonly unknown[], below: Below): ValueSymbol {
  const parts = written.map(given)
  const call: CallExpression = {
    kind: 'call',
    function: 'concat',
    arguments: parts.map(part => textOperand(part, 'concat()', below)),
    type: longTextType,
  }
  return hand(new ValueSymbol(call, longTextType, parts.some(nullable), 'concat()'), 'concat()')
}

export function textFunction(name: 'lower' | 'upper' | 'length', written: unknown, below: Below): ValueSymbol {
  const part = given(written)
  const type = name === 'length' ? integerType : longTextType
  const call: CallExpression = {
    kind: 'call',
    function: name,
    arguments: [textOperand(part, `${name}()`, below)],
    type,
  }
  return hand(new ValueSymbol(call, type, nullable(part), `${name}()`), `${name}()`)
}

export function coalesceSymbols(written: readonly unknown[], below: Below): ValueSymbol {
  const parts = written.map(given)
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
  return hand(new ValueSymbol(call, type, parts.every(nullable), 'coalesce()'), 'coalesce()')
}
