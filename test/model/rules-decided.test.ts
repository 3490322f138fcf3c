/** Functions over symbols in which JavaScript itself decides by a symbol that is used as well: each would lose a way (semantics 7). */
import { describe, expect, it } from 'vitest'
import {
  allOf,
  anyOf,
  coalesce,
  concat,
  defineRules,
  defineSchema,
  everyone,
  field,
  model,
  nobody,
  not,
  now,
} from '../../src/model/index.ts'
import { action, projection } from '../../src/operation/index.ts'
import { createApp } from '../../src/app/index.ts'
import { PlinthError } from '../../src/error/index.ts'
import { routesOf } from '../../src/surface/routes/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { type Read, readRule, refusal, schema, type Symbols } from './rules-schema.ts'

const here = /rules-decided\.test\.ts:\d+:\d+/

/** What the function does, without the compiler's advice. */
type Loose = (symbols: Symbols) => unknown

describe('a symbol that a rule decides by and uses', () => {
  it.each<[string, Loose, string]>([
    [
      '?: of a relation',
      ({ row, user }) => {
        const { editor } = row
        return editor ? editor.is(user.id) : row.state.is('draft')
      },
      'row.editor',
    ],
    [
      '?: of a field whose ways read nothing else',
      ({ row }) => {
        const { stock } = row
        return anyOf(stock.gt(3), stock ? everyone : nobody)
      },
      'row.stock',
    ],
    [
      '?: between shared symbols',
      ({ row, user }) => {
        const { author, editor } = row
        return allOf((editor ? editor : author).is(user.id), author.name.is('x'))
      },
      'row.editor',
    ],
    [
      '?: of constants',
      ({ row }) => {
        const { publishedAt } = row
        return allOf(publishedAt.lt(now), row.state.is(publishedAt ? 'published' : 'draft'))
      },
      'row.publishedAt',
    ],
    [
      '||',
      ({ row, user }) => {
        const { author, editor } = row
        return anyOf((editor || author).is(user.id), author.name.is('x'))
      },
      'row.editor',
    ],
    [
      '|| of two, either of which is true',
      ({ row, user }) => {
        const { author, editor } = row
        return author || editor ? anyOf(author.is(user.id), editor.is(user.id)) : row.state.is('draft')
      },
      'row.',
    ],
    [
      '&& of one and not the other',
      ({ row, user }) => {
        const { author, editor, stock } = row
        const all = anyOf(author.is(user.id), editor.is(user.id), stock.gt(1))
        return author && !(editor || stock) ? nobody : all
      },
      'row.',
    ],
    [
      '??',
      ({ row, user }) => {
        const { author, editor } = row
        return anyOf((editor ?? author).is(user.id), author.name.is('x'))
      },
      'row.editor',
    ],
    ['?? that reads inline', ({ row, user }) => (row.editor ?? row.author).is(user.id), 'row.editor'],
    ['?? of conditions', ({ row, user }) => row.author.is(user.id) ?? row.state.is('draft'), 'user.id'],
    ['|| of conditions', ({ row, user }) => row.author.is(user.id) || row.state.is('draft'), 'user.id'],
    [
      '&& of a condition that is used',
      ({ row, user }) => {
        const own = row.author.is(user.id)
        return anyOf(own && row.state.is('draft'), own)
      },
      'user.id',
    ],
    [
      '=== of shared symbols',
      ({ row, user }) => {
        const { author, editor } = row
        return Object.is(author, editor) ? everyone : anyOf(author.is(user.id), editor.is(user.id))
      },
      'row.',
    ],
    [
      'if',
      ({ row, user }) => {
        const { editor } = row
        if (editor) return editor.is(user.id)
        return row.author.is(user.id)
      },
      'row.editor',
    ],
    [
      'if that throws',
      ({ row, user }) => {
        const { editor } = row
        if (!editor) throw new Error('no editor')
        return editor.is(user.id)
      },
      'row.editor',
    ],
    ['the caller', ({ row, user }) => (user ? row.author.is(user.id) : row.state.is('published')), 'user'],
    [
      'an attribute of the caller',
      ({ row, user }) => {
        const { role } = user
        return role ? role.is('admin') : row.state.is('published')
      },
      'user.role',
    ],
    [
      'a list of symbols without the false ones',
      ({ row, user }) => {
        const { author, editor } = row
        const writers = [author, editor].filter(Boolean)
        return allOf(author.name.is('x'), anyOf(...writers.map(writer => writer.is(user.id))))
      },
      'row.author',
    ],
    [
      'a related row',
      ({ row }) =>
        row.comments.some(comment => {
          const { body } = comment
          return body ? body.contains('x') : comment.author.role.is('admin')
        }),
      'comments.body',
    ],
    [
      'a count',
      ({ row }) => {
        const count = row.comments.count()
        return count ? count.gt(2) : everyone
      },
      'row.comments',
    ],
    [
      'a calculated value',
      ({ row }) => {
        const half = row.stock.times(2)
        return half ? half.gt(2) : everyone
      },
      'row.stock',
    ],
    [
      'a text put together',
      ({ row }) => {
        const full = concat(row.title, row.author.name)
        return full ? full.contains('x') : everyone
      },
      'row.author.name',
    ],
    [
      'a helper that lies elsewhere',
      ({ row, user }) => {
        const { author, editor } = row
        return allOf(
          either(editor, author, key => key.is(user.id)),
          author.name.is('x'),
        )
      },
      'row.editor',
    ],
  ])('%s', (_what, build, symbol) => {
    const error = refusal(() => readRule(build as (symbols: Symbols) => Read))
    expect(error.code).toBe('boot.rule-symbol-tested')
    expect(error.errors[0]?.message).toContain(`The rules of Article: JavaScript decides by ${symbol}`)
    expect(error.message).toMatch(here)
    expect(error.hint).toContain('anyOf()')
  })

  const either = <T, R>(first: T, second: T, is: (one: T) => R): R => (first ? is(first) : is(second))
})

