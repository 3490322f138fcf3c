/**
 * Links that are rows of a model with a rule of its own and with soft delete: a request follows those that its caller may read and that are
 * there, whoever may read the rows at both ends.
 */
import assert from 'node:assert/strict'
import { wholeText } from '../../../lib/index.ts'
import { anonymous, type Caller, emptyFind, type FindRequest } from '../../../query/index.ts'
import { group, reading, writing } from '../case.ts'
import { callerNamed, type Fixture } from '../fixture.ts'
import { keys } from '../rows.ts'

const callers = ['anonymous', 'ann', 'bob', 'cyd'] as const

/** Who has been on Aurora, as each may see it: Bob was in secret, and nothing is left of Cyd's visit. */
const onAurora = { anonymous: ['Ann'], ann: ['Ann'], bob: ['Ann', 'Bob'], cyd: ['Ann'] } as const

const names = (rows: readonly { readonly name: string }[]): readonly string[] => rows.map(({ name }) => name)

/** As surfaces read: one request, JSON as the answer. */
async function read({ engine, contextOf }: Fixture, request: FindRequest, caller: Caller): Promise<unknown> {
  const prepared = engine.find(request, caller.class)
  const { json } = await prepared.run({ form: 'json', values: [], cursor: null }, contextOf(caller))
  return JSON.parse(wholeText(json ?? 'null'))
}

