// The grammar of query strings: what is understood, what is refused with which word, and that values never become structure.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlinthError } from '../../src/error/index.ts'
import { maskQuery, parseQuery, SlotNumbering } from '../../src/surface/rest/grammar/index.ts'
import type { QueryShape } from '../../src/surface/contract/index.ts'
import { graph } from './blog.ts'

const article = graph.models['Article']!
const scope = { graph, model: article, relationDepth: 2 }
const shape: QueryShape = {
  words: ['select', 'include', 'sort', 'limit', 'after', 'before', 'withDeleted'],
  filters: true,
  counts: 'rows',
}

function parse(search: string) {
  const { skeleton, values } = maskQuery(search)
  return { ...parseQuery(scope, skeleton, shape), values }
}

/** Conditions with their values put back in place of the slots. */
function conditions(search: string): unknown {
  const { conditions: found, values } = parse(search)
  const filled = JSON.parse(JSON.stringify(found), (key, held: unknown) =>
    key === 'slot' ? values[Number(held)] : held,
  )
  return filled.length === 1 ? filled[0] : filled
}

const compare = (path: string, operator: string, slot: unknown) => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  slot,
})

function refusedBy(search: string): PlinthError {
  try {
    parse(search)
  } catch (error) {
    if (error instanceof PlinthError) return error
    throw error
  }
  throw new Error(`understood: ${search}`)
}

