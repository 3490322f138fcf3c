/** Links to the pages around a page (RFC 8288). */

/** The Link header, or null when there is nothing to link to. */
export function pageLinks(path: string, search: string, after: string | null, before: string | null): string | null {
  if (after === null && before === null) return null
  const rest = pageless(search)
  const base = inLink(`${path}?${rest}${rest === '' ? '' : '&'}`)
  const links: string[] = []
  if (after !== null) links.push(`<${base}after=${after}>; rel="next"`)
  if (before !== null) links.push(`<${base}before=${before}>; rel="prev"`)
  return links.join(', ')
}

/** The query without the parameters that say which page; a first page has none. */
function pageless(search: string): string {
  if (!/&&|(?:^|&)(?:$|(?:after|before)(?:[=&]|$))/.test(search)) return search
  return search
    .split('&')
    .filter(parameter => parameter !== '' && !/^(?:after|before)(?:=|$)/.test(parameter))
    .join('&')
}

/** What a client sent raw may not end the link or the header. */
function inLink(url: string): string {
  if (/^[\x21\x23-\x3b\x3d\x3f-\x7e]*$/.test(url)) return url
  return url.replaceAll(/[^\x21-\x7e]|[<>"]/g, character => encodeURIComponent(character))
}
