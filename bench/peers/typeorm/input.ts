// What the Nest peer accepts, in the words of class-validator.
import { Type } from 'class-transformer'
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator'

import { articleFields, listFields, nestedFields } from '../../rows.ts'

export class ListQuery {
  declare 'createdAt[lt]': string
  declare sort?: string
  limit = 20
  declare select?: string
}
decorate(ListQuery, 'createdAt[lt]', [IsISO8601()])
decorate(ListQuery, 'sort', [IsOptional(), IsIn(['-createdAt'])])
decorate(ListQuery, 'limit', [Type(() => Number), IsInt(), Min(1), Max(100)])
decorate(ListQuery, 'select', [IsOptional(), IsIn([listFields, nestedFields, articleFields])])

export class NewArticle {
  declare title: string
  declare slug: string
  declare body: string
  state: 'draft' | 'published' = 'draft'
  featured = false
  declare authorId: string
}
decorate(NewArticle, 'title', [IsString(), Length(1, 200)])
decorate(NewArticle, 'slug', [Matches(/^[a-z0-9]+(?:-[a-z0-9]+)*$/), MaxLength(200)])
decorate(NewArticle, 'body', [IsString(), MaxLength(100_000)])
decorate(NewArticle, 'state', [IsIn(['draft', 'published'])])
decorate(NewArticle, 'featured', [IsBoolean()])
decorate(NewArticle, 'authorId', [IsUUID()])

export class ArticleChange {
  declare title: string
}
decorate(ArticleChange, 'title', [IsString(), Length(1, 200)])

function decorate<Class extends { readonly prototype: object }>(
  { prototype }: Class,
  property: keyof Class['prototype'] & string,
  decorators: readonly PropertyDecorator[],
): void {
  for (const decorator of decorators) decorator(prototype, property)
}
