/** A whole query string, without its values, as data. What the route at hand does not take is refused with the nearest word. */
import { refusal } from '../../../error/index.ts'
import { meant, own } from '../../../lib/index.ts'
import type { ModelNode } from '../../../model/index.ts'
import type { FilterRequest, OutputRequest, Selection, Slot, SortTerm } from '../../../query/index.ts'
import { malformed, type QueryShape } from '../../contract/index.ts'
import { parameterEnd } from './mask-query.ts'
import { type ConditionScope, parseCondition, visibleNames } from './parse-condition.ts'
import { addOutput, inModelOrder, parseSelection } from './parse-selection.ts'
import { parseSort } from './parse-sort.ts'
import { SkeletonReader } from './skeleton-reader.ts'
import { groupWords, structuralParameters, valueParameters } from './words.ts'

export interface ParsedQuery {
  readonly conditions: readonly FilterRequest[]
  /** Null: nothing was said about it. */
  readonly select: Selection | null
  readonly sort: readonly SortTerm[]
  readonly limit: Slot | null
  readonly cursor: { readonly direction: 'after' | 'before'; readonly slot: Slot } | null
  readonly count: boolean
  readonly withDeleted: boolean
  /** Lists of names: of `groupBy`, `sum` …, `on`, and in aggregates of `count`. */
  readonly lists: Readonly<Record<string, readonly string[]>>
}

export function parseQuery(scope: ConditionScope, skeleton: string, shape: QueryShape): ParsedQuery {
  const slots = { next: 0 }
  const seen = new Set<string>()
  const conditions: FilterRequest[] = []
  const selected: Selection[] = []
  let sort: readonly SortTerm[] = []
  let limit: Slot | null = null
  let cursor: ParsedQuery['cursor'] = null
  let count = false
  let withDeleted = false
  const lists: Record<string, readonly string[]> = {}

  for (const [name, value] of parametersOf(skeleton)) {
    // "state" and "state[eq]" are one parameter in two spellings.
    const canonical = name.endsWith('[eq]') ? name.slice(0, -4) : name
    if (seen.has(canonical))
      throw refusal(
        'request.repeated-parameter',
        { name: canonical, nearest: severalValues(canonical, shape) },
        { pointer: `?${canonical}` },
      )
    seen.add(canonical)
    const reader = new SkeletonReader(name, value, slots)
    if (!isWord(name, shape)) {
      if (!shape.filters || !startsLikeFilter(scope, name)) throw unknownParameter(scope, name, shape)
      conditions.push(parseCondition(scope, name, reader))
      reader.end()
      continue
    }
    switch (name) {
      case 'select':
      case 'include':
        selected.push(parseSelection(scope, reader, name === 'include'))
        if (name === 'include') selected.push(everyField)
        reader.end()
        break
      case 'sort':
        sort = parseSort(name, value)
        break
      case 'limit':
        limit = reader.slot()
        break
      case 'after':
      case 'before':
        if (cursor !== null) throw refusal('request.parameter-conflict', { name: 'after', other: 'before' })
        cursor = { direction: name, slot: reader.slot() }
        break
      case 'withDeleted':
        withDeleted = readFlag(name, value)
        break
      case 'count':
        if (shape.counts === 'columns') lists[name] = readNames(name, value, /^(?:\*|[A-Za-z]\w*)$/)
        else count = readFlag(name, value)
        break
      default:
        lists[name] = readNames(name, value, name === 'groupBy' ? /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/ : /^[A-Za-z]\w*$/)
    }
  }
  const select = selection(scope, selected, seen.has('select'))
  return { conditions, select, sort, limit, cursor, count, withDeleted, lists }
}

const oneValue: ReadonlySet<string> = new Set(['limit', 'after', 'before', 'withDeleted', 'and', 'or', 'not'])

/** How somebody who repeats a parameter may have meant it; empty where it has one value. */
function severalValues(name: string, shape: QueryShape): string {
  if (oneValue.has(name) || (name === 'count' && shape.counts === 'rows')) return ''
  if (isWord(name, shape) || /\[(?:in|notIn|hasAny|hasAll)\]$/.test(name)) return `${name}=a,b`
  return name.includes('[') ? `and=(${name}=a,${name}=b)` : `${name}[in]=a,b`
}

const everyField: Selection = Object.freeze({ defaults: true, outputs: [] })

/** `include` adds to `select`, or to every field when there is no `select`. */
function selection(scope: ConditionScope, parts: readonly Selection[], hasSelect: boolean): Selection | null {
  if (parts.length === 0) return null
  const outputs = new Map<string, OutputRequest>()
  for (const part of parts) for (const output of part.outputs) addOutput(outputs, output)
  const defaults = parts.some(part => part.defaults && !(hasSelect && part === everyField))
  return { defaults, outputs: inModelOrder(scope.model, [...outputs.values()]) }
}

function* parametersOf(skeleton: string): Generator<readonly [name: string, value: string]> {
  let start = 0
  while (start < skeleton.length) {
    const end = skeleton.indexOf(parameterEnd, start)
    const equals = skeleton.indexOf('=', start)
    yield [skeleton.slice(start, equals), skeleton.slice(equals + 1, end)]
    start = end + 1
  }
}

const isWord = (name: string, shape: QueryShape): boolean =>
  shape.words.some(word => word === name) || (name === 'count' && shape.counts !== null)

/** Words of the grammar are no fields, also where the route does not take them. */
function startsLikeFilter({ model }: ConditionScope, name: string): boolean {
  if (groupWords.includes(name)) return true
  const first = /^\w*/.exec(name)?.[0] ?? ''
  if (structuralParameters.has(first) || valueParameters.has(first)) return false
  return [model.fields, model.computed, model.relations].some(known => own<unknown>(known, first) !== undefined)
}

/** What others call a search, or put conditions in: here they stand by themselves. */
const conditionWords: ReadonlySet<string> = new Set(['q', 'query', 'search', 'filter', 'filters', 'where'])

function exampleOf(model: ModelNode): string {
  const text = Object.values(model.fields).find(
    field => field.type.kind === 'text' && !field.private && !field.writeOnly,
  )
  return text === undefined ? '' : `${text.name}[icontains]`
}

function unknownParameter({ model }: ConditionScope, name: string, shape: QueryShape): Error {
  const words: string[] = [...shape.words, ...(shape.counts === null ? [] : ['count'])]
  const known = shape.filters ? [...words, ...groupWords, ...visibleNames(model)] : words
  const shown = name.slice(0, 80)
  const first = /^\w*/.exec(name)?.[0] ?? ''
  const condition = shape.filters && conditionWords.has(first.toLowerCase()) ? exampleOf(model) : ''
  const nearest = meant(first, known) || condition
  return refusal('request.unknown-parameter', { name: shown, nearest }, { pointer: `?${shown}` })
}

function readFlag(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw malformed(name, 'it is "true" or "false"')
  return value === 'true'
}

function readNames(name: string, value: string, form: RegExp): readonly string[] {
  const names = value.split(',')
  if (!names.every(each => form.test(each))) throw malformed(name, 'it is a list of names with commas between them')
  if (new Set(names).size < names.length) throw malformed(name, 'a name stands in it twice')
  return names
}
