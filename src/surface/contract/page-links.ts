/** Links to the pages around a page (RFC 8288). */

/** The Link header, or null when there is nothing to link to. */
export function pageLinks(path: string, search: string, after: string | null, before: string | null): string | null {
  if (after === null && before === null) return null
  const rest = search
    .split('&')
    .filter(parameter => parameter !== '' && !/^(?:after|before)(?:=|$)/.test(parameter))
    .join('&')
  // What a client sent raw may not end the link or the header.
  const base = `${path}?${rest}${rest === '' ? '' : '&'}`.replaceAll(/[^\x21-\x7e]|[<>"]/g, character =>
    encodeURIComponent(character),
  )
  const links: string[] = []
  if (after !== null) links.push(`<${base}after=${after}>; rel="next"`)
  if (before !== null) links.push(`<${base}before=${before}>; rel="prev"`)
  return links.join(', ')
}