describe('conditions', () => {
  it.each<[string, unknown]>([
    ['title=Hello', compare('title', 'eq', 'Hello')],
    ['title=', compare('title', 'eq', '')],
    ['title', compare('title', 'eq', '')],
    ['title=a,b(c)\\;', compare('title', 'eq', 'a,b(c)\\;')],
    ['title=a%26b%3D1+%2B2%20', compare('title', 'eq', 'a&b=1 +2 ')],
    ['title=null', compare('title', 'eq', 'null')],
    ['title[isNull]=true', { kind: 'isNull', path: ['title'], value: true }],
    ['title%5BisNull%5D=false', { kind: 'isNull', path: ['title'], value: false }],
    ['author[isNull]=true', { kind: 'isNull', path: ['author'], value: true }],
    ['rank[gte]=5', compare('rank', 'gte', '5')],
    ['state[in]=draft,published', compare('state', 'in', ['draft', 'published'])],
    ['state[in]=(draft,published)', compare('state', 'in', ['draft', 'published'])],
    ['state[in]=()', compare('state', 'in', [])],
    ['state[in]=', compare('state', 'in', [''])],
    ['title[in]=a\\,b,\\(c\\),\\\\,', compare('title', 'in', ['a,b', '(c)', '\\', ''])],
    ['author.name[icontains]=ann', compare('author.name', 'icontains', 'ann')],
    ['comments.author.name=x', compare('comments.author.name', 'eq', 'x')],
    ['comments[some]=true', { kind: 'some', path: ['comments'], where: null }],
    ['comments[none]=true', { kind: 'none', path: ['comments'], where: null }],
    ['comments[none].body=x', { kind: 'none', path: ['comments'], where: compare('body', 'eq', 'x') }],
    [
      'comments[every]=(state=shown,body[contains]=a\\,b)',
      {
        kind: 'every',
        path: ['comments'],
        where: { kind: 'and', of: [compare('state', 'eq', 'shown'), compare('body', 'contains', 'a,b')] },
      },
    ],
    [
      'author.articles[some].title=x',
      { kind: 'some', path: ['author', 'articles'], where: compare('title', 'eq', 'x') },
    ],
    ['or=(title=a,rank[gt]=2)', { kind: 'or', of: [compare('title', 'eq', 'a'), compare('rank', 'gt', '2')] }],
    [
      'or=(title=a,and=(rank=1,not=(state[in]=(draft,published))))',
      {
        kind: 'or',
        of: [
          compare('title', 'eq', 'a'),
          {
            kind: 'and',
            of: [compare('rank', 'eq', '1'), { kind: 'not', of: compare('state', 'in', ['draft', 'published']) }],
          },
        ],
      },
    ],
    [
      'or=(title[isNull]=true,title=)',
      { kind: 'or', of: [{ kind: 'isNull', path: ['title'], value: true }, compare('title', 'eq', '')] },
    ],
    ['a=1&title=x'.slice(4), compare('title', 'eq', 'x')],
    ['&title=x&&', compare('title', 'eq', 'x')],
  ])('%s', (search, expected) => {
    expect(conditions(search)).toEqual(expected)
  })

  it.each([
    ['titel=x', 'request.unknown-parameter', 'title'],
    ['limt=x', 'request.unknown-parameter', 'limit'],
    ['constructor=x', 'request.unknown-parameter', undefined],
    ['__proto__=x', 'request.unknown-parameter', undefined],
    ['limit.x=1', 'request.unknown-parameter', 'limit'],
    ['title[containz]=x', 'request.unknown-operator', 'contains'],
    ['title[hasAny]=x', undefined, undefined],
    ['title[__proto__]=x', 'request.unknown-operator', undefined],
    ['comments[any]=x', 'request.unknown-operator', undefined],
    ['comments=x', 'request.unknown-operator', 'comments[some]='],
    ['author=x', 'request.unknown-operator', 'authorId='],
    ['autor.name=x', 'request.unknown-parameter', 'author'],
    ['author.artikles[some].title=x', 'request.unknown-relation', 'articles'],
    ['title=a&title=b', 'request.repeated-parameter', 'title[in]=a,b'],
    ['title=a&title[eq]=b', 'request.repeated-parameter', undefined],
    ['limit=1&limit=2', 'request.repeated-parameter', ''],
    ['sort=title&sort=-id', 'request.repeated-parameter', 'sort=a,b'],
    ['title[contains]=a&title[contains]=b', 'request.repeated-parameter', 'and=(title[contains]=a,title[contains]=b)'],
    ['or=(title=a)&or=(title=b)', 'request.repeated-parameter', undefined],
    ['after=a&before=b', 'request.parameter-conflict', undefined],
    ['author.articles.comments.body=x', 'request.filter-too-deep', undefined],
    ['author.articles[some]=(comments.body=x)', 'request.filter-too-deep', undefined],
    [`or=${'(or='.repeat(40)}(title=x)${')'.repeat(40)}`, 'request.filter-too-deep', undefined],
    ['count=yes', 'request.malformed-parameter', undefined],
    ['title[isNull]=1', 'request.malformed-parameter', undefined],
    ['title[isNull]=', 'request.malformed-parameter', undefined],
    ['title=%zz', 'request.malformed-parameter', undefined],
    ['title=%ff', 'request.malformed-parameter', undefined],
    ['title=%', 'request.malformed-parameter', undefined],
    ['title=\u00e9', 'request.malformed-parameter', undefined],
    ['=x', 'request.malformed-parameter', undefined],
    ['ti tle=x', 'request.malformed-parameter', undefined],
    ['title%00=x', 'request.malformed-parameter', undefined],
    ['title..x=1', 'request.malformed-parameter', undefined],
    ['title[eq].x=1', 'request.malformed-parameter', undefined],
    ['state[in]=a)', 'request.malformed-parameter', undefined],
    ['state[in]=(a', 'request.malformed-parameter', undefined],
    ['state[in]=(a)b', 'request.malformed-parameter', undefined],
    ['state[in]=a\\b', 'request.malformed-parameter', undefined],
    ['state[in]=a\\', 'request.malformed-parameter', undefined],
    ['or=', 'request.malformed-parameter', undefined],
    ['or=title', 'request.malformed-parameter', undefined],
    ['or=()', 'request.malformed-parameter', undefined],
    ['or=(title)', 'request.malformed-parameter', undefined],
    ['or=(title=a', 'request.malformed-parameter', undefined],
    ['or=(title=a))', 'request.malformed-parameter', undefined],
    ['or=(title=a,)', 'request.malformed-parameter', undefined],
    ['or=(title=a;rank=1)', 'request.malformed-parameter', undefined],
    ['or=(state[in]=a,b)', 'request.malformed-parameter', undefined],
    ['comments[some]=false', 'request.malformed-parameter', undefined],
    ['comments[every]=true', 'request.malformed-parameter', undefined],
    ['sort=', 'request.malformed-parameter', undefined],
    ['sort=title,', 'request.malformed-parameter', undefined],
    ['sort=%2Btitle', 'request.malformed-parameter', undefined],
    ['select=%00id', 'request.malformed-parameter', undefined],
    ['select=', 'request.malformed-parameter', undefined],
    ['include=', 'request.malformed-parameter', undefined],
    ['select=id,', 'request.malformed-parameter', undefined],
    ['select=id;limit=1', 'request.malformed-parameter', undefined],
    ['select=comments(id', 'request.malformed-parameter', undefined],
    ['select=comments(id))', 'request.malformed-parameter', undefined],
    ['select=comments(id;limit)', 'request.malformed-parameter', undefined],
    ['select=headline:title', 'request.malformed-parameter', undefined],
    ['select=titel', 'request.unknown-field', 'title'],
    ['select=toString', 'request.unknown-field', undefined],
    ['select=comments(bodi)', 'request.unknown-field', 'body'],
    ['select=title(id)', 'request.unknown-relation', undefined],
    ['include=title', 'request.unknown-relation', undefined],
    ['include=commments', 'request.unknown-relation', 'comments'],
    ['include=*', 'request.malformed-parameter', undefined],
    ['include=comments(;limit=1),comments(;limit=2)', 'request.repeated-output', undefined],
    ['include=title:comments', 'request.repeated-output', undefined],
    ['include=comments(;limit=1;limit=2)', 'request.repeated-parameter', undefined],
  ])('refuses %s', (search, code, nearest) => {
    // Whether a kind has an operator is for the planner to say; the grammar knows only the words.
    if (code === undefined) expect(parse(search).conditions).toHaveLength(1)
    else expect(refusedBy(search).code).toBe(code)
    if (code !== undefined && nearest !== undefined) expect(refusedBy(search).parameters['nearest']).toBe(nearest)
  })

  it('says how fields of related rows are chosen', () => {
    expect(refusedBy('select=author.name').message).toContain('in parentheses, as in author(name)')
  })
})

