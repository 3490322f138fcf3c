/** The symbol `user`: whoever is asking. */
import { refusal } from '../../error/index.ts'
import { callSite, nearest } from '../../lib/index.ts'
import { condition } from './condition.ts'
import { refuseValue } from './literal.ts'
import { attachReads, type SymbolRead } from './reads.ts'
import { modelIn, type Session } from './session.ts'
import { ValueSymbol } from './value-symbol.ts'

export function userSymbol(session: Session): object {
  const { graph } = session
  const model = graph.caller === null ? undefined : modelIn(graph, graph.caller)
  const fields = model?.fields ?? {}
  return new Proxy(
    {},
    {
      get: function readUser(_target, property): unknown {
        if (typeof property === 'symbol') return property === Symbol.toPrimitive ? refuseValue('user') : undefined
        const read: SymbolRead = { symbol: `user.${property}`, place: callSite(readUser) }
        session.reads.push(read)
        if (property === 'isSignedIn') return condition(attachReads({ kind: 'signedIn' }, [read]))
        const field = fields[property]
        if (field !== undefined) {
          return new ValueSymbol(
            attachReads({ kind: 'caller', attribute: property }, [read]),
            field.type,
            true,
            read.symbol,
          )
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
}
