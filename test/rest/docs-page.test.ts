// The reference page in a real browser: it shows the document, sends requests, and asks nobody else for anything.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Blog, openBlog } from './blog.ts'

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path =>
  existsSync(path),
)

let blog: Blog
let address: string
let browser: Browser | undefined
beforeAll(async () => {
  blog = await openBlog()
  await blog.system('Article', [{ title: '<img src=x onerror=alert(1)>', state: 'published', authorId: blog.ann }])
  address = await blog.server.listen({ host: '127.0.0.1', port: 0 })
  if (program !== undefined) browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  await blog.close()
})

describe('the reference page', () => {
  it('is of our own files under a strict policy', async () => {
    const page = await blog.ask({ url: '/docs' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = page.headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    const files = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(match => match[1] ?? '')
    expect(files.toSorted()).toEqual(['/docs/script.js', '/docs/style.css', '/openapi.json'])
    for (const url of files) {
      const file = await blog.ask({ url })
      expect([url, file.status]).toEqual([url, 200])
      for (const tag of [file.headers['etag'], `"x", W/${file.headers['etag']}`])
        expect((await blog.ask({ url, headers: { 'if-none-match': tag ?? '' } })).status).toBe(304)
    }
  })

  it('shows models and operations, and sends what is typed', async context => {
    if (browser === undefined) {
      context.skip('no Chromium is installed here')
      return
    }
    const page = await browser.newPage()
    const noise: string[] = []
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') noise.push(message.text())
    })
    page.on('pageerror', error => noise.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith(address)) noise.push(`asked for ${request.url()}`)
    })
    await page.goto(`${address}/docs#listArticle`)
    await page.waitForSelector('#listArticle[open] table')
    expect(await page.locator('nav li li').count()).toBe(40)
    await page.fill('#search', 'delete articles')
    expect(await page.locator('nav li li:visible').count()).toBe(2)

    // By their labels, as readers of screens know them.
    await page.locator('#listArticle').getByLabel('limit', { exact: true }).fill('1')
    await page.locator('#listArticle').getByLabel('conditions').fill('title[contains]=<img&state=published')
    await page.click('#listArticle button[type=submit]')
    await page.waitForSelector('#listArticle .get + pre')
    const answer = await page.locator('#listArticle pre').last().innerText()
    expect(JSON.parse(answer)).toMatchObject({ data: [{ title: '<img src=x onerror=alert(1)>' }] })

    await page.click('#createArticle > summary')
    // What an operation takes is drawn when it opens, which the browser says a moment after the click.
    await page.waitForSelector('#createArticle[open] table')
    const tables = await page.locator('#createArticle table').allInnerTexts()
    expect(tables.join('\n')).toContain('{ connect?: UserAddress }')
    await page.fill('#token', blog.ann)
    await page.click('#createTag > summary')
    await page.locator('#createTag').getByLabel('Body').fill('{"name":"from the page"}')
    await page.click('#createTag button[type=submit]')
    await page.waitForSelector('#createTag .get + pre')
    expect((await blog.ask({ url: '/api/tags/from%20the%20page' })).status).toBe(200)
    // Also on a small screen nothing but what has a bar of its own is wider than it.
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    expect(noise).toEqual([])
    await page.close()
  })
})