describe('what an answer holds', () => {
  it('is in the order of the model, whatever the order of the words', () => {
    const one = parse('select=author(name,id),title,id')
    expect(one.select).toEqual({
      defaults: false,
      outputs: [
        { kind: 'field', output: 'id', field: 'id' },
        { kind: 'field', output: 'title', field: 'title' },
        {
          kind: 'include',
          output: 'author',
          relation: 'author',
          nested: {
            select: {
              defaults: false,
              outputs: [
                { kind: 'field', output: 'id', field: 'id' },
                { kind: 'field', output: 'name', field: 'name' },
              ],
            },
            where: null,
            sort: [],
            limit: null,
          },
        },
      ],
    })
    expect(parse('select=id,author(id,name),title,title').select).toEqual(one.select)
  })

  it('has relations with conditions, order, limit and names of their own', () => {
    const { select, values } = parse(
      'include=latest:comments(id,author(name);sort=-id,body;limit=3;state=shown;body[in]=(a,b\\)\\;c)),comments(*;or=(state=hidden,body=x))',
    )
    expect(values).toEqual(['3', 'shown', ['a', 'b);c'], 'hidden', 'x'])
    expect(select?.defaults).toBe(true)
    expect(select?.outputs.map(({ output }) => output)).toEqual(['comments', 'latest'])
    expect(select?.outputs[1]).toMatchObject({
      relation: 'comments',
      nested: {
        sort: [
          { path: ['id'], direction: 'descending' },
          { path: ['body'], direction: 'ascending' },
        ],
        limit: 0,
        where: {
          kind: 'and',
          of: [
            { path: ['state'], slot: 1 },
            { path: ['body'], operator: 'in', slot: 2 },
          ],
        },
      },
    })
  })

  it('adds included relations to what is selected', () => {
    expect(parse('select=id&include=author').select).toMatchObject({
      defaults: false,
      outputs: [{ output: 'id' }, { output: 'author' }],
    })
    expect(parse('include=author').select).toMatchObject({ defaults: true, outputs: [{ output: 'author' }] })
    expect(parse('select=*,author').select).toMatchObject({ defaults: true, outputs: [{ output: 'author' }] })
  })
})

