/** Names in the spellings that code, databases and URLs want. */

/** `HTTPServerName2` is HTTP, Server, Name2. */
function words(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter(word => word !== '')
}

/** `createdAt` is `created_at`. */
export const snakeCase = (name: string): string =>
  words(name)
    .map(word => word.toLowerCase())
    .join('_')

/** `ArticleComment` is `article-comment`. */
export const kebabCase = (name: string): string =>
  words(name)
    .map(word => word.toLowerCase())
    .join('-')

/** `authorName` is `Author name`. */
export function sentenceCase(name: string): string {
  return capitalise(
    words(name)
      .map(word => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
      .join(' '),
  )
}

export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
export const uncapitalise = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** `GET /articles/{slug}/comments` is `getArticlesSlugComments`. */
export function idOfPath(method: string, path: string): string {
  const parts = path.split(/[^A-Za-z0-9]+/).filter(part => part !== '')
  return [method.toLowerCase(), ...parts.map(part => snakeCase(part).split('_').map(capitalise).join(''))].join('')
}
