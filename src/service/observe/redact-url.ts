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
  'apikey',
  'authorization',
  'jwt',
  'session',
  'code',
  'code_verifier',
  'signature',
  'sig',
]

const longestUrl = 2048

/**
 * Makes the function that replaces the values of secret parameters by `***`. A parameter is secret when any word of its name is, as in
 * `author.email[eq]`; a value with groups in it, as in `or=(email=a,name=b)`, when any word of it is.
 */
export function urlRedactor(more: Iterable<string>): (url: string) => string {
  const secret = new Set([...alwaysSecret, ...more].map(name => name.toLowerCase()))
  const isSecret = (text: string): boolean =>
    decoded(text)
      .split(/[^\w-]+/)
      .some(word => secret.has(word.toLowerCase()))

  // Most URLs hold none of the words: one look tells. Where something is encoded, each part is looked at. Names are identifiers: no escapes.
  const anyWord = new RegExp(`%|${[...secret].join('|')}`, 'i')

  return url => {
    if (url.length <= longestUrl && !anyWord.test(url)) return url
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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // A broken encoding is searched as it stands.
    return text
  }
}
