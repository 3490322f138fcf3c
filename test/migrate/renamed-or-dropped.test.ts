/** What only a person can know of a field that is gone is asked once, however many new ones it could have become. */
import { expect, it } from 'vitest'
import { application, type Models, smallProject } from './small-project.ts'

const article = (fields: string): Models => ({ Article: `model({ ${fields} })` })

it('counts what is gone, not what it may have become', { timeout: 60_000 }, async () => {
  using here = smallProject(article('title: field.text()'))
  await here.done(['migrate', 'new'])
  here.write('app.ts', application(article('headline: field.text().optional(), heading: field.text().optional()')))
  const { code, output } = await here.command(['migrate', 'new'])
  expect(code).toBe(1)
  expect(output).toContain('One thing may have been renamed or dropped')
  expect(output).toContain('Article.title is gone, and Article.headline is new')
  expect(output).toContain('Article.title is gone, and Article.heading is new')
})
