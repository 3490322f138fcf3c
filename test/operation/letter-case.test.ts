/** Rows named in another letter case: what a caller may not know of a row stays unknown, however its name is spelled. */
import { describe, expect, test } from 'vitest'
import { createApp, defineRules, defineSchema, everyone, field, model } from '../../src/index.ts'
import { createTestApp } from '../../src/testing/index.ts'
import { emptyDatabase, engines, needsEngine } from '../fixtures/engines.ts'

const Person = model({ name: field.text() })
/** Only its owner sees it. */
const Account = model(
  {
    email: field.email().unique({ ignoreCase: true }),
    owner: field.belongsTo('Person').default(caller => caller.id),
    note: field.text().default(''),
  },
  { softDelete: true },
)
const Team = model({
  name: field.text(),
  lead: field.belongsTo('Account').optional(),
  members: field.manyToMany('Account'),
})
/** Rules compare as conditions do: exactly. */
const Door = model({ password: field.text().unique({ ignoreCase: true }) })

const schema = defineSchema({ Person, Account, Team, Door }, { caller: 'Person' })
const app = createApp({
  schema,
  rules: defineRules(schema, {
    Person: () => ({ read: everyone }),
    Account: ({ row, user }) => {
      const own = row.owner.is(user.id)
      return { read: own, create: own, update: own, delete: own }
    },
    Team: ({ user }) => ({ read: everyone, create: user.isSignedIn, update: user.isSignedIn }),
    Door: ({ row }) => ({ read: row.password.is('Sesame'), create: everyone }),
  }),
})

const plain = 'Ann@example.com'
const missing = expect.objectContaining({ code: 'request.not-found' })
const spellings = [plain, 'ANN@EXAMPLE.COM', 'ann@example.com']

describe.each(engines)('on %s', engine => {
  async function open() {
    const database = await emptyDatabase(engine)
    const plinth = await createTestApp(app, { store: database.store() })
    const [ann, bob] = await plinth.db.Person.create([{ name: 'Ann' }, { name: 'Bob' }])
    const [account, stranger] = await plinth.db.Account.create([
      { email: plain, note: 'mine', ownerId: ann!.id },
      { email: 'bob@example.com', ownerId: bob!.id },
    ])
    return {
      ...{ plinth, account: account!, stranger: stranger!, asAnn: plinth.as(ann!), asBob: plinth.as(bob!) },
      async [Symbol.asyncDispose]() {
        await plinth[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  }

  test('its owner names it as it likes; to others it is not there', async context => {
    needsEngine(context, engine)
    await using there = await open()
    const { account, asAnn, asBob, plinth } = there
    for (const email of spellings) {
      expect(await asAnn.db.Account.get({ email })).toMatchObject({ id: account.id, email: plain })
      expect(await asAnn.db.Account.update({ email }, { note: email })).toMatchObject({ note: email, email: plain })
      await expect(asBob.db.Account.get({ email })).rejects.toThrow(missing)
      await expect(asBob.db.Account.update({ email }, { note: 'x' })).rejects.toThrow(missing)
      await expect(asBob.db.Account.delete({ email })).rejects.toThrow(missing)
    }
    expect(await plinth.db.Account.get(account.id)).toMatchObject({ note: spellings.at(-1) })
  })

  test('a connection to it is refused as one to a row that is not there', async context => {
    needsEngine(context, engine)
    await using there = await open()
    const { asAnn, asBob, plinth, account, stranger } = there
    const { id } = await plinth.db.Team.create({ name: 'Blue', members: { connect: [stranger.id] } })
    const answers = async (email: string) => {
      const bodies = [
        { lead: { connect: { email } } },
        { members: { connect: [{ email }] } },
        { members: { set: [{ email }] } },
        { members: { disconnect: [{ email }] } },
        { members: { connectOrCreate: [{ email }] } },
      ]
      const found = []
      for (const body of bodies) {
        found.push({ ...(await asBob.patch(`/api/teams/${id}`, body)).body, request: '' })
      }
      return found
    }
    const ordinary = await answers(plain)
    const [refused, conflict] = ['writes.reference-missing', 'writes.unique']
    expect(ordinary.map(({ code }) => code)).toEqual([refused, refused, refused, refused, conflict])
    for (const email of spellings) expect(await answers(email)).toEqual(ordinary)
    const absent = await answers('nobody@example.com')
    expect(absent.slice(0, 4)).toEqual(ordinary.slice(0, 4))
    const team = async () =>
      plinth.db.Team.get(id, { select: { lead: { select: { id: true } }, members: { select: { email: true } } } })
    expect((await team())?.lead).toBeNull()
    // Of one row that is named twice one link is made, and of one that is missing twice one row.
    const twice = [{ email: 'ANN@EXAMPLE.COM' }, { email: 'ann@example.com' }]
    const fresh = [{ email: 'New@example.com' }, { email: 'NEW@example.com' }]
    const both = {
      lead: { connect: { email: 'aNN@example.com' } },
      members: { connect: twice, connectOrCreate: fresh },
    }
    expect(await asAnn.patch(`/api/teams/${id}`, both)).toMatchObject({ status: 200 })
    const made = await team()
    expect(made?.lead?.id).toBe(account.id)
    expect(made?.members.map(({ email }) => email.toLowerCase()).toSorted()).toEqual([
      'ann@example.com',
      'bob@example.com',
      'new@example.com',
      'nobody@example.com',
    ])
  })

  test('an upsert onto it is a conflict, and changes nothing; onto an own one it changes that', async context => {
    needsEngine(context, engine)
    await using there = await open()
    const { asAnn, asBob, plinth, account } = there
    const upsert = (as: typeof asAnn, email: string) =>
      as.db.Account.upsert({ on: ['email'], create: { email, note: 'made' }, update: { note: 'changed' } })
    for (const email of spellings) {
      const error = await upsert(asBob, email).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'writes.unique', parameters: { model: 'Account', fields: 'email' } })
      const created = await asBob.post('/api/accounts', { email })
      expect(created).toMatchObject({ status: 409, body: { code: 'writes.unique' } })
    }
    expect(await plinth.db.Account.get(account.id)).toMatchObject({ note: 'mine', email: plain })
    expect(await upsert(asAnn, 'ANN@EXAMPLE.COM')).toMatchObject({ id: account.id, note: 'changed', email: plain })
    // What is deleted names nothing any more: others may have the name.
    await asAnn.db.Account.delete({ email: 'ann@EXAMPLE.com' })
    expect(await upsert(asBob, 'ANN@EXAMPLE.COM')).toMatchObject({ note: 'made', email: 'ANN@example.com' })
    await expect(asAnn.db.Account.get({ email: plain })).rejects.toThrow(missing)
  })

  test('conditions and rules tell case apart', async context => {
    needsEngine(context, engine)
    await using there = await open()
    const { asAnn, plinth } = there
    expect(await asAnn.db.Account.count({ where: { email: 'ann@example.com' } })).toBe(0)
    expect(await asAnn.db.Account.count({ where: { email: { in: ['ann@example.com', plain] } } })).toBe(1)
    await plinth.db.Door.create({ password: 'SESAME' })
    for (const password of ['SESAME', 'Sesame', 'sesame'])
      await expect(asAnn.db.Door.get({ password })).rejects.toThrow(missing)
  })
})
