/** Members that other libraries have under another name: who calls one is told ours, where JavaScript would only say that it is no function. */
import { refusal } from './plinth-error.ts'

/** Our word, or a sentence where there is none. */
export type OtherWords = Readonly<Record<string, string | { readonly instead: string }>>

/** To be the prototype of an object: nothing is asked of it while the members are found that there are. */
export function wordsOfOthers(what: string, words: OtherWords): object {
  return new Proxy(
    {},
    {
      get(target, name, receiver): unknown {
        const word = typeof name === 'string' && Object.hasOwn(words, name) ? words[name] : undefined
        if (word === undefined) return Reflect.get(target, name, receiver)
        const [nearest, possible] = typeof word === 'string' ? [word, ''] : ['', word.instead]
        throw refusal('boot.word-unknown', { what, name: String(name), nearest, possible })
      },
    },
  )
}
