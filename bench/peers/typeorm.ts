// Nest 12 over Fastify + TypeORM 1, as their guides show: a controller with a validation pipe, repositories, relations. Logging is off.
//
// Decorators are applied by hand, since Node runs TypeScript by taking the types out and leaves decorators as they are; what Nest and the
// validators make of them is the same.
import 'reflect-metadata'
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Module,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  UnauthorizedException,
  ValidationPipe,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'

import { verifyAuthorization } from '../data/token.ts'
import type { PeerSettings } from '../harness/messages.ts'
import { nestedFields } from '../rows.ts'
import { pageBody, pageToken } from '../shape.ts'
import { portOf, servePeer } from './serve.ts'
import { type ArticleRow, type Articles, openArticles } from './typeorm/articles.ts'
import { ArticleChange, ListQuery, NewArticle } from './typeorm/input.ts'

const articlesToken = Symbol('articles')
const settingsToken = Symbol('settings')

class HelloController {
  hello() {
    return { message: 'hello' }
  }
}

class ArticlesController {
  readonly #articles: Articles
  readonly #settings: PeerSettings

  constructor(articles: Articles, settings: PeerSettings) {
    this.#articles = articles
    this.#settings = settings
  }

  async find(id: string) {
    return found(await this.#articles.find(id))
  }

  async list(query: ListQuery, authorization: string | undefined) {
    const before = new Date(query['createdAt[lt]'])
    const { limit } = query
    if (this.#settings.access === 'owned') {
      const caller = verifyAuthorization(authorization)
      if (caller === undefined) throw new UnauthorizedException()
      return page(await this.#articles.listReadable(before, limit, caller), limit)
    }
    if (query.select === nestedFields) return page(await this.#articles.nested(before, limit), limit)
    return page(await this.#articles.list(before, limit), limit)
  }

  async create(input: NewArticle) {
    return found(await this.#articles.create(input))
  }

  async update(id: string, input: ArticleChange) {
    return found(await this.#articles.update(id, input.title))
  }
}

function found(article: ArticleRow | null): ArticleRow {
  if (article === null) throw new NotFoundException()
  return article
}

function page(rows: readonly { readonly id: string; readonly createdAt: Date }[], limit: number) {
  const last = rows.at(-1)
  const full = last !== undefined && rows.length === limit
  return pageBody(rows, full ? pageToken(last.createdAt.toISOString(), last.id) : null)
}

/** What `@Get(':id') find(@Param('id') id: string)` does. */
function method<Class extends object>(
  prototype: Class,
  name: keyof Class & string,
  decorators: readonly MethodDecorator[],
  parameters: readonly (readonly [decorator: ParameterDecorator, type: unknown])[],
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (descriptor === undefined) throw new TypeError(`there is no method ${name}`)
  for (const [index, [decorator]] of parameters.entries()) decorator(prototype, name, index)
  const types = parameters.map(([, type]) => type)
  Reflect.defineMetadata('design:paramtypes', types, prototype, name)
  for (const decorator of decorators) decorator(prototype, name, descriptor)
}

method(HelloController.prototype, 'hello', [Get('hello')], [])
Controller()(HelloController)

const id = [Param('id', ParseUUIDPipe), String] as const
const { prototype } = ArticlesController
method(prototype, 'find', [Get(':id')], [id])
method(
  prototype,
  'list',
  [Get()],
  [
    [Query(), ListQuery],
    [Headers('authorization'), String],
  ],
)
method(prototype, 'create', [Post(), HttpCode(201)], [[Body(), NewArticle]])
method(prototype, 'update', [Patch(':id')], [id, [Body(), ArticleChange]])
Inject(articlesToken)(ArticlesController, undefined, 0)
Inject(settingsToken)(ArticlesController, undefined, 1)
Controller('api/articles')(ArticlesController)

await servePeer(async settings => {
  class AppModule {}
  Module({
    controllers: [HelloController, ArticlesController],
    providers: [
      { provide: settingsToken, useValue: settings },
      { provide: articlesToken, useFactory: () => openArticles(settings.engine, settings.database) },
    ],
  })(AppModule)
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false })
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }))
  await app.listen(0, '127.0.0.1')
  return portOf(app.getHttpServer())
})
