/** Requests whose plans and commands are kept in files, so that a change of either is seen in review. */
import {
  type AggregateRequest,
  type Caller,
  emptyFind,
  type FilterRequest,
  type FindRequest,
  type NestedRequest,
  type OutputRequest,
} from '../../src/query/index.ts'

export interface GoldenCase {
  readonly name: string
  readonly caller: Caller
  readonly request: FindRequest | AggregateRequest
}

const anonymous: Caller = { class: 'anonymous', key: [], attributes: {}, reason: null }
const member: Caller = {
  class: 'signedIn',
  key: ['01900000-0000-7000-8000-000000000001'],
  attributes: { id: '01900000-0000-7000-8000-000000000001', role: 'member' },
  reason: null,
}
const editor: Caller = { ...member, attributes: { ...member.attributes, role: 'editor' } }
const admin: Caller = { ...member, attributes: { ...member.attributes, role: 'admin' } }
const system: Caller = { class: 'system', key: [], attributes: {}, reason: 'golden plans' }

const everything: NestedRequest = { select: { defaults: true, outputs: [] }, where: null, sort: [], limit: null }
const field = (name: string): OutputRequest => ({ kind: 'field', output: name, field: name })
const include = (relation: string, nested: Partial<NestedRequest> = {}): OutputRequest => ({
  kind: 'include',
  output: relation,
  relation,
  nested: { ...everything, ...nested },
})
const only = (...outputs: readonly OutputRequest[]) => ({ defaults: false, outputs })
const articles = (request: Partial<FindRequest> = {}): FindRequest => ({
  ...emptyFind,
  model: 'Article',
  select: only(field('id'), field('title')),
  ...request,
})
const where = (filter: FilterRequest): Partial<FindRequest> => ({ where: filter })
const compare = (path: string, operator: 'eq' | 'in' | 'icontains' | 'iequals' | 'istartsWith' | 'gt' | 'notIn' | 'ne', slot = 0): FilterRequest => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  slot,
})
const newest = { sort: [{ path: ['createdAt'], direction: 'descending' }] } as const