describe('values and structure', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).filter(value => value.isWellFormed())
  const escape = (value: string): string => encodeURIComponent(value.replaceAll(/[\\,;()]/g, String.raw`\$&`))

  it('are apart: no value reaches the skeleton, and each comes out as it went in', () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 4 }), text, text, (plain, list, grouped, nested) => {
        // In parentheses nothing is an empty list, not a list of one empty text.
        fc.pre(list.join() !== '' || list.length > 1)
        const search = [
          `title=${encodeURIComponent(plain)}`,
          `state[in]=${list.map(escape).join(',')}`,
          `or=(slug=${escape(grouped)},labels[hasAny]=(${list.map(escape).join(',')}))`,
          `include=comments(;body=${escape(nested)};limit=2)`,
        ].join('&')
        const { skeleton, values } = maskQuery(search)
        expect(values).toEqual([plain, list, grouped, list, nested, '2'])
        expect(skeleton).toBe(
          'title=\u0000\u0002state[in]=\u0001\u0002or=(slug=\u0000,labels[hasAny]=\u0001)\u0002include=comments(;body=\u0000;limit=\u0000)\u0002',
        )
      }),
      { numRuns: 300 },
    )
  })

  it('whatever is sent is understood or refused with a code, at once', () => {
    const pieces = fc.constantFrom(
      ...[
        'title',
        'comments',
        'author',
        '.',
        '[some]',
        '[in]',
        '[isNull]',
        '[eq]',
        '=',
        '&',
        '(',
        ')',
        ',',
        ';',
        '\\',
        '%',
        '%5B',
        '*',
        ':',
        'or',
        'and',
        'not',
      ],
      ...[
        'select',
        'include',
        'sort',
        'limit',
        'after',
        'count',
        '-',
        '+',
        '%00',
        '%01',
        '%02',
        'x',
        '1',
        'true',
        '%E2%82%AC',
      ],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), parts => {
        const search = parts.join('')
        try {
          const { values, ...parsed } = parse(search)
          const slots = [...JSON.stringify(parsed).matchAll(/"(?:slot|limit)":(\d+)/g)].map(match => Number(match[1]))
          expect(new Set(slots)).toEqual(new Set(values.map((_, slot) => slot)))
        } catch (error) {
          if (!(error instanceof PlinthError) || error.status >= 500) throw error
        }
      }),
      { numRuns: 20_000 },
    )
  })

  it('takes time in proportion to what is sent', () => {
    const longest = 8192
    for (const search of [
      `title=${'a'.repeat(longest)}`,
      `or=(${'title=a,'.repeat(longest / 8)}title=a)`,
      `select=${'id,'.repeat(longest / 3)}id`,
      `title[in]=${'\\,'.repeat(longest / 2)}`,
      '('.repeat(longest),
      `select=${'author('.repeat(longest / 7)}`,
    ]) {
      const begun = performance.now()
      try {
        parse(search)
      } catch (error) {
        expect(error).toBeInstanceOf(PlinthError)
      }
      expect(performance.now() - begun).toBeLessThan(200)
    }
  })
})

describe('one meaning, one request', () => {
  const where = (search: string): [string, unknown[]] => {
    const { conditions: found, values } = parse(search)
    const numbering = new SlotNumbering()
    const request = JSON.stringify(numbering.where(found))
    return [request, numbering.order.map(place => values[place])]
  }

  it('is reached from every order of the conditions, and limits do not disturb it', () => {
    const [request, values] = where('title=a&rank[gt]=1&or=(state=draft,price[isNull]=true)')
    for (const search of [
      'rank[gt]=1&or=(price[isNull]=true,state=draft)&title=a',
      'limit=3&title=a&or=(state=draft,price[isNull]=true)&rank[gt]=1',
      'title[eq]=a&include=comments(;limit=1)&or=(state=draft,price[isNull]=true)&rank[gt]=1&limit=3',
    ]) {
      const [otherRequest, otherValues] = where(search)
      expect(otherRequest).toBe(request)
      expect(otherValues).toEqual(values)
    }
  })
})
