/** `field.string()` is refused with the word that it is called here: JavaScript would only say that it is no function. */
import { refusal } from '../../error/index.ts'
import { nearest } from '../../lib/index.ts'

/** What others call our kinds. */
const words: Readonly<Record<string, string>> = {
  string: 'text',
  varchar: 'text',
  number: 'integer',
  int: 'integer',
  bool: 'boolean',
  money: 'decimal',
  numeric: 'decimal',
  double: 'float',
  timestamp: 'datetime',
  blob: 'bytes',
  binary: 'bytes',
  list: 'array',
  object: 'json',
  choice: 'enum',
  foreignKey: 'belongsTo',
  reference: 'belongsTo',
}

/** What JavaScript itself asks of objects, as `await` does. */
const asked = new Set(['then', 'toJSON'])

export function knownBuilders<Builders extends object>(builders: Builders): Builders {
  return new Proxy(builders, {
    get(target, name, receiver): unknown {
      if (typeof name === 'symbol' || name in target || asked.has(name)) return Reflect.get(target, name, receiver)
      const near = Object.hasOwn(words, name) ? words[name] : nearest(name, Object.keys(target))
      const names = Object.keys(target).join(', ')
      throw refusal('boot.word-unknown', { what: '"field"', name, nearest: near ?? '', possible: names })
    },
  })
}
