/** `sort=-createdAt,title,author.name`: a minus sorts downward. */
import type { SortTerm } from '../../../query/index.ts'
import { malformed } from '../../contract/index.ts'

export function parseSort(name: string, text: string): readonly SortTerm[] {
  return text.split(',').map(term => {
    const match = /^(-?)([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)$/.exec(term)
    if (match?.[2] === undefined) throw malformed(name, 'it is a list like "-createdAt,title"')
    return { path: match[2].split('.'), direction: match[1] === '-' ? 'descending' : 'ascending' }
  })
}