export const linkGroup = group('links with rules of their own', [
  reading('included, from both sides', ['joins', 'or', 'orderByAnything'], async fixture => {
    const nested = { sort: 'name', select: { name: true } } as const
    for (const who of callers) {
      const aurora = await fixture[who].Vessel.get(keys.aurora, { select: { visitors: nested } })
      assert.deepEqual(names(aurora.visitors), onAurora[who], who)
      const people = await fixture[who].Person.find({ sort: 'name', select: { name: true, visited: nested } })
      const seen: readonly string[] = onAurora[who]
      // Corvus is Cyd's alone to see, and so is his visit; Ann's to it, in secret, she alone could see.
      const expected = ['Ann', 'Bob', 'Cyd'].map(name => ({
        name,
        visited: [
          ...(seen.includes(name) ? [{ name: 'Aurora' }] : []),
          ...(who === 'cyd' && name === 'Cyd' ? [{ name: 'Corvus' }] : []),
        ],
      }))
      assert.deepEqual(people, expected, who)
    }
    assert.deepEqual(await fixture.system.Vessel.find({ sort: 'name', select: { name: true, visitors: nested } }), [
      { name: 'Aurora', visitors: [{ name: 'Ann' }, { name: 'Bob' }] },
      { name: 'Borealis', visitors: [] },
      { name: 'Corvus', visitors: [{ name: 'Ann' }, { name: 'Cyd' }] },
    ])
  }),
  reading('included with a filter and a limit', ['joins', 'or', 'orderByAnything'], async fixture => {
    for (const who of callers) {
      const last = { sort: '-name', limit: 1, select: { name: true } } as const
      const one = await fixture[who].Vessel.get(keys.aurora, { select: { visitors: last } })
      assert.deepEqual(names(one.visitors), onAurora[who].slice(-1), who)
      const where = { role: 'pilot' } as const
      const pilots = await fixture[who].Vessel.get(keys.aurora, {
        select: { visitors: { where, select: { name: true } } },
      })
      assert.deepEqual(names(pilots.visitors), who === 'bob' ? ['Bob'] : [], who)
    }
  }),
  reading('for a whole page, in the order of their keys', ['joins', 'or', 'orderByAnything'], async fixture => {
    for (const who of callers) {
      const vessels = await fixture[who].Vessel.find({
        ...{ sort: 'name', limit: 10 },
        select: { name: true, visitors: { select: { name: true } } },
      })
      const expected = [
        ['Aurora', ...onAurora[who]],
        ...(who === 'bob' ? [['Borealis']] : []),
        ...(who === 'cyd' ? [['Corvus', 'Cyd']] : []),
      ]
      assert.deepEqual(
        vessels.map(({ name, visitors }) => [name, ...names(visitors)]),
        expected,
        who,
      )
    }
    const lists = async (sort: 'id' | '-id', limit: number) => {
      const vessels = await fixture.system.Vessel.find({
        ...{ sort: '-name', limit: 3 },
        select: { name: true, visitors: { sort, limit, select: { name: true } } },
      })
      return vessels.map(({ name, visitors }) => [name, ...names(visitors)])
    }
    assert.deepEqual(await lists('id', 1), [['Corvus', 'Ann'], ['Borealis'], ['Aurora', 'Ann']])
    assert.deepEqual(await lists('-id', 1), [['Corvus', 'Cyd'], ['Borealis'], ['Aurora', 'Bob']])
    assert.deepEqual(await lists('-id', 20), [['Corvus', 'Cyd', 'Ann'], ['Borealis'], ['Aurora', 'Bob', 'Ann']])
    const skipped = await fixture.system.Vessel.find({
      ...{ sort: 'name', limit: 1, offset: 2 },
      select: { name: true, visitors: { limit: 1, select: { name: true } } },
    })
    assert.deepEqual(skipped, [{ name: 'Corvus', visitors: [{ name: 'Ann' }] }])
  }),
  reading('plucked', ['joins', 'or', 'orderByAnything'], async fixture => {
    const nested = {
      select: { defaults: false, outputs: [] },
      where: null,
      sort: [{ path: ['name'], direction: 'ascending' }],
      limit: null,
    } as const
    const request: FindRequest = {
      ...emptyFind,
      model: 'Vessel',
      select: {
        defaults: false,
        outputs: [{ kind: 'pluck', output: 'visitors', relation: 'visitors', field: 'name', nested }],
      },
      where: { kind: 'isNull', path: ['flag'], value: false },
    }
    for (const who of callers) {
      const [aurora, ...others] = (await read(
        fixture,
        request,
        who === 'anonymous' ? anonymous : callerNamed(who),
      )) as {
        readonly visitors: unknown
      }[]
      assert.deepEqual(aurora, { visitors: onAurora[who] }, who)
      assert.deepEqual(others, who === 'cyd' ? [{ visitors: ['Cyd'] }] : [], who)
    }
  }),
  reading('asked about: some, every and none', ['joins', 'or', 'orderByAnything'], async fixture => {
    for (const who of callers) {
      const seen: readonly string[] = onAurora[who]
      const vessels = async (visitors: object): Promise<readonly string[]> =>
        names(await fixture[who].Vessel.find({ where: { visitors }, sort: 'name', select: { name: true } }))
      // What nobody has visited as far as one can see: Bob sees his own Borealis.
      const unvisited = who === 'bob' ? ['Borealis'] : []
      const own = who === 'cyd' ? ['Corvus'] : []
      assert.deepEqual(await vessels({ some: {} }), ['Aurora', ...own], who)
      assert.deepEqual(await vessels({ none: {} }), unvisited, who)
      assert.deepEqual(await vessels({ some: { name: 'Bob' } }), seen.includes('Bob') ? ['Aurora'] : [], who)
      assert.deepEqual(await vessels({ some: { name: 'Cyd' } }), own, who)
      assert.deepEqual(
        await vessels({ none: { name: 'Bob' } }),
        seen.includes('Bob') ? unvisited : ['Aurora', ...own],
        who,
      )
      const onlyAnn = seen.length === 1 ? ['Aurora'] : []
      assert.deepEqual(await vessels({ every: { name: 'Ann' } }), [...onlyAnn, ...unvisited], who)
      const people = await fixture[who].Person.find({ where: { visited: { some: { name: 'Aurora' } } }, sort: 'name' })
      assert.deepEqual(names(people), seen, who)
    }
  }),
  reading('counted', ['joins', 'or', 'aggregates'], async fixture => {
    for (const who of callers) {
      const db = fixture[who]
      const where = { visited: { some: { name: 'Aurora' } } }
      assert.equal(await db.Person.count({ where }), onAurora[who].length, who)
      assert.deepEqual(await db.Person.aggregate({ where, count: true }), [{ count: onAurora[who].length }], who)
      // What the schema declares counts with its own rights: every link that is there.
      assert.deepEqual(await db.Vessel.get(keys.aurora, { select: { visitorCount: true } }), { visitorCount: 2 }, who)
    }
  }),
  writing(
    'deleted and made anew',
    ['transactions', 'joins', 'or', 'orderByAnything'],
    async ({ system, anonymous: nobody }) => {
      const seen = async (db: typeof nobody): Promise<readonly string[]> => {
        const select = { visitors: { sort: 'name', select: { name: true } } } as const
        return names((await db.Vessel.get(keys.aurora, { select })).visitors)
      }
      await system.Vessel.update(keys.aurora, { visitors: { connect: [keys.cyd], disconnect: [keys.ann] } })
      assert.deepEqual(await seen(nobody), ['Cyd'])
      const all = await system.Visit.find({ where: { vesselId: keys.aurora }, withDeleted: true, sort: 'personId' })
      assert.deepEqual(
        all.map(({ deletedAt }) => deletedAt === null),
        [false, true, true],
      )
      await system.Vessel.update(keys.aurora, { visitors: { connect: [keys.ann] } })
      assert.deepEqual(await seen(nobody), ['Ann', 'Cyd'])
    },
  ),
])