export const goldenCases: readonly GoldenCase[] = [
  { name: 'point read by an anonymous caller', caller: anonymous, request: articles({ by: { fields: ['id'], slots: [0] } }) },
  { name: 'point read by a member', caller: member, request: articles({ by: { fields: ['id'], slots: [0] } }) },
  { name: 'point read by an editor, whose rule folds away', caller: editor, request: articles({ by: { fields: ['id'], slots: [0] } }) },
  { name: 'point read by a unique field', caller: system, request: articles({ by: { fields: ['slug'], slots: [0] } }) },
  {
    name: 'point read by a unique field that ignores letter case',
    caller: system,
    request: { ...emptyFind, model: 'User', select: only(field('id')), by: { fields: ['email'], slots: [0] } },
  },
  {
    name: 'texts without regard to case that an index serves',
    caller: system,
    request: {
      ...emptyFind,
      model: 'User',
      select: only(field('id')),
      where: { kind: 'or', of: [compare('email', 'iequals'), compare('email', 'istartsWith', 1), compare('email', 'eq', 2)] },
    },
  },
  { name: 'default fields of an anonymous caller', caller: anonymous, request: articles({ select: { defaults: true, outputs: [] } }) },
  { name: 'default fields of an editor', caller: editor, request: articles({ select: { defaults: true, outputs: [] } }) },
  { name: 'field rule that depends on the row', caller: member, request: { ...emptyFind, model: 'User' } },
  { name: 'newest first', caller: anonymous, request: articles({ ...newest, limit: 0 }) },
  { name: 'next page of newest first', caller: anonymous, request: articles({ ...newest, seek: { direction: 'after' } }) },
  { name: 'previous page of newest first', caller: anonymous, request: articles({ ...newest, seek: { direction: 'before' } }) },
  {
    name: 'next page of a mixed sort with nulls',
    caller: system,
    request: articles({
      sort: [
        { path: ['publishedAt'], direction: 'descending' },
        { path: ['title'], direction: 'ascending' },
      ],
      seek: { direction: 'after' },
    }),
  },
  { name: 'count beside a page', caller: member, request: articles({ count: true }) },
  { name: 'offset', caller: system, request: articles({ offset: 0 }) },
  { name: 'equal', caller: system, request: articles(where(compare('title', 'eq'))) },
  { name: 'in a list', caller: system, request: articles(where(compare('state', 'in'))) },
  { name: 'not in a list, never null', caller: system, request: articles(where(compare('reviewerId', 'notIn'))) },
  { name: 'negated comparison of a nullable field', caller: system, request: articles(where({ kind: 'not', of: compare('publishedAt', 'gt') })) },
  { name: 'null test', caller: system, request: articles(where({ kind: 'isNull', path: ['publishedAt'], value: true })) },
  { name: 'text without regard to case', caller: system, request: articles(where(compare('title', 'icontains'))) },
  { name: 'decimal', caller: system, request: articles(where(compare('rating', 'gt'))) },
  {
    name: 'groups of conditions',
    caller: member,
    request: articles(where({ kind: 'or', of: [compare('title', 'eq', 0), { kind: 'and', of: [compare('state', 'ne', 1), compare('slug', 'eq', 2)] }] })),
  },
  { name: 'filter through a to-one relation', caller: anonymous, request: articles(where(compare('author.name', 'eq'))) },
  { name: 'filter through many to many', caller: anonymous, request: articles(where(compare('tags.name', 'eq'))) },
  { name: 'some of what the caller may read', caller: member, request: articles(where({ kind: 'some', path: ['comments'], where: compare('body', 'icontains') })) },
  { name: 'none of what the caller may read', caller: member, request: articles(where({ kind: 'none', path: ['comments'], where: null })) },
  {
    name: 'none of what leads to rows that an index finds',
    caller: system,
    request: articles(where({ kind: 'none', path: ['comments'], where: { kind: 'some', path: ['author'], where: compare('email', 'eq') } })),
  },
  { name: 'every one of what the caller may read', caller: member, request: articles(where({ kind: 'every', path: ['comments'], where: compare('hidden', 'eq') })) },
  { name: 'sort through a to-one relation', caller: anonymous, request: articles({ sort: [{ path: ['author', 'name'], direction: 'ascending' }] }) },
  { name: 'include to-one', caller: anonymous, request: articles({ select: only(field('title'), include('author', { select: only(field('name')) })) }) },
  {
    name: 'include to-many with its own filter, sort and limit',
    caller: member,
    request: articles({
      select: only(
        field('title'),
        include('comments', {
          select: only(field('body'), include('author', { select: only(field('name')) })),
          where: compare('body', 'icontains', 0),
          sort: [{ path: ['id'], direction: 'descending' }],
          limit: 1,
        }),
      ),
    }),
  },
  {
    name: 'include many to many',
    caller: anonymous,
    request: articles({ select: only(field('title'), include('tags', { sort: [{ path: ['name'], direction: 'ascending' }] })) }),
  },
  {
    name: 'links with a rule and soft delete',
    caller: member,
    request: articles({
      select: only(field('title'), include('contributors', { select: only(field('name')) })),
      where: { kind: 'none', path: ['contributors'], where: compare('name', 'eq') },
    }),
  },
  {
    name: 'one relation twice under different names',
    caller: system,
    request: articles({
      select: only(
        { kind: 'include', output: 'newest', relation: 'comments', nested: { ...everything, select: only(field('body')), limit: 0 } },
        { kind: 'include', output: 'matching', relation: 'comments', nested: { ...everything, select: only(field('body')), where: compare('body', 'icontains', 1) } },
      ),
    }),
  },
  { name: 'computed count and condition', caller: member, request: articles({ select: only(field('commentCount'), field('mine')) }) },
  { name: 'deleted rows, for who may see them', caller: admin, request: { ...emptyFind, model: 'Comment', withDeleted: true, select: only(field('body')) } },
  {
    name: 'figures by group',
    caller: member,
    request: {
      operation: 'aggregate',
      model: 'Article',
      where: null,
      groupBy: [{ output: 'state', path: ['state'] }],
      measures: [
        { output: 'count', function: 'count', field: null },
        { output: 'latest', function: 'max', field: 'createdAt' },
      ],
      sort: [{ output: 'count', direction: 'descending' }],
      limit: null,
      withDeleted: false,
    },
  },
  {
    name: 'figures over decimals',
    caller: editor,
    request: {
      operation: 'aggregate',
      model: 'Article',
      where: null,
      groupBy: [],
      measures: [
        { output: 'sum', function: 'sum', field: 'rating' },
        { output: 'average', function: 'avg', field: 'rating' },
        { output: 'least', function: 'min', field: 'rating' },
      ],
      sort: [],
      limit: null,
      withDeleted: false,
    },
  },
]
