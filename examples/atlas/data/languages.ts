// Languages and scripts: the IANA language subtag registry, which is what BCP 47 tags are made of.
import { z } from 'zod'
import { readPackageJson } from './package-file.ts'

/** A writing system, by its ISO 15924 code. */
export type ScriptRow = { code: string; name: string; addedOn: string }

export type LanguageScope = 'individual' | 'macrolanguage' | 'collection'

/** A language, by its shortest ISO 639 code. */
export type LanguageRow = {
  code: string
  name: string
  /** What the language calls itself, where Unicode knows. */
  nativeName: string | null
  otherNames: string[]
  scope: LanguageScope
  /** The language that this one counts as a variety of: Mandarin has Chinese here. */
  macrolanguageCode: string | null
  /** The script nearly everything in this language is written in. */
  usualScriptCode: string | null
  addedOn: string
  deprecated: boolean
}

const registrySchema = z.array(
  z.object({
    Type: z.string(),
    Subtag: z.string().optional(),
    Description: z.array(z.string()).min(1).optional(),
    Added: z.iso.date(),
    Scope: z.enum(['macrolanguage', 'collection', 'special', 'private-use']).optional(),
    Macrolanguage: z.string().optional(),
    'Suppress-Script': z.string().optional(),
    Deprecated: z.iso.date().optional(),
  }),
)
type Entry = z.output<typeof registrySchema>[number]
type NamedEntry = { entry: Entry; code: string; names: [string, ...string[]] }

export async function* readScripts(): AsyncGenerator<ScriptRow> {
  for (const { entry, code, names } of await entriesOf('script')) {
    yield { code, name: names[0], addedOn: entry.Added }
  }
}

/** Every language, those that others belong to first. */
export async function* readLanguages(): AsyncGenerator<LanguageRow> {
  const entries = await entriesOf('language')
  const members = entries.filter(({ entry }) => entry.Macrolanguage !== undefined)
  for (const named of [...entries.filter(({ entry }) => entry.Macrolanguage === undefined), ...members]) {
    const scope = scopeOf(named.entry)
    if (scope) yield languageRow(named, scope)
  }
}

async function entriesOf(type: 'language' | 'script'): Promise<NamedEntry[]> {
  const registry = await readPackageJson('language-subtag-registry/data/json/registry.json', registrySchema)
  return registry.flatMap(entry => {
    const [name, ...others] = entry.Description ?? []
    // `qaa..qtz` and `Qaaa..Qabx` are ranges for private use, no languages or scripts.
    const code = entry.Subtag?.includes('..') ? undefined : entry.Subtag
    return entry.Type === type && code && name ? [{ entry, code, names: [name, ...others] }] : []
  })
}

/** Nothing for `und`, `mul` and the like, which stand for the absence of a language. */
function scopeOf(entry: Entry): LanguageScope | undefined {
  if (entry.Scope === 'special' || entry.Scope === 'private-use') return undefined
  return entry.Scope ?? 'individual'
}

function languageRow({ entry, code, names: [name, ...otherNames] }: NamedEntry, scope: LanguageScope): LanguageRow {
  return {
    code,
    name,
    nativeName: nativeName(code),
    otherNames,
    scope,
    macrolanguageCode: entry.Macrolanguage ?? null,
    usualScriptCode: entry['Suppress-Script'] ?? null,
    addedOn: entry.Added,
    deprecated: entry.Deprecated !== undefined,
  }
}

function nativeName(code: string): string | null {
  if (Intl.DisplayNames.supportedLocalesOf(code).length === 0) return null
  return new Intl.DisplayNames(code, { type: 'language', fallback: 'none' }).of(code) ?? null
}