describe('wherever functions over symbols are declared', () => {
  const tested = (declare: () => unknown): string => {
    const error = refusal(declare)
    expect(error.message).toMatch(here)
    return (error.errors[0] ?? error).message
  }

  it('rules of fields', () => {
    const declare = () =>
      defineRules(schema, {
        Article: ({ row, user }) => {
          const { author } = row
          return { read: author.is(user.id), fields: { stock: { read: author ? everyone : nobody } } }
        },
      })
    expect(tested(declare)).toContain('The rules of Article: JavaScript decides by row.author')
  })

  it('computed fields, checks and scopes', () => {
    const Item = model(
      {
        name: field.text(),
        stock: field
          .integer()
          .optional()
          .check(stock => (stock ? stock.gt(0) : everyone)),
      },
      {
        check: { named: ({ name }) => (name ? name.isNot('x') : everyone) },
        scopes: { live: ({ name }) => (name ? name.isNot('x') : everyone) },
      },
    )
    const error = refusal(() =>
      defineSchema(
        { Item },
        {
          computed: {
            Item: ({ row }) => {
              const { stock } = row
              return { left: stock ? stock.plus(1) : (3 as never), known: stock.isNull() }
            },
          },
          checks: { Item: ({ row: { name } }) => ({ other: name ? name.isNot('x') : everyone }) },
          scopes: { Item: ({ row: { name } }) => ({ another: name ? name.isNot('x') : everyone }) },
        },
      ),
    )
    expect(error.errors.map(({ code }) => code)).toEqual(Array<string>(6).fill('boot.rule-symbol-tested'))
    expect(error.errors.map(({ message }) => message.slice(0, message.indexOf(',')))).toEqual([
      'The computed fields of Item: JavaScript decides by row.stock',
      'The check "stock" of Item: JavaScript decides by row.stock',
      'The check "named" of Item: JavaScript decides by row.name',
      'The checks of Item: JavaScript decides by row.name',
      'The scope "live" of Item: JavaScript decides by row.name',
      'The scopes of Item: JavaScript decides by row.name',
    ])
  })

  it('who may call an action', () => {
    const declare = () =>
      action(schema, {
        allow: ({ user: { role } }) => (role ? role.is('admin') : everyone),
        run: () => undefined,
      })
    expect(tested(declare)).toContain('JavaScript decides by user.role')
  })

  it('projections and what they include', () => {
    const Comment = projection(schema, 'Comment', ({ row }) => ({ body: row.body }))
    const values = () =>
      projection(schema, 'Article', ({ row: { title, stock } }) => ({ title, stock: stock ? stock : title }))
    expect(tested(values)).toContain('A projection of Article: JavaScript decides by row.stock')
    const nested = () =>
      projection(schema, 'Article', ({ row: { title }, include }) => ({
        title,
        comments: include('comments', Comment, {
          where: ({ row: { body } }) => (body ? body.contains('x') : everyone),
        }),
      }))
    expect(tested(nested)).toContain('The condition on comments of Comment: JavaScript decides by row.body')
  })

  it('lists of routes and their filters', async () => {
    const { group, list } = routesOf(schema)
    // Mistakes of routes are told when an application starts with them.
    const started = async (declare: () => Parameters<typeof group>[1][number]): Promise<string> => {
      const app = createApp({ schema, routes: [group({ prefix: '' }, [declare()])] })
      const error: unknown = await createTestApp(app).catch((thrown: unknown) => thrown)
      if (!(error instanceof PlinthError)) throw new Error('Nothing was refused')
      expect(error.message).toMatch(here)
      return error.errors[0]?.message ?? ''
    }
    const Article = projection(schema, 'Article', ({ row }) => ({ title: row.title }))
    const where = () =>
      list('/articles', Article, { allow: everyone, where: ({ row: { stock } }) => (stock ? stock.gt(1) : everyone) })
    expect(await started(where)).toContain('The condition of /articles of Article: JavaScript decides by row.stock')
    const filter = () =>
      list('/articles', Article, {
        allow: everyone,
        filters: {
          least: {
            value: field.integer(),
            where: ({ row, value }) => (value ? row.stock.gte(value) : everyone),
          },
        },
      })
    expect(await started(filter)).toContain('The filter "least" of Article: JavaScript decides by value')
  })

  it('defaults from the caller', () => {
    const User = model({ name: field.text(), nick: field.text() })
    const Note = model({ by: field.text().default(caller => caller.nick ?? caller.name) })
    const error = refusal(() => defineSchema({ User, Note }, { caller: 'User' }))
    expect(error.message).toContain('its function has to return a field of the caller as it is')
  })

  it('a moment that is no field of the caller', () => {
    const Note = model({ at: field.datetime().default((() => new Date()) as never) })
    for (const options of [{}, { caller: 'Note' }] as const)
      expect(refusal(() => defineSchema({ Note }, options)).message).toContain(
        'the moment of the request is default(now)',
      )
  })
})

