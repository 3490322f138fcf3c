/** The pages that the `type` of problems leads to: what each code of the catalogue means. */
import { catalog, type CatalogEntry, type ErrorCode, refusal } from '../../error/index.ts'
import { escapeHtml } from '../../lib/index.ts'
import type { Answer, Route } from '../contract/index.ts'
import { defaultErrorBase, problemTitle } from './problem.ts'

/** Declarations are refused before a server exists; no client meets their codes. */
const told: readonly (readonly [ErrorCode, CatalogEntry])[] = (Object.keys(catalog) as ErrorCode[])
  .filter(code => !code.startsWith('boot.'))
  .map(code => [code, catalog[code]])

/** Routes for `/errors/` and `/errors/{code}`. */
export function errorPages(base: string = defaultErrorBase): readonly Route[] {
  const page = { method: 'GET', caller: 'ignored', consumes: null, produces: ['text/html'] } as const
  return [
    {
      ...page,
      path: base.replace(/\/$/, ''),
      handler: () => html('Errors', told.map(([code, entry]) => section(code, entry, `${base}${code}`)).join('')),
    },
    {
      ...page,
      path: `${base}{code}`,
      handler({ segments }) {
        const found = told.find(([code]) => code === segments[0])
        if (found === undefined) throw refusal('request.not-found', { model: 'error code' })
        return html(problemTitle(found[0]), section(...found, null))
      },
    },
  ]
}

function section(code: ErrorCode, { status, message, hint }: CatalogEntry, link: string | null): string {
  const name = link === null ? escapeHtml(code) : `<a href="${escapeHtml(link)}">${escapeHtml(code)}</a>`
  const help = hint === undefined ? '' : `<p>${escapeHtml(hint)}</p>`
  return `<h2>${name}</h2><p>Status ${status}. ${escapeHtml(message)}</p>${help}`
}

function html(title: string, content: string): Answer {
  return {
    status: 200,
    type: 'text/html',
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><h1>${escapeHtml(title)}</h1>${content}</html>`,
    headers: { 'Cache-Control': 'max-age=3600' },
  }
}
