/** Takes secrets out of URLs before they are logged. */

/** Query parameters that are secret whatever the application says. */
const alwaysSecret = [
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'password',
  'passwd',
  'secret',
  'client_secret',
  'api_key',
  'authorization',
  'jwt',
  'session',
  'code',
  'code_verifier',
  'signature',
  'sig',
]

/** Words that make a longer name secret, too, however it is spelled: `resetToken`, `new-password`. */
const secretParts = new Set(['token', 'password', 'passwd', 'passphrase', 'secret', 'jwt', 'credential', 'credentials'])

const longestUrl = 2048

/**
 * Makes the function that replaces the values of secret parameters by `***`. A parameter is secret when any word of its name is, as in
 * `author.email[eq]`; a value with groups in it, as in `or=(email=a,name=b)`, when any word of it is.
 */
export function urlRedactor(more: Iterable<string>): (url: string) => string {
  const names = [...alwaysSecret, ...secretParts, ...more]
  const secret = new Set(names.map(plainName))
  const isSecret = (text: string): boolean =>
    decoded(text)
      .split(/[^\w-]+/)
      .some(word => secret.has(plainName(word)) || isSecretName(word))

  // Most URLs hold none of the words: one look tells. Where something is encoded, each part is looked at. Names are identifiers: no escapes.
  const anyWord = new RegExp(`%|${shortest(names).join('|')}`, 'i')

  /** The last query without one: requests one after the other mostly have the same, as a `select`. */
  let harmless = ''

  function isHarmless(url: string): boolean {
    const mark = url.indexOf('?')
    const query = mark === -1 ? '' : url.slice(mark)
    if (query === '' || query === harmless) return true
    if (anyWord.test(query)) return false
    harmless = query
    return true
  }

  return url => {
    if (url.length <= longestUrl && isHarmless(url)) return url
    const cut = url.length > longestUrl ? `${url.slice(0, longestUrl)}…` : url
    const start = cut.indexOf('?')
    if (start === -1) return cut
    const pairs = cut.slice(start + 1).split('&')
    return `${cut.slice(0, start)}?${pairs.map(redacted).join('&')}`
  }

  function redacted(pair: string): string {
    const equals = pair.indexOf('=')
    if (equals === -1) return pair
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    return isSecret(name) || (/\(|%28/i.test(value) && isSecret(value)) ? `${name}=***` : pair
  }
}

/** Spellings of those that hold no other one: each costs a look at every character. */
function shortest(names: readonly string[]): readonly string[] {
  const byPlain = new Map(names.map(name => [plainName(name), name.replaceAll('_', '[_-]?')]))
  const all = [...byPlain.keys()]
  return all
    .filter(name => !all.some(other => other !== name && name.includes(other)))
    .map(name => byPlain.get(name) ?? name)
}

/** `accessToken`, `access_token` and `access-token` are one name. */
const plainName = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase()

/** A name that is secret wherever it stands, in a path too: `/reset/{resetToken}`. */
export const isSecretName = (name: string): boolean => name.split(/[_-]|(?=[A-Z])/).some(isSecretPart)

const isSecretPart = (part: string): boolean => secretParts.has(part.toLowerCase())

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // A broken encoding is searched as it stands.
    return text
  }
}
