/** The symbol `user`: whoever is asking. */
import { refusal } from '../../error/index.ts'
import { nearest } from '../../lib/index.ts'
import { condition, placeOf } from './condition.ts'
import type { Expression } from '../expression.ts'
import { misused, noteRowKey, refuseValue } from './literal.ts'
import { attachReads, type SymbolRead } from './reads.ts'
import { modelIn, type Session } from './session.ts'
import { hand } from './trial.ts'
import { ValueSymbol } from './value-symbol.ts'

export function userSymbol(session: Session): object {
  const { graph } = session
  const model = graph.caller === null ? undefined : modelIn(graph, graph.caller)
  const fields = model?.fields ?? {}
  const user: object = new Proxy(
    {},
    {
      get: function readUser(_target, property): unknown {
        if (typeof property === 'symbol') return property === Symbol.toPrimitive ? refuseValue('user') : undefined
        const read: SymbolRead = { symbol: `user.${property}`, place: placeOf(readUser) }
        session.reads.push(read)
        if (property === 'isSignedIn') return condition(attachReads({ kind: 'signedIn' }, [read]))
        const field = fields[property]
        if (field !== undefined) {
          const of = attachReads<Expression>({ kind: 'caller', attribute: property }, [read])
          return hand(new ValueSymbol(of, field.type, true, read.symbol), read.symbol)
        }
        const relation = model?.relations[property]
        if (relation !== undefined) {
          const scalars = relation.kind === 'belongsTo' ? relation.on.map(({ local }) => `user.${local}`) : []
          const advice = scalars.length === 0 ? '' : `; write ${scalars.join(' and ')}`
          throw misused(read.symbol, `of the caller there are fields, and no relations${advice}`, readUser)
        }
        throw refusal('boot.symbol-unknown', {
          model: model === undefined ? 'The caller (the schema names no caller model)' : model.name,
          name: property,
          nearest: nearest(property, ['isSignedIn', ...Object.keys(fields)]),
          place: read.place,
        })
      },
      set: () => false,
    },
  )
  noteRowKey(user, (model?.key ?? []).map(field => `user.${field}`).join(' and '))
  return hand(user, 'user')
}
