/** Uniques and indexes that ignore letter case come, change and go by migrations, are missed when they are gone, and are found by a pull. */
import { describe, expect, it } from 'vitest'
import { emptyDatabase, needsEngine, serverFamilies } from '../fixtures/engines.ts'
import { pulledProject } from '../pull/pulled-project.ts'
import { otherSession } from './other-session.ts'
import { application, type Models, smallProject } from './small-project.ts'

const member = (...fields: readonly string[]): Models => ({ Member: `model({ ${fields.join(', ')} })` })

describe.each(serverFamilies)('on %s', { timeout: 120_000 }, engine => {
  it('they come beside rows, take the place of others, are renamed with their column, and go', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(
      member('number: field.integer().key()', 'mail: field.email().unique()', 'bio: field.text().optional()'),
    )
    const environment = { DATABASE_URL: database.url }
    const done = (...words: readonly string[]): Promise<string> => here.done(words, environment)
    const becomes = async (...fields: readonly string[]): Promise<void> => {
      here.write('app.ts', application(member('number: field.integer().key()', ...fields)))
      await done('migrate', 'new')
      await done('migrate', 'up', '--downtime')
      expect(await done('migrate', 'check')).toContain('belong together')
    }
    await done('migrate', 'new')
    await done('migrate', 'up')
    await using other = await otherSession(engine, database)
    await other.run("insert into member (number, mail, bio) values (1, 'Ann@Example.com', 'Sails')")

    const folded = 'mail: field.email().unique({ ignoreCase: true })'
    const bio = 'bio: field.text().optional().unique({ ignoreCase: true })'
    await becomes(folded, bio)
    if (engine !== 'sqlite')
      await expect(other.run("insert into member (number, mail) values (2, 'ANN@example.com')")).rejects.toThrow(
        /duplicate/iu,
      )
    // Other programs do not have the function by which a file tells letters apart, so their writes are refused, whatever they write.
    else
      await expect(other.run("insert into member (number, mail) values (2, 'bob@example.com')")).rejects.toThrow(
        'plinth_fold',
      )

    await becomes(
      "mail: field.email().unique({ ignoreCase: true }).column('address')",
      bio,
      'since: field.integer().optional()',
    )
    if (engine !== 'sqlite')
      await expect(other.run("insert into member (number, address) values (2, 'ANN@example.com')")).rejects.toThrow(
        /duplicate/iu,
      )
    await becomes("mail: field.email().index({ ignoreCase: true }).column('address')", 'bio: field.text().optional()')
    if (engine !== 'sqlite') await other.run("insert into member (number, address) values (2, 'ANN@example.com')")
    await becomes("mail: field.email().column('address')", 'bio: field.text().optional()')
    await other.run("insert into member (number, address) values (3, 'ann@example.com')")
  })

  it('one that somebody dropped is missed', async context => {
    needsEngine(context, engine)
    await using database = await emptyDatabase(engine)
    using here = smallProject(member('mail: field.email().unique({ ignoreCase: true })'))
    await here.done(['migrate', 'new'], { DATABASE_URL: database.url })
    await here.done(['migrate', 'up'], { DATABASE_URL: database.url })
    await using other = await otherSession(engine, database)
    const on = engine.startsWith('ma') || engine.startsWith('my') ? ' on member' : ''
    await other.run(`drop index member_mail_ignoring_case_unique${on}`)
    const { code, output } = await here.command(['migrate', 'check'], { DATABASE_URL: database.url })
    expect(output).toContain('The unique index "member_mail_ignoring_case_unique" of Member is missing.')
    expect(code).toBe(1)
  })

  it('a pull writes them back', async context => {
    needsEngine(context, engine)
    await using pulled = await pulledProject(engine, [])
    using here = smallProject(
      member(
        'mail: field.email().unique({ ignoreCase: true })',
        'name: field.text({ max: 80 }).index({ ignoreCase: true })',
        'motto: field.text().optional().unique({ ignoreCase: true })',
      ),
    )
    await here.done(['migrate', 'new'], { DATABASE_URL: pulled.url })
    await here.done(['migrate', 'up'], { DATABASE_URL: pulled.url })
    await pulled.done('pull')
    const written = pulled.read('src/models/member.ts')
    expect(written).toMatch(/mail: field\s*\.text\([^\n]*\)\s*\.unique\(\{ ignoreCase: true \}\)/u)
    expect(written).toMatch(/name: field\s*\.text\([^\n]*\)\s*\.index\(\{ ignoreCase: true \}\)/u)
    expect(written).toMatch(/motto: field\s*\.text\([^\n]*\)\s*\.optional\(\)\s*\.unique\(\{ ignoreCase: true \}\)/u)
    expect(written).not.toContain('plinth_folded')
    expect(pulled.typecheck()).toBeNull()
    expect(pulled.format()).toBeNull()
    const { results } = await pulled.plinth('database', '--json')
    const { differences } = JSON.parse(results) as { differences: readonly { model: string }[] }
    expect(differences.filter(({ model }) => model === 'Member')).toEqual([])
  })
})
