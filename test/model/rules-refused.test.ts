/** What is refused of rules when an application starts. */
import { describe, expect, it } from 'vitest'
import { allOf, defineRules, everyone, nobody } from '../../src/model/index.ts'
import { type Read, readRule, refusal, schema, type Symbols } from './rules-schema.ts'

/** Related rows without the compiler's checks. */
interface LooseRows {
  sum(of: (row: { readonly body: unknown }) => unknown): { gt(value: unknown): Read }
}

describe('what is refused', () => {
  const here = /rules-refused\.test\.ts:\d+:\d+/

  it.each<[string, (symbols: Symbols) => unknown, string]>([
    ['&&', ({ row, user }) => user.isSignedIn && row.author.is(user.id), 'user.isSignedIn'],
    ['?:', ({ row, user }) => (user.isSignedIn ? row.author.is(user.id) : nobody), 'user.isSignedIn'],
    ['!', ({ row, user }) => (!user.isSignedIn ? nobody : row.author.is(user.id)), 'user.isSignedIn'],
    [
      '===',
      ({ row, user }) => ((user.role as unknown) === 'admin' ? everyone : row.state.is('published')),
      'user.role',
    ],
    [
      'Object.is()',
      ({ row, user }) => (Object.is(row.author, user.id) ? everyone : row.state.is('published')),
      'row.author',
    ],
    [
      'if',
      ({ row, user }) => {
        if (user.isSignedIn) return row.author.is(user.id)
        return nobody
      },
      'user.isSignedIn',
    ],
    [
      'a condition that is left out',
      ({ row }) => allOf(row.state.is('draft'), [row.stock.is(1)].length > 0 ? everyone : nobody),
      'row.stock',
    ],
    [
      'inside of some',
      ({ row }) => row.comments.some(comment => comment.body.is('x') && comment.author.role.is('admin')),
      'comments.body',
    ],
    [
      'a list that is filtered by truth',
      ({ row, user }) => [user.isSignedIn, row.state.is('draft')].find(Boolean),
      'row.state',
    ],
    ['a walk that is not finished', ({ row }) => (row.author.name ? everyone : nobody), 'row.author'],
  ])('%s drops a symbol', (_what, build, symbol) => {
    const error = refusal(() => readRule(build as (symbols: Symbols) => Read))
    expect(error.code).toBe('boot.rule-symbol-unused')
    expect(error.errors[0]?.message).toContain(`The rules of Article: ${symbol} is read`)
    expect(error.message).toMatch(here)
    expect(error.hint).toContain('allOf()')
  })

  it.each<[string, unknown, string]>([
    ['true', true, 'true'],
    ['null', null, 'null'],
    ['an object', {}, 'an object'],
    ['a text', 'everyone', '"everyone"'],
    ['a function', () => everyone, 'a function'],
    ['a promise', Promise.resolve(everyone), 'a promise, which an async function gives'],
  ])('%s is no condition', (_what, given, words) => {
    const error = refusal(() => readRule(() => given as Read))
    expect(error.code).toBe('boot.rule-not-condition')
    expect(error.message).toBe(`The read rule of Article: this is ${words}, not a condition.`)
  })

  it('a symbol that was compared with nothing is no condition', () => {
    const error = refusal(() => readRule(({ row }) => row.state as unknown as Read))
    expect(error.message).toContain('a symbol that was not compared with anything')
  })

  it('an async function closes nothing in silence', () => {
    const error = refusal(() => defineRules(schema, { Article: (async () => ({ read: everyone })) as never }))
    expect(error.message).toContain('The rules of Article: this is a promise, which an async function gives')
  })

  it.each<[string, (symbols: Symbols) => unknown, string, string]>([
    [
      'rows for their keys',
      ({ row }) => row.author.is(row.editor as never),
      'boot.symbol-misused',
      'row.author.is() cannot be used like this: it is given a row; compare with its key, row.editorId',
    ],
    [
      'rows behind a row for their keys',
      ({ row }) => row.comments.some(comment => comment.author.is(row.author as never)),
      'boot.symbol-misused',
      'it is given a row; compare with its key, row.authorId',
    ],
    [
      'the caller for its key',
      ({ row, user }) => row.author.is(user as never),
      'boot.symbol-misused',
      'it is given a row; compare with its key, user.id',
    ],
    [
      'relations of the caller',
      ({ user }) => (user as unknown as Record<string, Read>)['articles'],
      'boot.symbol-misused',
      'user.articles cannot be used like this: of the caller there are fields, and no relations',
    ],
    [
      'names that do not exist',
      ({ row }) => (row as unknown as Record<string, { is(x: unknown): Read }>)['titel']?.is('x'),
      'boot.symbol-unknown',
      'Article has no field or relation "titel"',
    ],
    [
      'fields that the caller lacks',
      ({ user }) => (user as unknown as Record<string, { is(x: unknown): Read }>)['rol']?.is('x'),
      'boot.symbol-unknown',
      'User has no field or relation "rol"',
    ],
    [
      'values that the field cannot have',
      ({ row }) => row.state.is('publishd' as never),
      'boot.symbol-misused',
      '"publishd" is not one of: draft, published',
    ],
    ['null', ({ row }) => row.publishedAt.is(null as never), 'boot.symbol-misused', 'use isNull()'],
    ['undefined', ({ row }) => row.publishedAt.is(undefined as never), 'boot.symbol-misused', 'use isNull()'],
    [
      'other kinds',
      ({ row }) => row.stock.is(row.title as never),
      'boot.symbol-misused',
      'it compares integer with text',
    ],
    [
      'text operators on numbers',
      ({ row }) => (row.stock as unknown as { contains(x: string): Read }).contains('1'),
      'boot.symbol-misused',
      'values of the kind integer have no "contains"',
    ],
    [
      'sums of text',
      ({ row }) => (row.comments as unknown as LooseRows).sum(comment => comment.body).gt(1n),
      'boot.symbol-misused',
      'there is no sum of text',
    ],
    [
      'floats mixed with decimals',
      ({ row }) => row.weight.times(row.price as never).gt(1),
      'boot.symbol-misused',
      'float and decimal cannot be calculated with each other',
    ],
    [
      'calculating with text',
      ({ row }) => (row.title as unknown as { plus(x: unknown): { is(x: unknown): Read } }).plus('x').is('y'),
      'boot.symbol-misused',
      'cannot be calculated with',
    ],
    [
      'symbols as text',
      ({ row }) => row.title.is(`${row.author.name as unknown as string}`),
      'boot.symbol-misused',
      'only known when a request runs',
    ],
    [
      'rows as text',
      ({ row }) => row.title.is(`${row.author as unknown as string}`),
      'boot.symbol-misused',
      'only known when a request runs',
    ],
    [
      'conditions as values',
      ({ row }) => row.title.is(`${row.stock.is(1) as unknown as string}`),
      'boot.symbol-misused',
      'combine conditions with allOf()',
    ],
    [
      'functions that give no condition',
      ({ row }) => row.comments.some((() => true) as never),
      'boot.symbol-misused',
      'its function gives true, not a condition',
    ],
    [
      'values among conditions',
      ({ row }) => allOf(row.stock.is(1), true as never),
      'boot.symbol-misused',
      'one of its arguments is true',
    ],
    [
      'half of a composite key',
      ({ row }) => row.author.is({ id: 'x' } as never),
      'boot.symbol-misused',
      'it is given an object',
    ],
    [
      'rows outside of their function',
      ({ row }) => {
        let outside: unknown
        row.comments.some(comment => {
          outside = comment.body.is('x')
          return everyone
        })
        return outside
      },
      'boot.symbol-misused',
      'outside the function',
    ],
    [
      'functions that throw',
      () => {
        throw new Error('no database here')
      },
      'boot.function-threw',
      'the function threw "no database here"',
    ],
  ])('%s', (_what, build, code, message) => {
    const error = refusal(() => readRule(build as (symbols: Symbols) => Read))
    expect(error.code).toBe(code)
    expect(error.errors[0]?.message).toContain(message)
    expect(error.errors[0]?.message).toMatch(here)
  })

  it('models, rules and fields that do not exist', () => {
    const declare = (rules: object) => () => defineRules(schema, rules as never)
    expect(refusal(declare({ Artcle: () => ({}) })).message).toBe(
      'The rules name the model "Artcle", which the schema does not have.',
    )
    expect(refusal(declare({ Article_tags: () => ({ read: everyone }) })).code).toBe('boot.model-unknown')
    expect(refusal(declare({ Article: () => ({ reed: everyone }) })).hint).toBe('Did you mean "read"?')
    const listed = refusal(declare({ Article: () => ({ list: everyone }) }))
    expect([listed.message, listed.hint]).toEqual([
      'The rules of Article: "list" means nothing there.',
      'Possible: read, create, update, delete, withDeleted, fields.',
    ])
    expect(refusal(declare({ Article: () => ({ read: (everyone as never as () => unknown)() }) })).hint).toContain(
      'everyone and user.isSignedIn are conditions as they are',
    )
    const equals = ({ row }: { row: { author: { eq(key: string): unknown } } }) => ({ read: row.author.eq('x') })
    expect(refusal(declare({ Article: equals })).hint).toBe('Did you mean "is"?')
    const titled = ({ row }: { row: { title: { eq(text: string): unknown } } }) => ({ read: row.title.eq('x') })
    expect(refusal(declare({ Article: titled })).hint).toContain('row.name.is(…)')
    const several = ({ row }: { row: { comments: { body: { is(text: string): unknown } } } }) => ({
      read: row.comments.body.is('x'),
    })
    expect(refusal(declare({ Article: several })).hint).toContain('row.comments.some(')
    expect(refusal(declare({ Article: () => ({ fields: { titel: { read: everyone } } }) })).hint).toBe(
      'Did you mean "title"?',
    )
    expect(refusal(declare({ Article: () => ({ fields: { title: { rite: everyone } } }) })).code).toBe(
      'boot.word-unknown',
    )
    expect(refusal(declare({ Article: () => everyone })).message).toBe(
      'The rules of Article: this is a condition, not an object that gives each a name.',
    )
    expect(refusal(declare({ Comment: () => ({ withDeleted: everyone }) })).code).toBe('boot.option-invalid')
  })

  it('read rules that look at the row, on fields that are never null', () => {
    const error = refusal(() =>
      defineRules(schema, {
        Article: ({ row, user }) => {
          const own = row.author.is(user.id)
          const read = { read: own as never }
          return {
            fields: {
              ...{ title: read, author: read, authorId: read, tags: read, commentCount: read },
              ...{ editor: { read: own }, publishedAt: { read: own }, price: { write: own } },
            },
          }
        },
        User: ({ row }) => ({
          fields: { profile: { read: row.name.is('x') }, name: { read: row.teams.has('x') as never } },
        }),
      }),
    )
    expect(error.errors.filter(({ code }) => code === 'boot.field-not-maskable').map(({ pointer }) => pointer)).toEqual(
      [
        '/Article/fields/title/read',
        '/Article/fields/author/read',
        '/Article/fields/authorId/read',
        '/Article/fields/tags/read',
        '/Article/fields/commentCount/read',
        '/User/fields/name/read',
      ],
    )
    const message =
      'The read rule of Article.title looks at the row, so callers may see null there, and the type of title does not say so.'
    expect(error.errors[0]).toMatchObject({ message, hint: expect.stringContaining('maskable()') as string })
  })

  it('everything at once', () => {
    const error = refusal(() =>
      defineRules(schema, {
        Article: ({ row, user }) => ({ read: user.isSignedIn && row.author.is(user.id), create: true as never }),
        Comment: ({ row }) => ({ read: row.body.is(1 as never) }),
      }),
    )
    expect(error.code).toBe('boot.declaration-invalid')
    expect(error.errors.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'boot.rule-not-condition /Article/create',
      'boot.symbol-misused /Comment',
    ])
    expect(error.message).toMatch(/^The rules cannot be used; mistakes: 2\n- /)
  })

  it('changing a symbol', () => {
    const change = ({ row }: Symbols): Read => {
      Object.assign(row, { title: 'x' })
      return everyone
    }
    expect(refusal(() => readRule(change)).code).toBe('boot.function-threw')
  })
})