describe('what is left alone', () => {
  it.each<[string, Loose]>([
    [
      'one symbol used many times',
      ({ row: { stock, price } }) => anyOf(stock.gt(1), stock.lt(9), allOf(price.gt('1'), stock.is(3))),
    ],
    [
      'a condition used many times',
      ({ row, user }) => {
        const own = row.author.is(user.id)
        return allOf(own, not(allOf(own, own)))
      },
    ],
    ['constants that are false', ({ row }) => anyOf(row.stock.is(0), row.title.is(''), row.author.role.isNull())],
    ['values that are compared', ({ row }) => coalesce(row.publishedAt, now).lte(now)],
    ['a constant of the moment', ({ row }) => row.publishedAt.lt(new Date(performance.timeOrigin + performance.now()))],
    ['loops over names', ({ row }) => allOf(...(['title', 'state'] as const).map(name => row[name].isNot('draft')))],
    ['what the environment decides', ({ row }) => (process.env['PLINTH_NO_SUCH'] ? everyone : row.stock.gt(1))],
    ['optional chains', ({ row, user }) => row.editor?.is(user.id)],
    [
      'related rows in related rows',
      ({ row, user }) =>
        row.comments.every(({ author, article }) =>
          anyOf(
            author.is(user.id),
            article.tags.none(({ name }) => name.in(['a', ''])),
          ),
        ),
    ],
  ])('%s', (_what, build) => {
    expect(readRule(build as (symbols: Symbols) => Read)).toBeDefined()
  })

  it('the bigint zero, and whatever has to do with bigints', () => {
    const Account = model({ balance: field.bigint(), most: field.bigint() })
    const accounts = defineSchema({ Account })
    const rules = defineRules(accounts, {
      Account: ({ row: { balance, most } }) => ({
        read: anyOf(balance.is(0n), most.gt(0n), balance.in([0n, BigInt(`${0n.toString()}`)])),
      }),
    })
    expect(JSON.stringify(rules.models['Account']?.read)).toContain('"value":["0","0"]')
    expect(Object.getPrototypeOf(BigInt.prototype)).toBe(Object.prototype)
    expect(Reflect.get(Object(0n) as object, 'is')).toBeUndefined()
  })
})
