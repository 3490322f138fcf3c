// How printed answers are compared with real ones, which differ from run to run: ids, moments, tokens, cursors, tags, durations.
//
// On a page, a UUID stands for the id that the real answer has in that place; the same one has to be the same one everywhere, and
// different ones have to be different. A moment (RFC 3339 with milliseconds) stands for any moment. "…" stands for anything in the
// place where it is. Everything else is compared to the letter, the order of keys included. Commands that name a placeholder get what it
// stood for last.
import { expect } from 'vitest'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

export class Placeholders {
  readonly #ids = new Map<string, string>()
  readonly #cut = new Map<string, string>()

  /** A command of the page with what its placeholders stand for. */
  realise(text: string): string {
    let result = text.replaceAll(uuid, id => this.#ids.get(id) ?? id)
    for (const [shown, real] of this.#cut) result = result.replaceAll(shown, real)
    if (result.includes('…')) throw new Error(`nothing is known about the "…" in: ${text}`)
    return result
  }

  /** Fails unless the answer is what the page shows. */
  compareJson(shown: unknown, real: unknown, where: string): void {
    expect(JSON.stringify(this.#asShown(shown, real), null, 2), where).toBe(JSON.stringify(shown, null, 2))
  }

  /** What a terminal shows, line by line; "…" may stand anywhere in a line. */
  compareLines(shown: string, real: string, where: string): void {
    const lines = shown.trimEnd().split('\n')
    const found = real.trimEnd().split('\n')
    const same = found.map((line, at) =>
      this.lineMatcher(lines[at] ?? '').test(this.#shownIds(line)) ? lines[at] : line,
    )
    expect(same.join('\n'), where).toBe(lines.join('\n'))
  }

  /** The real value with the page's placeholders wherever they stand rightly. */
  #asShown(shown: unknown, real: unknown): unknown {
    if (typeof real === 'string') return typeof shown === 'string' ? this.textAsShown(shown, real) : real
    if (Array.isArray(real)) return real.map((each, at) => this.#asShown(Array.isArray(shown) ? shown[at] : null, each))
    if (!isObject(real)) return real
    return Object.fromEntries(
      Object.entries(real).map(([name, each]) => [name, this.#asShown(isObject(shown) ? shown[name] : null, each)]),
    )
  }

  textAsShown(shown: string, real: string): string {
    if (shown.includes('…')) {
      if (!this.lineMatcher(shown).test(real)) return real
      // A bare "…" names nothing that a command could mean.
      if (shown !== '…') this.#cut.set(shown, real)
      return shown
    }
    const ids = shown.match(uuid) ?? []
    const moments = shown.match(moment) ?? []
    return real
      .replaceAll(uuid, found => this.#shownId(ids.shift(), found))
      .replaceAll(moment, found => moments.shift() ?? found)
  }

  /** The page's id for a real one, if the page has one in this place and neither stands for something else. */
  #shownId(shown: string | undefined, real: string): string {
    const known = [...this.#ids].find(([, id]) => id === real)?.[0]
    if (known !== undefined) return known
    if (shown === undefined || this.#ids.has(shown)) return real
    this.#ids.set(shown, real)
    return shown
  }

  /** Matches a line that shows what the page's line shows. */
  lineMatcher(line: string): RegExp {
    const parts = line.split('…').map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    return new RegExp(`^${parts.join('.*')}$`)
  }

  #shownIds(text: string): string {
    return text.replaceAll(uuid, found => this.#shownId(undefined, found))
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
