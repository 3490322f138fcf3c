/** Source text without its comments and string contents, so that a search finds code only. */

/**
 * The text with every character of comments replaced by a space, and of strings too when `strings` says so; positions and lines stay.
 * Regular expression literals are told from division by what stands before them, as in highlighters: well enough for a search.
 */
export function blankOut(source: string, strings: boolean): string {
  let result = ''
  let index = 0
  // Braces of `${ … }` in templates, by depth: at their end the template goes on.
  const templates: number[] = []
  let depth = 0

  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  const take = (end: number, hide: boolean): void => {
    const text = source.slice(index, end)
    result += hide ? blank(text) : text
    index = end
  }

  while (index < source.length) {
    const character = source[index]
    const next = source[index + 1]
    if (character === '/' && next === '/') take(endOf('\n', index), true)
    else if (character === '/' && next === '*') take(after('*/', index + 2), true)
    else if (character === '/' && beginsExpression(result)) take(endOfQuoted(index, '/'), strings)
    else if (character === '"' || character === "'") take(endOfQuoted(index, character), strings)
    else if (character === '`') template(index + 1)
    else if (character === '}' && templates.at(-1) === depth) {
      templates.pop()
      template(index + 1)
    } else {
      if (character === '{') depth++
      if (character === '}') depth--
      take(index + 1, false)
    }
  }
  return result

  function template(from: number): void {
    let end = from
    while (end < source.length && source[end] !== '`' && !(source[end] === '$' && source[end + 1] === '{')) {
      end += source[end] === '\\' ? 2 : 1
    }
    if (source[end] === '`') take(end + 1, strings)
    else {
      take(Math.min(end + 2, source.length), strings)
      templates.push(depth)
    }
  }

  function endOf(what: string, from: number): number {
    const found = source.indexOf(what, from)
    return found === -1 ? source.length : found
  }

  function after(what: string, from: number): number {
    return Math.min(endOf(what, from) + what.length, source.length)
  }

  /** Ends at the line's end too: an unfinished literal must not swallow the file. */
  function endOfQuoted(from: number, quote: string): number {
    let end = from + 1
    let inClass = false
    while (end < source.length && source[end] !== '\n') {
      const at = source[end]
      if (at === '\\') end++
      else if (quote === '/' && at === '[') inClass = true
      else if (quote === '/' && at === ']') inClass = false
      else if (at === quote && !inClass) return end + 1
      end++
    }
    return Math.min(end, source.length)
  }
}

/** A slash here begins a regular expression: after an operator, a bracket that opens, a keyword or nothing. */
function beginsExpression(before: string): boolean {
  const text = before.trimEnd()
  if (text === '') return true
  if (/[=(,[{};:!&|?+\-*%~^<>]$/.test(text)) return true
  return /\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(text)
}
